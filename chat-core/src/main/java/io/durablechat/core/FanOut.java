package io.durablechat.core;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The way of what is delivered to a large audience: in slices, by several threads at a time. After
 * each slice a thread queues behind what else waits, so that a large room does not keep small ones
 * waiting.
 *
 * <p>While it runs the room's strand is paused: nothing else touches the sessions, each of which is
 * in one slice. What the strand did before, the slices see, and the other way round.
 */
final class FanOut implements Runnable {
  /** Sessions in a slice: a room with no more is served at once, in its turn. */
  static final int SLICE = 128;

  private static final int THREADS = Runtime.getRuntime().availableProcessors();

  private final List<LiveSession> sessions;
  private final Delivery delivery;
  private final Executor executor;
  private final Runnable onDone;
  private final int slices;
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final Queue<LiveSession> undelivered = new ConcurrentLinkedQueue<>();

  /**
   * Begins nothing yet.
   *
   * @param onDone told once, by the thread that ends the last slice
   */
  FanOut(List<LiveSession> sessions, Delivery delivery, Executor executor, Runnable onDone) {
    this.sessions = sessions;
    this.delivery = delivery;
    this.executor = executor;
    this.onDone = onDone;
    this.slices = (sessions.size() + SLICE - 1) / SLICE;
  }

  /** Serves the first slice here and hands the others out. */
  void start() {
    for (int i = 1; i < Math.min(slices, THREADS); i++) {
      goesOn();
    }
    run();
  }

  /** One slice; and the next, if no thread is to be had for it. */
  @Override
  public void run() {
    do {
      int slice = begun.getAndIncrement();
      if (slice >= slices) {
        return;
      }
      try {
        int from = slice * SLICE;
        int to = Math.min(from + SLICE, sessions.size());
        deliver(sessions.subList(from, to), delivery, undelivered);
      } finally {
        // Whatever happened: a strand that stayed paused would never run again.
        if (done.incrementAndGet() == slices) {
          onDone.run();
        }
      }
    } while (begun.get() < slices && !goesOn());
  }

  /** Whether an executor has taken what is left. */
  private boolean goesOn() {
    try {
      executor.execute(this);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** The sessions that did not take everything; known once it is done. */
  Iterable<LiveSession> undelivered() {
    return undelivered;
  }

  /** Delivers to these sessions, and notes those that did not take everything. */
  static void deliver(
      List<LiveSession> sessions, Delivery delivery, Queue<LiveSession> undelivered) {
    for (int i = 0; i < sessions.size(); i++) {
      LiveSession session = sessions.get(i);
      if (!session.deliver(delivery)) {
        undelivered.add(session);
      }
    }
  }
}
