package io.durablechat.core;

import java.util.concurrent.Executor;

/**
 * Lets a thread that hands work to rooms carry it out as well. A hop from thread to thread costs a
 * small room more than all else it does; a thread that reads from many sockets can spare it by
 * running, once it has read what there is, what its reading set off.
 *
 * <p>Safe for use by any thread; what is said holds for the calling thread alone.
 */
public final class HandOff {
  private static final ThreadLocal<Executor> CHOSEN = new ThreadLocal<>();

  private HandOff() {}

  /**
   * Runs the task. Rooms that it sets going while it runs take the turn that begins so on this
   * executor instead of on the directory's threads.
   *
   * @param executor must not run a task within the call that hands it in, must run all it takes,
   *     and should do so soon and on the calling thread; its threads must not wait for a room
   */
  public static void to(Executor executor, Runnable task) {
    Executor before = CHOSEN.get();
    CHOSEN.set(executor);
    try {
      task.run();
    } finally {
      CHOSEN.set(before);
    }
  }

  /** The executor chosen for what this thread is doing, or else the usual one. */
  static Executor orElse(Executor usual) {
    Executor chosen = CHOSEN.get();
    return chosen == null ? usual : chosen;
  }
}
