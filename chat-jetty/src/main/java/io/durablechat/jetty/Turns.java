package io.durablechat.jetty;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Bounds how many tasks that take much memory run at a time; the others wait in the order they came
 * and hold no thread. Safe for use by several threads.
 */
final class Turns {
  private record Waiting(Executor executor, Runnable task) {}

  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private int free;

  Turns(int atATime) {
    this.free = atATime;
  }

  /** An executor that runs its tasks on this one, each when it is its turn. */
  Executor on(Executor executor) {
    return task -> run(new Waiting(executor, task));
  }

  private void run(Waiting next) {
    synchronized (this) {
      if (free == 0) {
        waiting.add(next);
        return;
      }
      free--;
    }
    start(next);
  }

  private void start(Waiting next) {
    try {
      next.executor()
          .execute(
              () -> {
                try {
                  next.task().run();
                } finally {
                  onDone();
                }
              });
    } catch (RuntimeException e) {
      onDone();
      throw e;
    }
  }

  private void onDone() {
    Waiting next;
    synchronized (this) {
      next = waiting.poll();
      if (next == null) {
        free++;
      }
    }
    if (next != null) {
      start(next);
    }
  }
}
