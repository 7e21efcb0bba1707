package io.durablechat.core;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The broadcaster of one machine, on a {@link MessageLog}. One writer appends for all rooms; reads
 * run beside it.
 */
public final class LocalBroadcaster implements Broadcaster {
  private static final System.Logger LOG = System.getLogger(LocalBroadcaster.class.getName());

  private static final int READERS = 2;
  private static final long CLOSE_SECONDS = 5;

  private final MessageLog log;
  private final LogWriter writer;
  private final Executor readers;
  private final Runnable stopThreads;
  private final AtomicReference<ScheduledExecutorService> keeper = new AtomicReference<>();

  private LocalBroadcaster(
      MessageLog log, Executor writer, Executor readers, Runnable stopThreads) {
    this.log = log;
    this.writer = new LogWriter(log, writer, new Followings());
    this.readers = readers;
    this.stopThreads = stopThreads;
  }

  /** Rooms that live as long as this process, each with its last 10,000 messages. */
  public static LocalBroadcaster inMemory() {
    return inMemory(MemoryMessageLog.of(InstantSource.system()));
  }

  /**
   * Rooms on a log in memory, which neither needs nor gets threads: whoever publishes appends, for
   * others too while at it.
   */
  public static LocalBroadcaster inMemory(MemoryMessageLog log) {
    return on(log, Runnable::run, Runnable::run);
  }

  /**
   * Rooms on this log, with one thread that writes and two that read. The log is closed with it.
   */
  public static LocalBroadcaster on(MessageLog log) {
    ExecutorService writer = DaemonThreads.pool("chat-log-writer", 1);
    ExecutorService readers = DaemonThreads.pool("chat-log-reader", READERS);
    Runnable stopThreads =
        () -> {
          stop(writer);
          stop(readers);
        };
    return new LocalBroadcaster(log, writer, readers, stopThreads);
  }

  /**
   * Rooms on this log, with the application's executors, which stay its own to shut down. The log
   * is closed with the broadcaster.
   *
   * @param writer runs one task at a time, or tasks in the call that hands them in
   * @param readers runs reads, which may block
   */
  public static LocalBroadcaster on(MessageLog log, Executor writer, Executor readers) {
    return new LocalBroadcaster(log, writer, readers, () -> {});
  }

  @Override
  public CompletionStage<Receipt> publish(RoomName room, Member author, Draft draft) {
    return writer.append(new Submission(room, author, draft));
  }

  @Override
  public CompletionStage<Optional<Receipt>> earlier(RoomName room, Member author, Draft draft) {
    return writer.earlier(new Submission(room, author, draft));
  }

  @Override
  public CompletionStage<Page> read(RoomName room, Range range) {
    return reading(() -> log.read(room, range));
  }

  /** Returns the head at once: what is kept here is here. */
  @Override
  public CompletionStage<Cursor> reach(RoomName room, long sequence) {
    return reading(() -> log.head(room));
  }

  @Override
  public CompletionStage<Optional<Summary>> summary(RoomName room) {
    return reading(() -> log.summary(room));
  }

  @Override
  public CompletionStage<Void> keepSummary(RoomName room, Summary summary) {
    return writer.keepSummary(room, summary);
  }

  @Override
  public CompletionStage<Place> locate(RoomName room, Newest newest) {
    return reading(() -> log.locate(room, newest));
  }

  private <T> CompletionStage<T> reading(Supplier<T> read) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      readers.execute(
          () -> {
            try {
              result.complete(read.get());
            } catch (Throwable e) {
              result.completeExceptionally(LogWriter.refusal(e));
            }
          });
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(LogWriter.stopping());
    }
    return result;
  }

  @Override
  public CompletionStage<Following> follow(RoomName room, Follower follower) {
    return writer.follow(room, follower);
  }

  /**
   * From now on, until it is closed, has removed about once a minute what need not be kept, on a
   * thread of its own. Called at most once.
   *
   * @param retention how much of each room is kept; asked on that thread, of all rooms at first,
   *     then of those in which something may be due, and of 500 others each time
   * @return this broadcaster
   * @throws IllegalStateException at a second call
   */
  public LocalBroadcaster keeping(Function<RoomName, Keep> retention) {
    ScheduledExecutorService timer = DaemonThreads.timer("chat-log-retention");
    if (!keeper.compareAndSet(null, timer)) {
      timer.shutdownNow();
      throw new IllegalStateException("it was said before what to keep");
    }
    new Retention(log, writer, retention).repeatOn(timer);
    return this;
  }

  /**
   * Goes through all rooms and removes what need not be kept, a little at a time between what is
   * published. Blocks until it is through.
   *
   * @param retention how much of each room is kept
   * @return how many records were removed
   * @throws RuntimeException if the log failed; what was removed until then stays removed
   */
  public long trim(Function<RoomName, Keep> retention) {
    return new Retention(log, writer, retention).passOverAll();
  }

  @Override
  public boolean canKeep() {
    return writer.canKeep();
  }

  @Override
  public Durability durability() {
    return log.durability();
  }

  @Override
  public Duration retryWindow() {
    return log.retryWindow();
  }

  @Override
  public void close() {
    ExecutorService timer = keeper.get();
    writer.close();
    if (timer != null) {
      stop(timer);
    }
    stopThreads.run();
  }

  private static void stop(ExecutorService threads) {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(
            System.Logger.Level.WARNING, "The log was still busy after {0} s", "" + CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
