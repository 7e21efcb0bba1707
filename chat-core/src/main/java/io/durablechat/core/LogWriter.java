package io.durablechat.core;

import io.durablechat.core.RefusedException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The one writer of a log: takes everything that waits, of all rooms, and appends it as one batch,
 * so that one fsync serves many. Followers are told once the batch is kept, before its publishers.
 *
 * <p>Any thread may call. The work is done on the executor, which may be the calling thread: then
 * whoever finds the writer idle works for the others too until nothing waits.
 */
final class LogWriter {
  private static final System.Logger LOG = System.getLogger(LogWriter.class.getName());

  /** Appended records after which as many rooms may be forgotten, if there are such. */
  private static final int FORGOTTEN_AT_A_TIME = 1024;

  /** Submissions in one append at most: bounds how long one commit takes. */
  static final int MAX_APPEND = 4096;

  private final MessageLog log;
  private final Followings followings;
  private final Announcer announcer;
  private final Changed changed = new Changed();
  private final Strand strand;
  private volatile boolean closed;

  // The working thread's own.
  private List<Submission> batch = new ArrayList<>();
  private List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
  private int sinceForgetting;
  private List<Lookup> lookups = new ArrayList<>();
  private volatile boolean failing;

  /** Whether it is being tried out if the log works again. */
  private final AtomicBoolean probing = new AtomicBoolean();

  private record Lookup(Submission submission, CompletableFuture<Optional<Receipt>> answer) {}

  LogWriter(MessageLog log, Executor executor, Followings followings) {
    this.log = log;
    this.followings = followings;
    this.announcer = new Announcer(followings, changed);
    this.strand = Strand.holding(executor, MAX_APPEND, this::endTurn);
  }

  CompletionStage<Receipt> append(Submission submission) {
    if (closed) {
      return CompletableFuture.failedFuture(stopping());
    }
    CompletableFuture<Receipt> receipt = new CompletableFuture<>();
    strand.execute(
        () -> {
          batch.add(submission);
          receipts.add(receipt);
        });
    return receipt;
  }

  /**
   * Looks up an earlier submission with the same id, behind the append of what waits now. It does
   * not end the batch: those who ask again and again cost others no commit of their own.
   */
  CompletionStage<Optional<Receipt>> earlier(Submission submission) {
    Lookup lookup = new Lookup(submission, new CompletableFuture<>());
    strand.execute(() -> lookups.add(lookup));
    return lookup.answer();
  }

  /** Follows a room between two appends, so that its head and what is told after it fit. */
  CompletionStage<Broadcaster.Following> follow(RoomName room, Follower follower) {
    // Added before the stage completes, for it may be cancelled at once; told of nothing before,
    // since only the writer, which is there, tells.
    return betweenAppends(() -> followings.add(room, log.head(room), follower));
  }

  /** Removes old records of a room between two appends, and completes with their number. */
  CompletionStage<Integer> trim(RoomName room, Keep keep, int atMost) {
    return betweenAppends(() -> log.trim(room, keep, atMost));
  }

  /**
   * Forgets rooms between two appends, none that is followed, and what nothing refers to; completes
   * with true if there may be more.
   */
  CompletionStage<Boolean> forget() {
    return betweenAppends(this::forgetSome);
  }

  private boolean forgetSome() {
    sinceForgetting = 0;
    boolean more = log.forget(followings.rooms(), FORGOTTEN_AT_A_TIME) == FORGOTTEN_AT_A_TIME;
    return log.tidy() || more;
  }

  /** The rooms that were appended to since the last call; see {@link Changed#take}. */
  Optional<List<RoomName>> takeChanged() {
    return changed.take();
  }

  /** Keeps a summary between two appends. */
  CompletionStage<Void> keepSummary(RoomName room, Summary summary) {
    return betweenAppends(
        () -> {
          log.keepSummary(room, summary);
          return null;
        });
  }

