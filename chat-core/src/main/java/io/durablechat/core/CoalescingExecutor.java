package io.durablechat.core;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An executor in front of a strand: tasks that come before the strand gets to them are one job of
 * it. So the messages of a batch and the receipts of their publishers reach a room by one post,
 * however many they are.
 *
 * <p>Tasks run one after another in the order they came, and none later than if each had been
 * posted to the strand by itself. Any thread may hand them in.
 */
final class CoalescingExecutor implements Executor {
  /** Tasks in one job at most: by so many a turn of the strand may exceed its bound. */
  static final int AT_ONCE = 256;

  private final Strand strand;
  private final Runnable job = this::runSome;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /**
   * Tasks since the last job began. Every {@link #AT_ONCE}th posts another job, the first one
   * included: a task's job is then posted no later than the task, whichever job takes it.
   */
  private final AtomicInteger sinceJob = new AtomicInteger();

  CoalescingExecutor(Strand strand) {
    this.strand = strand;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (sinceJob.getAndIncrement() % AT_ONCE == 0) {
      strand.execute(job);
    }
  }

  private void runSome() {
    // First, so that what comes from now on and is not taken here has a job of its own.
    sinceJob.set(0);
    Runnable task;
    for (int ran = 0; ran < AT_ONCE && (task = tasks.poll()) != null; ran++) {
      strand.runWithin(task);
    }
  }
}
