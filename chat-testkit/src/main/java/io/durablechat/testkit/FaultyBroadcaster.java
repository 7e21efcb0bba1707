package io.durablechat.testkit;

import io.durablechat.core.Broadcaster;
import io.durablechat.core.Cursor;
import io.durablechat.core.Draft;
import io.durablechat.core.Durability;
import io.durablechat.core.Follower;
import io.durablechat.core.Member;
import io.durablechat.core.Newest;
import io.durablechat.core.Page;
import io.durablechat.core.Place;
import io.durablechat.core.Range;
import io.durablechat.core.Receipt;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.core.RoomName;
import io.durablechat.core.Summary;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A broadcaster with fault injection: it passes every call on to another one, unless the test has
 * injected a {@link Fault} into that {@link Call}. It also counts calls, and can replace the log
 * behind it. Without a fault it keeps the contract of the one behind it.
 *
 * <p>Threads: safe for use by several threads. It has none of its own: what is released is passed
 * on, and answered, on the thread that calls {@link #release()}.
 */
public final class FaultyBroadcaster implements Broadcaster {
  /** A call that a fault can be injected into. */
  public enum Call {
    /** {@link Broadcaster#publish}. */
    PUBLISH,
    /** {@link Broadcaster#earlier}. */
    EARLIER,
    /** {@link Broadcaster#read}. */
    READ,
    /** {@link Broadcaster#locate}. */
    LOCATE,
    /** {@link Broadcaster#reach}. */
    REACH,
    /** {@link Broadcaster#follow}. */
    FOLLOW,
    /** {@link Broadcaster#summary}. */
    SUMMARY,
    /** {@link Broadcaster#keepSummary}. */
    KEEP_SUMMARY
  }

  /** What happens to a call instead of being passed on. */
  public enum Fault {
    /** The stage fails with a {@link RefusedException} for {@link Reason#STORAGE}. */
    REFUSED,
    /** The stage fails with an {@link IllegalStateException}, as that of a broken engine may. */
    BROKEN,
    /** The call throws an {@link IllegalStateException} instead of returning a stage. */
    THROWN,
    /** The call is passed on when the test releases it. */
    CALL_HELD,
    /**
     * The call is passed on, and its stage completes when the test releases it. A follower may be
     * told something before its stage has completed, which no engine may do.
     */
    ANSWER_HELD
  }

  private final Map<Call, Fault> faults = new ConcurrentHashMap<>();
  private final Map<Call, Integer> calls = new ConcurrentHashMap<>();
  private final Queue<CompletableFuture<Void>> held = new ConcurrentLinkedQueue<>();
  private final Registrations registrations = new Registrations();
  private final AtomicInteger recordsRead = new AtomicInteger();
  private volatile Broadcaster behind;
  private volatile Predicate<Draft> refusedDrafts = draft -> false;
  private volatile Optional<Follower> lastFollower = Optional.empty();

  private FaultyBroadcaster(Broadcaster behind) {
    this.behind = behind;
  }

  /** Returns one without faults. It closes the broadcaster behind it when it is closed. */
  public static FaultyBroadcaster on(Broadcaster behind) {
    return new FaultyBroadcaster(behind);
  }

  /** Injects a fault into these calls, in place of the one they had. */
  public void inject(Fault fault, Call... into) {
    for (Call call : into) {
      faults.put(call, fault);
    }
  }

  /**
   * Refuses to publish these drafts, as with {@link Fault#REFUSED}, in place of those refused
   * before.
   */
  public void refuseDrafts(Predicate<Draft> drafts) {
    refusedDrafts = drafts;
  }

  /** Removes all faults. What is held stays held until it is released. */
  public void clearFaults() {
    faults.clear();
    refusedDrafts = draft -> false;
  }

  /** Returns how many calls are held, whether before they are passed on or before their answer. */
  public int held() {
    return held.size();
  }

  /** Releases what is held now. Later calls are held again while the fault lasts. */
  public void release() {
    for (int left = held.size(); left > 0; left--) {
      Optional.ofNullable(held.poll()).ifPresent(gate -> gate.complete(null));
    }
  }

  /**
   * Replaces the broadcaster behind this one, which is not closed, as an engine whose log was set
   * back does: all followers are told that the lineage has changed, then nothing more.
   */
  public void replace(Broadcaster other) {
    behind = other;
    registrations.changeLineage();
  }

  /** Returns how often a call was made, whatever became of it. */
  public int calls(Call call) {
    return calls.getOrDefault(call, 0);
  }

  /** Returns how many records were read since this was last called. */
  public int takeRecordsRead() {
    return recordsRead.getAndSet(0);
  }

  /** Returns how many followers are registered: neither cancelled nor told of a new lineage. */
  public int followers() {
    return registrations.size();
  }

  /**
   * Returns the follower that was registered last, or tried to. A test may call it out of turn.
   *
   * @throws IllegalStateException if none ever was
   */
  public Follower lastFollower() {
    return lastFollower.orElseThrow(() -> new IllegalStateException("nobody has followed"));
  }

  @Override
  public CompletionStage<Receipt> publish(RoomName room, Member author, Draft draft) {
    return through(
        Call.PUBLISH,
        () ->
            refusedDrafts.test(draft)
                ? CompletableFuture.failedFuture(refusal())
                : behind.publish(room, author, draft));
  }

  @Override
  public CompletionStage<Optional<Receipt>> earlier(RoomName room, Member author, Draft draft) {
    return through(Call.EARLIER, () -> behind.earlier(room, author, draft));
  }

  @Override
  public CompletionStage<Page> read(RoomName room, Range range) {
    return through(
        Call.READ,
        () ->
            behind
                .read(room, range)
                .thenApply(
                    page -> {
                      recordsRead.addAndGet(page.entries().size());
                      return page;
                    }));
  }

  @Override
  public CompletionStage<Place> locate(RoomName room, Newest newest) {
    return through(Call.LOCATE, () -> behind.locate(room, newest));
  }

  @Override
  public CompletionStage<Cursor> reach(RoomName room, long sequence) {
    return through(Call.REACH, () -> behind.reach(room, sequence));
  }

  @Override
  public CompletionStage<Following> follow(RoomName room, Follower follower) {
    lastFollower = Optional.of(follower);
    return through(Call.FOLLOW, () -> registrations.follow(behind, room, follower));
  }

  @Override
  public CompletionStage<Optional<Summary>> summary(RoomName room) {
    return through(Call.SUMMARY, () -> behind.summary(room));
  }

  @Override
  public CompletionStage<Void> keepSummary(RoomName room, Summary summary) {
    return through(Call.KEEP_SUMMARY, () -> behind.keepSummary(room, summary));
  }

  private <T> CompletionStage<T> through(Call call, Supplier<CompletionStage<T>> next) {
    calls.merge(call, 1, Integer::sum);
    Fault fault = faults.get(call);
    if (fault == null) {
      return next.get();
    }
    return switch (fault) {
      case REFUSED -> CompletableFuture.failedFuture(refusal());
      case BROKEN -> CompletableFuture.failedFuture(new IllegalStateException("engine is broken"));
      case THROWN -> throw new IllegalStateException("engine is broken");
      case CALL_HELD -> gate().thenCompose(free -> next.get());
      case ANSWER_HELD -> next.get().thenCombine(gate(), (answer, free) -> answer);
    };
  }

  private CompletionStage<Void> gate() {
    CompletableFuture<Void> gate = new CompletableFuture<>();
    held.add(gate);
    return gate;
  }

  private static RefusedException refusal() {
    return RefusedException.retryable(Reason.STORAGE, "not now", Duration.ofSeconds(1));
  }

  @Override
  public Durability durability() {
    return behind.durability();
  }

  @Override
  public Duration retryWindow() {
    return behind.retryWindow();
  }

  @Override
  public boolean canKeep() {
    return behind.canKeep();
  }

  /** Closes the broadcaster behind this one. What is held stays held. */
  @Override
  public void close() {
    behind.close();
  }
}
