package io.durablechat.core;

import io.durablechat.core.RefusedException.Reason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The broadcaster of one machine, on a {@link MessageLog}.
 *
 * <p>One writer appends what all rooms publish, everything that waits as one batch: under load one
 * fsync serves many. Followers are told by the writer once the batch is kept, before its publishers
 * are. Reads run beside the writer.
 */
public final class LocalBroadcaster implements Broadcaster {
  private static final System.Logger LOG = System.getLogger(LocalBroadcaster.class.getName());

  /** Submissions in one append at most: bounds how long one commit takes. */
  private static final int MAX_APPEND = 4096;

  private static final int READERS = 2;
  private static final long CLOSE_SECONDS = 5;

  private final MessageLog log;
  private final Executor writer;
  private final Executor readers;
  private final Runnable stopThreads;
  private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
  private final AtomicInteger pending = new AtomicInteger();
  private final Map<RoomName, List<LocalFollowing>> followings = new ConcurrentHashMap<>();

  // The writer's own.
  private final List<Submission> batch = new ArrayList<>();
  private final List<CompletableFuture<Receipt>> receipts = new ArrayList<>();

  private volatile boolean closed;

  private LocalBroadcaster(
      MessageLog log, Executor writer, Executor readers, Runnable stopThreads) {
    this.log = log;
    this.writer = writer;
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
    ExecutorService writer = Executors.newSingleThreadExecutor(daemons("chat-log-writer"));
    ExecutorService readers = Executors.newFixedThreadPool(READERS, daemons("chat-log-reader"));
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
    if (closed) {
      return CompletableFuture.failedFuture(stopping());
    }
    CompletableFuture<Receipt> receipt = new CompletableFuture<>();
    Submission submission = new Submission(room, author, draft);
    write(
        () -> {
          batch.add(submission);
          receipts.add(receipt);
        });
    return receipt;
  }

  @Override
  public CompletionStage<Page> read(RoomName room, Range range) {
    return attempt(readers, () -> log.read(room, range));
  }

  @Override
  public CompletionStage<Following> follow(RoomName room, Follower follower) {
    CompletableFuture<Following> started = new CompletableFuture<>();
    write(
        () -> {
          // The head must not run ahead of what followers are told: first what already waits.
          append();
          try {
            LocalFollowing following = new LocalFollowing(room, follower, log.head(room));
            // Registered first, for it may be cancelled at once; told of nothing before it started,
            // since only the writer, which is here, tells.
            followings.compute(
                room,
                (r, all) -> {
                  List<LocalFollowing> list = all == null ? new CopyOnWriteArrayList<>() : all;
                  list.add(following);
                  return list;
                });
            started.complete(following);
          } catch (RuntimeException e) {
            started.completeExceptionally(RefusedException.storage(e));
          }
        });
    return started;
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
    if (closed) {
      return;
    }
    write(
        () -> {
          append();
          if (!closed) {
            closed = true;
            log.close();
          }
        });
    stopThreads.run();
  }

  /** Queues work for the writer; whoever finds it idle sets it going. */
  private void write(Runnable task) {
    work.add(task);
    if (pending.getAndIncrement() == 0) {
      writer.execute(this::drain);
    }
  }

  /** Takes all that waits, appends it as one batch, until nothing waits. */
  private void drain() {
    int taken;
    do {
      taken = 0;
      for (Runnable task; taken < MAX_APPEND && (task = work.poll()) != null; taken++) {
        run(task);
      }
      run(this::append);
    } while (pending.addAndGet(-taken) != 0);
  }

  /** A writer that stopped at a failure would never write again. */
  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOG.log(System.Logger.Level.ERROR, "The log's writer failed at a task; it goes on", e);
    }
  }

  private void append() {
    if (batch.isEmpty()) {
      return;
    }
    List<Submission> submissions = List.copyOf(batch);
    List<CompletableFuture<Receipt>> waiting = List.copyOf(receipts);
    batch.clear();
    receipts.clear();
    List<Appended> results;
    try {
      if (closed) {
        throw stopping();
      }
      results = log.append(submissions);
    } catch (Throwable e) {
      RefusedException refusal = refusal(e);
      waiting.forEach(receipt -> receipt.completeExceptionally(refusal));
      return;
    }
    tellFollowers(submissions, results);
    for (int i = 0; i < results.size(); i++) {
      settle(waiting.get(i), results.get(i));
    }
  }

  private void tellFollowers(List<Submission> submissions, List<Appended> results) {
    Map<RoomName, List<Message>> kept = new LinkedHashMap<>();
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i) instanceof Appended.Stored stored) {
        kept.computeIfAbsent(submissions.get(i).room(), r -> new ArrayList<>())
            .add(stored.message());
      }
    }
    kept.forEach(
        (room, messages) ->
            followings
                .getOrDefault(room, List.of())
                .forEach(following -> following.tell(messages)));
  }

  private static void settle(CompletableFuture<Receipt> receipt, Appended result) {
    if (result instanceof Appended.Stored stored) {
      receipt.complete(new Receipt(stored.message().sequence(), false));
    } else if (result instanceof Appended.Duplicate duplicate) {
      receipt.complete(new Receipt(duplicate.sequence(), true));
    } else {
      receipt.completeExceptionally(
          RefusedException.of(Reason.CONFLICT, "this id was used for another message"));
    }
  }

  private static <T> CompletionStage<T> attempt(Executor executor, Supplier<T> read) {
    CompletableFuture<T> result = new CompletableFuture<>();
    executor.execute(
        () -> {
          try {
            result.complete(read.get());
          } catch (RuntimeException e) {
            result.completeExceptionally(refusal(e));
          }
        });
    return result;
  }

  private static RefusedException stopping() {
    return RefusedException.of(Reason.CLOSED, "server is stopping");
  }

  private static RefusedException refusal(Throwable failure) {
    if (failure instanceof RefusedException refused) {
      return refused;
    }
    LOG.log(System.Logger.Level.ERROR, "The log failed", failure);
    return RefusedException.storage(failure);
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  private static void stop(ExecutorService threads) {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "The log was still busy after {0} s", CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class LocalFollowing implements Following {
    private final RoomName room;
    private final Follower follower;
    private final Cursor head;

    private LocalFollowing(RoomName room, Follower follower, Cursor head) {
      this.room = room;
      this.follower = follower;
      this.head = head;
    }

    @Override
    public Cursor head() {
      return head;
    }

    @Override
    public void cancel() {
      followings.computeIfPresent(
          room,
          (r, all) -> {
            all.remove(this);
            return all.isEmpty() ? null : all;
          });
    }

    private void tell(List<Message> messages) {
      try {
        follower.onMessages(messages);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "A follower failed; the log goes on", e);
      }
    }
  }
}