  private <T> CompletionStage<T> betweenAppends(Supplier<T> act) {
    CompletableFuture<T> result = new CompletableFuture<>();
    strand.execute(
        () -> {
          appendBatch();
          try {
            if (closed) {
              throw stopping();
            }
            result.complete(act.get());
          } catch (Throwable e) {
            result.completeExceptionally(refusal(e));
          }
        });
    return result;
  }

  /** Whether the log works, as far as is known; if it does not, that is tried out meanwhile. */
  boolean canKeep() {
    if (!log.canKeep()) {
      return false;
    }
    if (failing && probing.compareAndSet(false, true)) {
      strand.execute(this::probe);
    }
    return !failing;
  }

  private void probe() {
    try {
      if (failing && !closed) {
        log.probe();
        appendWorked();
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "The log still fails", e);
    } finally {
      probing.set(false);
    }
  }

  /** Appends what waits and closes the log; what comes later is refused. */
  void close() {
    strand.execute(
        () -> {
          appendBatch();
          if (!closed) {
            closed = true;
            log.close();
          }
        });
  }

  private void endTurn() {
    appendBatch();
    answerLookups();
  }

  private void answerLookups() {
    if (lookups.isEmpty()) {
      return;
    }
    List<Lookup> asked = lookups;
    lookups = new ArrayList<>();
    asked.forEach(this::answer);
  }

  private void answer(Lookup lookup) {
    try {
      if (closed) {
        throw stopping();
      }
      lookup.answer().complete(log.earlier(lookup.submission()).map(Decision::receipt));
    } catch (Throwable e) {
      lookup.answer().completeExceptionally(refusal(e));
    }
  }

  private void appendBatch() {
    if (batch.isEmpty()) {
      return;
    }
    List<Submission> submissions = batch;
    List<CompletableFuture<Receipt>> waiting = receipts;
    batch = new ArrayList<>();
    receipts = new ArrayList<>();
    List<Decision> decisions;
    try {
      if (closed) {
        throw stopping();
      }
      if (!log.canKeep()) {
        // It has said so itself.
        throw RefusedException.storage(null);
      }
      decisions = log.append(submissions);
    } catch (Throwable e) {
      RefusedException refusal = appendFailed(e);
      waiting.forEach(receipt -> receipt.completeExceptionally(refusal));
      return;
    }
    appendWorked();
    announcer.announce(
        submissions, decisions, (decision, index) -> settle(waiting.get(index), decision));
    sinceForgetting += decisions.size();
    if (sinceForgetting >= FORGOTTEN_AT_A_TIME) {
      try {
        forgetSome();
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.DEBUG, "Rooms could not be forgotten now", e);
      }
    }
  }

  /** Said once while it lasts: a full disk fails every batch of a busy server. */
  private RefusedException appendFailed(Throwable failure) {
    if (failure instanceof RefusedException refused) {
      return refused;
    }
    if (!failing) {
      LOG.log(
          System.Logger.Level.ERROR,
          "The log cannot keep messages; publishers are told to try again: {0}",
          failure.getMessage());
    }
    failing = true;
    LOG.log(System.Logger.Level.DEBUG, "The log failed", failure);
    return RefusedException.storage(failure);
  }

  private void appendWorked() {
    if (failing) {
      LOG.log(System.Logger.Level.WARNING, "The log keeps messages again");
    }
    failing = false;
  }

  private static void settle(CompletableFuture<Receipt> receipt, Decision decision) {
    try {
      receipt.complete(decision.receipt());
    } catch (RefusedException e) {
      receipt.completeExceptionally(e);
    }
  }

  static RefusedException stopping() {
    return RefusedException.of(Reason.CLOSED, "server is stopping");
  }

  /** What a failure of reading the log is to those outside. */
  static RefusedException refusal(Throwable failure) {
    if (failure instanceof RefusedException refused) {
      return refused;
    }
    LOG.log(System.Logger.Level.ERROR, "The log failed: {0}", failure.getMessage());
    LOG.log(System.Logger.Level.DEBUG, "The log failed", failure);
    return RefusedException.unreadable(failure);
  }
}
