package io.durablechat.testkit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * An executor whose tasks run when a test lets them, in the test's own thread: {@link #runNext()},
 * {@link #runAll()}, and for delayed ones {@link #advance}. Handed to a {@link
 * io.durablechat.core.RoomDirectory.Builder} or a {@link io.durablechat.core.LocalBroadcaster}, it
 * makes the order of everything the test's choice.
 *
 * <p>Threads: for use by one thread. A delayed task measures time by {@link #advance} alone, which
 * moves no {@link ManualClock}. A task that throws throws into the test.
 */
public final class SteppedExecutor extends AbstractExecutorService
    implements ScheduledExecutorService {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Timed<?>> timed =
      new PriorityQueue<>(Comparator.comparingLong(t -> t.due));
  private long now;
  private boolean shutdown;

  /**
   * Runs the task that has waited longest.
   *
   * @return false if none waits
   */
  public boolean runNext() {
    Runnable task = tasks.poll();
    if (task != null) {
      task.run();
    }
    return task != null;
  }

  /** Runs what waits, and what that adds, until nothing waits. Delayed tasks stay. */
  public void runAll() {
    while (runNext()) {}
  }

  /**
   * Lets this much time pass. Runs each delayed task that falls due, in order of time, and after
   * each everything that waits. Runs nothing else: what waits while no delayed task falls due
   * stays.
   */
  public void advance(Duration time) {
    long end = now + time.toNanos();
    while (!timed.isEmpty() && timed.peek().due <= end) {
      Timed<?> next = timed.remove();
      now = Math.max(now, next.due);
      next.run();
      runAll();
    }
    now = end;
  }

  /** Returns how many tasks wait. Delayed ones are not counted. */
  public int waiting() {
    return tasks.size();
  }

  /** Returns how many delayed tasks there are; periodic ones count once. */
  public int delayed() {
    return timed.size();
  }

  @Override
  public void execute(Runnable task) {
    if (shutdown) {
      throw new RejectedExecutionException("shut down");
    }
    tasks.add(task);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    return timed(new Timed<Void>(task, now + unit.toNanos(delay), 0));
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    return timed(new Timed<>(task, now + unit.toNanos(delay)));
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    return timed(new Timed<Void>(task, now + unit.toNanos(initialDelay), unit.toNanos(period)));
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initialDelay, long delay, TimeUnit unit) {
    return scheduleAtFixedRate(task, initialDelay, delay, unit);
  }

  private <V> Timed<V> timed(Timed<V> task) {
    if (shutdown) {
      throw new RejectedExecutionException("shut down");
    }
    timed.add(task);
    return task;
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    List<Runnable> left = List.copyOf(tasks);
    tasks.clear();
    timed.clear();
    return left;
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown && tasks.isEmpty();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    runAll();
    return isTerminated();
  }

  private final class Timed<V> extends FutureTask<V> implements ScheduledFuture<V> {
    private final long period;
    private long due;

    private Timed(Runnable task, long due, long period) {
      super(task, null);
      this.due = due;
      this.period = period;
    }

    private Timed(Callable<V> task, long due) {
      super(task);
      this.due = due;
      this.period = 0;
    }

    @Override
    public void run() {
      if (isCancelled()) {
        return;
      }
      if (period == 0) {
        super.run();
      } else if (runAndReset()) {
        due += period;
        timed.add(this);
      }
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(due - now, TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}
