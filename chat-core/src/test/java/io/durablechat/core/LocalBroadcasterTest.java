package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.testkit.BroadcasterContract;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.SteppedExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class LocalBroadcasterTest {
  private static final RoomName ROOM = RoomName.of("general");
  private static final RoomName OTHER = RoomName.of("other");
  private static final Member ANN = Member.anonymous();

  @Nested
  final class InMemory extends BroadcasterContract {
    @Override
    protected Broadcaster open() {
      return LocalBroadcaster.inMemory();
    }
  }

  @Nested
  final class WithThreads extends BroadcasterContract {
    @Override
    protected Broadcaster open() {
      return LocalBroadcaster.on(MemoryMessageLog.of(new ManualClock()));
    }
  }

  private final SteppedExecutor writer = new SteppedExecutor();
  private final CountingLog log = new CountingLog();
  private final LocalBroadcaster broadcaster = LocalBroadcaster.on(log, writer, Runnable::run);

  @Test
  void appendsWhatAllRoomsWaitForAsOneBatch() {
    for (int i = 0; i < 10; i++) {
      broadcaster.publish(i % 2 == 0 ? ROOM : OTHER, ANN, Draft.text("" + i));
    }
    writer.runAll();
    assertEquals(List.of(10), log.batches);
  }

  @Test
  void neitherAnswersNorTellsBeforeTheLogHasKept() {
    List<Entry> told = new ArrayList<>();
    broadcaster.follow(ROOM, follower(told));
    writer.runAll();
    CompletableFuture<Receipt> receipt =
        broadcaster.publish(ROOM, ANN, Draft.text("a")).toCompletableFuture();
    assertFalse(receipt.isDone());
    assertEquals(List.of(), told);
    writer.runAll();
    assertTrue(receipt.isDone());
    assertEquals(1, told.size());
  }

  @Test
  void aLogThatFailsRefusesTheBatchAndServesTheNext() {
    log.failing = true;
    CompletableFuture<Receipt> lost =
        broadcaster.publish(ROOM, ANN, Draft.text("a")).toCompletableFuture();
    writer.runAll();
    CompletionException e = assertThrows(CompletionException.class, lost::join);
    RefusedException refusal = (RefusedException) e.getCause();
    assertEquals(RefusedException.Reason.STORAGE, refusal.reason());
    assertTrue(refusal.retryAfter().isPresent());
    assertFalse(refusal.getMessage().contains("disk on fire"));
    assertFalse(broadcaster.canKeep());

    log.failing = false;
    CompletableFuture<Receipt> kept =
        broadcaster.publish(ROOM, ANN, Draft.text("b")).toCompletableFuture();
    writer.runAll();
    assertEquals(new Receipt(1, false), kept.join());
  }

  @Test
  void nothingIsAppendedToALogThatKnowsItsPlaceIsGone() {
    log.gone = true;
    assertFalse(broadcaster.canKeep());
    CompletableFuture<Receipt> lost =
        broadcaster.publish(ROOM, ANN, Draft.text("a")).toCompletableFuture();
    writer.runAll();
    CompletionException e = assertThrows(CompletionException.class, lost::join);
    assertEquals(RefusedException.Reason.STORAGE, ((RefusedException) e.getCause()).reason());
    log.gone = false;
    assertTrue(broadcaster.canKeep());
    broadcaster.publish(ROOM, ANN, Draft.text("b"));
    writer.runAll();
    assertEquals(1, log.head(ROOM).sequence());
  }

  @Test
  void findsOutByItselfThatItCanKeepAgain() {
    assertTrue(broadcaster.canKeep());
    log.failing = true;
    broadcaster.publish(ROOM, ANN, Draft.text("a"));
    writer.runAll();
    assertFalse(broadcaster.canKeep());
    writer.runAll();
    assertFalse(broadcaster.canKeep(), "it was tried out, and still fails");
    log.failing = false;
    writer.runAll();
    assertTrue(broadcaster.canKeep());
  }

  @Test
  void notEvenAnErrorStopsTheWriter() {
    log.error = true;
    CompletableFuture<Receipt> lost =
        broadcaster.publish(ROOM, ANN, Draft.text("a")).toCompletableFuture();
    writer.runAll();
    assertThrows(CompletionException.class, lost::join);
    log.error = false;
    CompletableFuture<Receipt> kept =
        broadcaster.publish(ROOM, ANN, Draft.text("b")).toCompletableFuture();
    writer.runAll();
    assertEquals(new Receipt(1, false), kept.join());
  }

  @Test
  void closedItRefusesEverything() {
    LocalBroadcaster closed = LocalBroadcaster.on(MemoryMessageLog.of(new ManualClock()));
    closed.close();
    List<CompletionStage<?>> late =
        List.of(
            closed.publish(ROOM, ANN, Draft.text("a")),
            closed.read(ROOM, Range.last(1)),
            closed.follow(ROOM, follower(new ArrayList<>())));
    for (CompletionStage<?> stage : late) {
      CompletionException e =
          assertThrows(CompletionException.class, () -> stage.toCompletableFuture().join());
      assertEquals(RefusedException.Reason.CLOSED, ((RefusedException) e.getCause()).reason());
    }
  }

  @Test
  void aFollowerThatThrowsHarmsNobody() {
    List<Entry> told = new ArrayList<>();
    broadcaster.follow(
        ROOM,
        new Follower() {
          @Override
          public void onEntries(List<Entry> messages) {
            throw new IllegalStateException("broken follower");
          }

          @Override
          public void onLineageChanged() {}
        });
    broadcaster.follow(ROOM, follower(told));
    CompletableFuture<Receipt> receipt =
        broadcaster.publish(ROOM, ANN, Draft.text("a")).toCompletableFuture();
    writer.runAll();
    assertEquals(1, told.size());
    assertTrue(receipt.isDone());
  }

  private static Follower follower(List<Entry> told) {
    return new Follower() {
      @Override
      public void onEntries(List<Entry> messages) {
        told.addAll(messages);
      }

      @Override
      public void onLineageChanged() {}
    };
  }

  /** A log that counts its batches and fails on demand. */
  @Test
  void removesWhatNeedNotBeKeptOfEachRoomByItsOwnRule() {
    try (LocalBroadcaster rooms = LocalBroadcaster.inMemory()) {
      for (int i = 0; i < 1200; i++) {
        rooms.publish(ROOM, ANN, Draft.text("" + i));
        rooms.publish(OTHER, ANN, Draft.text("" + i));
      }
      assertEquals(1190, rooms.trim(room -> room.equals(ROOM) ? Keep.newest(10) : Keep.FOREVER));
      Page page = rooms.read(ROOM, Range.last(1000)).toCompletableFuture().join();
      assertEquals(10, page.entries().size());
      assertEquals(1190, page.trimmedThrough());
      Page other = rooms.read(OTHER, Range.last(1000)).toCompletableFuture().join();
      assertEquals(0, other.trimmedThrough());
    }
  }

  @Test
  void aRoomThatIsFollowedGoesOnWhereItsFollowersThinkItEnds() {
    ManualClock clock = new ManualClock();
    try (LocalBroadcaster rooms = LocalBroadcaster.inMemory(MemoryMessageLog.of(clock))) {
      for (int i = 0; i < 10; i++) {
        rooms.publish(ROOM, ANN, Draft.text("" + i));
      }
      rooms.publish(OTHER, ANN, Draft.text("x"));
      List<Entry> told = new ArrayList<>();
      List<Entry> toldOfNew = new ArrayList<>();
      RoomName never = RoomName.of("never named");
      Broadcaster.Following other =
          rooms.follow(OTHER, follower(told)).toCompletableFuture().join();
      Broadcaster.Following none =
          rooms.follow(never, follower(toldOfNew)).toCompletableFuture().join();
      clock.move(Duration.ofDays(1));
      assertEquals(11, rooms.trim(room -> Keep.youngerThan(Duration.ofHours(1))));
      Page gone = rooms.read(ROOM, Range.last(1)).toCompletableFuture().join();
      assertTrue(gone.head().sequence() > 10, "forgotten");
      rooms.publish(OTHER, ANN, Draft.text("y"));
      rooms.publish(never, ANN, Draft.text("z"));
      assertEquals(other.head().sequence(), told.get(0).previous());
      assertEquals(none.head().sequence(), toldOfNew.get(0).previous());
    }
  }

  @Test
  void roomsThatHoldNothingAreForgottenWithoutAnybodyLookingAfterThem() {
    MemoryMessageLog kept = MemoryMessageLog.of(new ManualClock(), 10, 100_000);
    try (LocalBroadcaster rooms = LocalBroadcaster.inMemory(kept)) {
      for (int i = 0; i < 20_000; i++) {
        rooms.publish(RoomName.of("room" + i), ANN, Draft.text("x"));
      }
      int left = kept.rooms(Optional.empty(), Integer.MAX_VALUE).size();
      assertTrue(left < 3000, left + " of 20,000 rooms, of which 250 hold a message");
    }
  }

  @Test
  void aRoomWithMuchToRemoveTakesTurnsAndIsFinished() {
    MemoryMessageLog kept = MemoryMessageLog.of(new ManualClock(), 200_000, Long.MAX_VALUE);
    Submission submission = new Submission(ROOM, ANN, Draft.text("x"));
    kept.append(Collections.nCopies(100_000, submission));
    kept.append(Collections.nCopies(10, new Submission(OTHER, ANN, Draft.text("x"))));
    List<RoomName> asked = new ArrayList<>();
    try (LocalBroadcaster rooms = LocalBroadcaster.inMemory(kept)) {
      Function<RoomName, Keep> rule =
          room -> {
            asked.add(room);
            // As in a room where people go on talking meanwhile.
            kept.append(List.of(submission));
            return Keep.newest(1);
          };
      assertTrue(rooms.trim(rule) >= 100_000);
      assertEquals(List.of(ROOM, OTHER, ROOM), asked, "who is through is not asked again");
    }
  }

  @Test
  void keepsWhatItWasToldToKeepByItself() throws InterruptedException {
    MemoryMessageLog kept = MemoryMessageLog.of(new ManualClock());
    for (int i = 0; i < 10; i++) {
      kept.append(List.of(new Submission(ROOM, ANN, Draft.text("" + i))));
    }
    kept.append(List.of(new Submission(OTHER, ANN, Draft.text("x"))));
    CountDownLatch asked = new CountDownLatch(1);
    try (LocalBroadcaster rooms = LocalBroadcaster.inMemory(kept)) {
      rooms.keeping(
          room -> {
            // One after another: once the second is asked for, the first is done.
            if (room.equals(OTHER)) {
              asked.countDown();
            }
            return Keep.newest(3);
          });
      assertThrows(IllegalStateException.class, () -> rooms.keeping(room -> Keep.FOREVER));
      assertTrue(asked.await(20, TimeUnit.SECONDS));
      assertEquals(7, kept.read(ROOM, Range.last(10)).trimmedThrough());
    }
  }

  private static final class CountingLog implements MessageLog {
    private final MemoryMessageLog log = MemoryMessageLog.of(new ManualClock());
    private final List<Integer> batches = new ArrayList<>();
    private boolean failing;
    private boolean gone;
    private boolean error;

    @Override
    public boolean canKeep() {
      return !gone;
    }

    @Override
    public List<Decision> append(List<Submission> batch) {
      if (error) {
        throw new StackOverflowError("inner detail");
      }
      if (failing) {
        throw new IllegalStateException("disk on fire");
      }
      batches.add(batch.size());
      return log.append(batch);
    }

    @Override
    public Optional<Decision> earlier(Submission submission) {
      return log.earlier(submission);
    }

    @Override
    public void probe() {
      if (failing) {
        throw new IllegalStateException("disk on fire");
      }
    }

    @Override
    public Page read(RoomName room, Range range) {
      return log.read(room, range);
    }

    @Override
    public Place locate(RoomName room, Newest newest) {
      return log.locate(room, newest);
    }

    @Override
    public Cursor head(RoomName room) {
      return log.head(room);
    }

    @Override
    public List<RoomName> rooms(Optional<RoomName> after, int atMost) {
      return log.rooms(after, atMost);
    }

    @Override
    public boolean hasBeyond(RoomName room, Keep keep) {
      return log.hasBeyond(room, keep);
    }

    @Override
    public int trim(RoomName room, Keep keep, int atMost) {
      return log.trim(room, keep, atMost);
    }

    @Override
    public List<Aged> roomsOlderThan(Duration age, Optional<Aged> after, int atMost) {
      return log.roomsOlderThan(age, after, atMost);
    }

    @Override
    public int forget(Set<RoomName> inUse, int atMost) {
      return log.forget(inUse, atMost);
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
      log.close();
    }
  }
}
