package io.durablechat.core;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Lets so many in at a time, and the others in the order they came. Nobody waits in a thread. Safe
 * for use by several threads.
 */
final class Turnstile {
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int free;

  Turnstile(int atATime) {
    this.free = atATime;
  }

  /** Runs this, now or once others have left; {@link #leave} is owed when it is done with. */
  void enter(Runnable task) {
    synchronized (this) {
      if (free == 0) {
        waiting.add(task);
        return;
      }
      free--;
    }
    task.run();
  }

  /** Lets the next one in. */
  void leave() {
    Runnable next;
    synchronized (this) {
      next = waiting.poll();
      if (next == null) {
        free++;
        return;
      }
    }
    next.run();
  }
}
