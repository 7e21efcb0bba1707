package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Joined.Resume;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.testkit.FaultyBroadcaster;
import io.durablechat.testkit.FaultyBroadcaster.Call;
import io.durablechat.testkit.FaultyBroadcaster.Fault;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.RecordingOutbox;
import io.durablechat.testkit.SteppedExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rooms as applications see them, with every thread in the test's hand. */
final class RoomTest {
  private static final RoomName GENERAL = RoomName.of("general");
  private static final Member ANN = Member.guest("ann-0123456789abcdefghij").named("Ann");
  private static final Member BOB = Member.guest("bob-0123456789abcdefghij").named("Bob");
  private static final Duration IDLE = Duration.ofSeconds(30);

  private final SteppedExecutor strands = new SteppedExecutor();
  private final SteppedExecutor writer = new SteppedExecutor();
  private final ManualClock clock = new ManualClock();
  private MemoryMessageLog log = MemoryMessageLog.of(clock, 100, Long.MAX_VALUE);
  private RoomPolicy policy = RoomPolicy.OPEN;
  private long recentBytes = 4 << 20;
  private RoomDirectory directory = open();

  private RoomDirectory open() {
    return RoomDirectory.on(LocalBroadcaster.on(log, writer, Runnable::run))
        .executors(strands, strands)
        .idleAfter(IDLE)
        .policy(policy)
        .recentBytes(recentBytes)
        .maxMessageBytes(2 << 20)
        .open();
  }

  private void settle() {
    while (strands.waiting() + writer.waiting() > 0) {
      strands.runAll();
      writer.runAll();
    }
  }

  private Room room() {
    return directory.room(GENERAL);
  }

  private RecordingOutbox join(Member member, Start start) {
    RecordingOutbox outbox = new RecordingOutbox();
    room().join(member, start, outbox);
    settle();
    return outbox;
  }

  private RecordingOutbox join(Member member) {
    return join(member, Start.live());
  }

  private void publish(String... texts) {
    for (String text : texts) {
      room().publish(ANN, Draft.text(text));
      settle();
    }
  }

  private static RefusedException refusal(CompletionStage<?> stage) {
    CompletableFuture<?> future = stage.toCompletableFuture();
    assertTrue(future.isCompletedExceptionally(), "not refused");
    CompletionException e = assertThrows(CompletionException.class, future::join);
    return assertInstanceOf(RefusedException.class, e.getCause());
  }

  private static Receipt receipt(CompletionStage<Receipt> stage) {
    assertTrue(stage.toCompletableFuture().isDone(), "not answered");
    return stage.toCompletableFuture().join();
  }

  @Test
  void everyoneHearsEverythingInOneOrderTheSenderIncluded() {
    RecordingOutbox ann = join(ANN);
    RecordingOutbox bob = join(BOB);
    ann.joined().session().publish(Draft.text("a"));
    bob.joined().session().publish(Draft.text("b"));
    ann.joined().session().publish(Draft.text("c"));
    settle();
    assertEquals(List.of("a", "b", "c"), ann.texts());
    assertEquals(ann.entries(), bob.entries());
    assertEquals(ANN, bob.entries().get(0).author());
  }

  @Test
  void roomsHearNothingOfEachOther() {
    RecordingOutbox here = join(ANN);
    directory.room(RoomName.of("elsewhere")).publish(BOB, Draft.text("secret"));
    settle();
    assertEquals(List.of(), here.texts());
  }

  @Test
  void nobodySeesAMessageBeforeItIsKept() {
    RecordingOutbox ann = join(ANN);
    CompletionStage<Receipt> receipt = ann.joined().session().publish(Draft.text("a"));
    strands.runAll();
    assertEquals(List.of(), ann.texts());
    assertFalse(receipt.toCompletableFuture().isDone());
    settle();
    assertEquals(List.of("a"), ann.texts());
    assertEquals(1, receipt(receipt).sequence());
  }

  @Test
  void whatWaitsIsSentAsOneBatchEncodedOnce() {
    RecordingOutbox ann = join(ANN);
    RecordingOutbox bob = join(BOB);
    for (int i = 0; i < 50; i++) {
      ann.joined().session().publish(Draft.text("" + i));
    }
    settle();
    assertEquals(1, ann.batches().size());
    assertSame(ann.batches().get(0), bob.batches().get(0));
    Batch.Encoding<Object> encoding = batch -> new Object();
    assertSame(ann.batches().get(0).as(encoding), bob.batches().get(0).as(encoding));
  }

  @Test
  void batchesAreBounded() {
    RecordingOutbox ann = join(ANN);
    String large = "x".repeat(Batch.MAX_BYTES / 2 + 1);
    IntStream.range(0, 3).forEach(i -> ann.joined().session().publish(Draft.text(large)));
    settle();
    assertEquals(3, ann.batches().size());
    assertEquals(3, ann.entries().size());
  }

  @Test
  void aSlowSessionLosesNothingAndOthersNoticeNothing() {
    RecordingOutbox slow = join(ANN);
    RecordingOutbox fast = join(BOB);
    slow.fill();
    publish("a", "b", "c");
    assertEquals(List.of(), slow.texts());
    assertEquals(List.of("a", "b", "c"), fast.texts());
    slow.empty();
    settle();
    publish("d");
    assertEquals(List.of("a", "b", "c", "d"), slow.texts());
    // Within a page of the head: not worth telling.
    assertFalse(slow.events().stream().anyMatch(e -> e.startsWith("behind")));
  }

  @Test
  void whoIsALittleBehindIsGivenWhatIsInMemoryAndSharesIt() {
    RecordingOutbox fast = join(BOB);
    RecordingOutbox slow = join(ANN);
    RecordingOutbox asSlow = join(Member.anonymous());
    RecordingOutbox slower = join(Member.anonymous());
    slower.fill();
    publish("a");
    slow.fill();
    asSlow.fill();
    publish("b", "c");
    // The log has nothing any more: what follows is not from there.
    clock.move(Duration.ofDays(1));
    assertEquals(3, log.trim(GENERAL, Keep.youngerThan(Duration.ofHours(1)), 100));
    List.of(slow, asSlow, slower).forEach(RecordingOutbox::empty);
    settle();
    assertEquals(List.of("a", "b", "c"), slow.texts());
    assertEquals(List.of("a", "b", "c"), slower.texts());
    assertEquals(2, slow.batches().size(), "what it missed is gathered into one write");
    assertSame(slow.batches().get(1), asSlow.batches().get(1));
    publish("d");
    for (RecordingOutbox outbox : List.of(slow, asSlow, slower)) {
      assertSame(fast.batches().get(3), outbox.batches().get(outbox.batches().size() - 1));
      assertEquals(Optional.empty(), outbox.closed());
    }
  }

  @Test
  void whatIsInMemoryForTheSlowIsBoundedForAllRoomsTogether() {
    log = MemoryMessageLog.of(clock);
    recentBytes = 10_000;
    directory = open();
    RecordingOutbox slow = join(ANN);
    slow.fill();
    Room other = directory.room(RoomName.of("other"));
    RecordingOutbox slowElsewhere = new RecordingOutbox();
    other.join(ANN, Start.live(), slowElsewhere);
    settle();
    slowElsewhere.fill();
    for (int i = 0; i < 30; i++) {
      publish("" + i);
      other.publish(ANN, Draft.text("" + i));
      settle();
    }
    slow.empty();
    slowElsewhere.empty();
    settle();
    List<String> all = IntStream.range(0, 30).mapToObj(i -> "" + i).toList();
    assertEquals(all, slow.texts());
    assertEquals(all, slowElsewhere.texts());
  }

  @Test
  void aSessionFarBehindIsToldOnceAndToldAgainWhenLevel() {
    log = MemoryMessageLog.of(clock);
    recentBytes = 1;
    directory = open();
    RecordingOutbox slow = join(ANN);
    slow.fill();
    IntStream.range(0, 1000).forEach(i -> room().publish(BOB, Draft.text("" + i)));
    settle();
    IntStream.range(1000, 2000).forEach(i -> room().publish(BOB, Draft.text("" + i)));
    settle();
    slow.empty();
    settle();
    assertEquals(IntStream.range(0, 2000).mapToObj(i -> "" + i).toList(), slow.texts());
    assertEquals(
        List.of("joined", "live 0", "behind 2000", "batch", "batch", "batch", "live 2000"),
        slow.events());
  }

  @Test
  void aSessionThatStallsWhileItIsFedGoesOnWhereItStopped() {
    publish("a", "b");
    RecordingOutbox outbox = new RecordingOutbox();
    outbox.fill();
    room().join(ANN, Start.history(10), outbox);
    settle();
    publish("c");
    assertEquals(List.of("joined"), outbox.events());
    outbox.empty();
    settle();
    assertEquals(List.of("a", "b", "c"), outbox.texts());
    assertEquals(List.of("joined", "batch", "batch", "live 3"), outbox.events());
  }

  @Test
  void joiningDuringTrafficLeavesNoHoleAndRepeatsNothing() {
    RecordingOutbox joiner = new RecordingOutbox();
    for (int i = 0; i < 30; i++) {
      room().publish(BOB, Draft.text("" + i));
      if (i == 10) {
        room().join(ANN, Start.history(100), joiner);
      }
      // One step at a time, so that messages are kept, read and delivered in every interleaving.
      strands.runNext();
      writer.runNext();
    }
    settle();
    assertEquals(IntStream.range(0, 30).mapToObj(i -> "" + i).toList(), joiner.texts());
  }

  @Test
  void aFreshSessionBeginsAtTheHeadOrBeforeIt() {
    publish("a", "b", "c");
    RecordingOutbox live = join(ANN);
    assertEquals(Resume.FRESH, live.joined().resume());
    assertEquals(3, live.joined().head().sequence());
    assertEquals(live.joined().head(), live.joined().cursor());
    assertEquals(List.of("joined", "live 3"), live.events());

    RecordingOutbox history = join(BOB, Start.history(2));
    assertEquals(List.of("b", "c"), history.texts());
    assertEquals(1, history.joined().cursor().sequence());
    assertEquals(List.of("joined", "batch", "live 3"), history.events());

    assertEquals(List.of("a", "b", "c"), join(BOB, Start.history(100)).texts());
  }

  @Test
  void resumesExactlyAfterItsCursor() {
    publish("a");
    Cursor cursor = join(ANN).joined().head();
    publish("b", "c");
    RecordingOutbox back = join(ANN, Start.after(cursor));
    assertEquals(Resume.EXACT, back.joined().resume());
    assertEquals(List.of("b", "c"), back.texts());
    assertEquals(cursor.sequence(), back.entries().get(0).previous());
    assertEquals(back.joined().head(), back.batches().get(0).cursor());
    assertEquals(List.of(), join(ANN, Start.after(back.joined().head())).texts());
  }

  @Test
  void resumesAcrossAGapOfAnyLength() {
    log = MemoryMessageLog.of(clock);
    directory = open();
    Cursor cursor = join(ANN).joined().head();
    IntStream.range(0, 5000).forEach(i -> room().publish(BOB, Draft.text("" + i)));
    settle();
    RecordingOutbox back = join(ANN, Start.after(cursor));
    assertEquals(Resume.EXACT, back.joined().resume());
    assertEquals(5000, back.entries().size());
    long previous = cursor.sequence();
    for (Entry message : back.entries()) {
      assertEquals(previous, message.previous());
      previous = message.sequence();
    }
    assertEquals("live 5000", back.events().get(back.events().size() - 1));
  }

  @Test
  void saysWhenRetentionRemovedTheStart() {
    Cursor cursor = join(ANN).joined().head();
    IntStream.rangeClosed(1, 150).forEach(i -> publish("" + i));
    RecordingOutbox back = join(ANN, Start.after(cursor));
    assertEquals(Resume.TRIMMED, back.joined().resume());
    assertEquals(OptionalLong.of(51), back.joined().first());
    assertEquals(100, back.entries().size());
    assertEquals("51", back.texts().get(0));
  }

  @Test
  void saysWhenItSkips() {
    Cursor cursor = join(ANN).joined().head();
    IntStream.rangeClosed(1, 10).forEach(i -> publish("" + i));
    RecordingOutbox back = join(ANN, atMost(cursor, 3));
    assertEquals(Resume.SKIPPED, back.joined().resume());
    assertEquals(OptionalLong.of(8), back.joined().first());
    assertEquals(List.of("8", "9", "10"), back.texts());

    assertEquals(Resume.EXACT, join(ANN, atMost(cursor, 10)).joined().resume());
    assertEquals(10, join(ANN, atMost(cursor, 500)).texts().size());

    IntStream.rangeClosed(11, 150).forEach(i -> publish("" + i));
    assertEquals(Resume.TRIMMED, join(ANN, atMost(cursor, 500)).joined().resume());
    assertEquals(Resume.SKIPPED, join(ANN, atMost(cursor, 99)).joined().resume());
    assertEquals(99, join(ANN, atMost(cursor, 99)).texts().size());
  }

  private static Start atMost(Cursor cursor, int messages) {
    return new Start(Optional.of(cursor), OptionalInt.of(messages), 0);
  }

  @Test
  void resetsACursorOfAnotherLineageOrPastTheHead() {
    publish("a", "b");
    Cursor head = join(ANN).joined().head();
    for (Cursor void_ : List.of(head.at(99), new Cursor(GENERAL, head.lineage() + 1, 1))) {
      RecordingOutbox back = join(ANN, new Start(Optional.of(void_), OptionalInt.empty(), 1));
      assertEquals(Resume.RESET, back.joined().resume());
      assertEquals(List.of("b"), back.texts());
    }
  }

  @Test
  void refusesACursorOfAnotherRoom() {
    Cursor elsewhere = new Cursor(RoomName.of("elsewhere"), 1, 1);
    assertThrows(
        IllegalArgumentException.class,
        () -> room().join(ANN, Start.after(elsewhere), new RecordingOutbox()));
  }

  @Test
  void endsASessionThatRetentionHasPassed() {
    recentBytes = 1;
    directory = open();
    RecordingOutbox slow = join(ANN);
    slow.fill();
    IntStream.range(0, 150).forEach(i -> publish("" + i));
    slow.empty();
    settle();
    assertEquals(Optional.of(CloseReason.TRIMMED), slow.closed());
    assertEquals(List.of(), slow.texts());
  }

  @Test
  void aRetryGetsTheFirstSequenceAndIsDeliveredOnce() {
    RecordingOutbox ann = join(ANN);
    Draft draft = Draft.text("a").withId("1");
    CompletionStage<Receipt> first = ann.joined().session().publish(draft);
    CompletionStage<Receipt> again = ann.joined().session().publish(draft);
    settle();
    // From another session of the same member, too.
    CompletionStage<Receipt> elsewhere = join(ANN).joined().session().publish(draft);
    settle();
    assertEquals(new Receipt(1, false), receipt(first));
    assertEquals(new Receipt(1, true), receipt(again));
    assertEquals(new Receipt(1, true), receipt(elsewhere));
    assertEquals(List.of("a"), ann.texts());

    CompletionStage<Receipt> other = join(BOB).joined().session().publish(draft);
    settle();
    assertEquals(new Receipt(2, false), receipt(other));
  }

  @Test
  void anotherMessageUnderAUsedIdIsAConflict() {
    RecordingOutbox ann = join(ANN);
    ann.joined().session().publish(Draft.text("a").withId("1"));
    CompletionStage<Receipt> other = ann.joined().session().publish(Draft.text("b").withId("1"));
    settle();
    assertEquals(Reason.CONFLICT, refusal(other).reason());
    assertEquals(List.of("a"), ann.texts());
  }

  @Test
  void boundsTheDraftsThatWait() {
    Session session = join(ANN).joined().session();
    List<CompletionStage<Receipt>> accepted =
        IntStream.range(0, 1024).mapToObj(i -> session.publish(Draft.text("" + i))).toList();
    RefusedException refusal = refusal(session.publish(Draft.text("one too many")));
    assertEquals(Reason.OVERLOADED, refusal.reason());
    assertTrue(refusal.retryAfter().isPresent());
    settle();
    accepted.forEach(stage -> assertFalse(receipt(stage).duplicate()));
    CompletionStage<Receipt> later = session.publish(Draft.text("later"));
    settle();
    assertEquals(1025, receipt(later).sequence());
  }

  @Test
  void boundsTheBytesThatWaitButLetsOneLargeDraftPass() {
    Session session = join(ANN).joined().session();
    CompletionStage<Receipt> large = session.publish(Draft.text("x".repeat(2 << 20)));
    assertEquals(Reason.OVERLOADED, refusal(session.publish(Draft.text("x"))).reason());
    settle();
    assertEquals(1, receipt(large).sequence());
  }

  @Test
  void boundsWhatAllSessionsLetWait() {
    directory =
        RoomDirectory.on(LocalBroadcaster.on(log, writer, Runnable::run))
            .executors(strands, strands)
            .inbound(10, 1000, 1500)
            .open();
    Session ann = join(ANN).joined().session();
    Session bob = join(BOB).joined().session();
    ann.publish(Draft.text("x".repeat(1000)));
    assertEquals(Reason.OVERLOADED, refusal(bob.publish(Draft.text("x".repeat(600)))).reason());
    assertEquals(
        Reason.OVERLOADED, refusal(room().publish(BOB, Draft.text("x".repeat(600)))).reason());
    CompletionStage<Receipt> fits = bob.publish(Draft.text("x".repeat(500)));
    settle();
    assertEquals(2, receipt(fits).sequence());
  }

  @Test
  void refusesAMessageOverTheLimit() {
    CompletionStage<Receipt> receipt =
        join(ANN).joined().session().publish(Draft.text("x".repeat((2 << 20) + 1)));
    assertEquals(Reason.TOO_LARGE, refusal(receipt).reason());
  }

  @Test
  void publishesRightAfterJoiningCountAsTheSessions() {
    RecordingOutbox outbox = new RecordingOutbox();
    Session session = room().join(ANN, Start.live(), outbox);
    CompletionStage<Receipt> receipt = session.publish(Draft.text("a"));
    settle();
    assertEquals(1, receipt(receipt).sequence());
    assertEquals(List.of("a"), outbox.texts());
  }

  @Test
  void aSessionThatLeftHearsAndSaysNothing() {
    RecordingOutbox ann = join(ANN);
    ann.joined().session().leave();
    ann.joined().session().leave();
    settle();
    publish("a");
    CompletionStage<Receipt> late = ann.joined().session().publish(Draft.text("b"));
    settle();
    assertEquals(Reason.CLOSED, refusal(late).reason());
    assertEquals(List.of("joined", "live 0"), ann.events());
  }

  @Test
  void anOutboxThatThrowsLosesItsSessionAndNobodyElses() {
    List<CloseReason> closed = new ArrayList<>();
    Outbox broken =
        new Outbox() {
          @Override
          public boolean offer(Batch batch) {
            throw new IllegalStateException("broken outbox");
          }

          @Override
          public void onClosed(CloseReason reason) {
            closed.add(reason);
          }
        };
    RecordingOutbox before = join(ANN);
    room().join(BOB, Start.live(), broken);
    RecordingOutbox after = join(ANN);
    publish("a", "b");
    assertEquals(List.of(CloseReason.FAULT), closed);
    assertEquals(List.of("a", "b"), before.texts());
    assertEquals(List.of("a", "b"), after.texts());
    assertEquals(List.of(ANN), members());
  }

  private List<Member> members() {
    CompletableFuture<List<Member>> members = room().members().toCompletableFuture();
    settle();
    return members.join();
  }

  @Test
  void notEvenAnErrorHarmsOthers() {
    policy =
        new RoomPolicy() {
          @Override
          public Draft review(RoomName room, Member author, Draft draft) {
            if (draft.body().text().equals("error")) {
              throw new StackOverflowError("inner detail");
            }
            return draft.body().text().equals("null") ? null : draft;
          }
        };
    directory = open();
    RecordingOutbox before = join(ANN);
    room()
        .join(
            BOB,
            Start.live(),
            batch -> {
              throw new StackOverflowError("inner detail");
            });
    RecordingOutbox after = join(ANN);
    List<CompletionStage<Receipt>> bad =
        List.of(room().publish(ANN, Draft.text("error")), room().publish(ANN, Draft.text("null")));
    publish("a", "b");
    bad.forEach(stage -> assertEquals(Reason.FORBIDDEN, refusal(stage).reason()));
    assertEquals(List.of("a", "b"), before.texts());
    assertEquals(List.of("a", "b"), after.texts());
    assertEquals(List.of(ANN), members());
  }

  @Test
  void behindARefusedDraftOfAChainNothingIsPublished() {
    policy =
        new RoomPolicy() {
          @Override
          public Draft review(RoomName room, Member author, Draft draft) {
            if (draft.body().text().equals("bad")) {
              throw RefusedException.of(Reason.FORBIDDEN, "bad");
            }
            return draft;
          }
        };
    directory = open();
    RecordingOutbox ann = join(ANN);
    Session session = ann.joined().session();
    List<CompletionStage<Receipt>> chain =
        IntStream.range(0, 4)
            .mapToObj(i -> session.publishNext(Draft.text(i == 1 ? "bad" : "" + i)))
            .toList();
    settle();
    assertEquals(List.of("0"), ann.texts());
    assertEquals(Reason.FORBIDDEN, refusal(chain.get(1)).reason());
    assertEquals(Reason.CLOSED, refusal(chain.get(2)).reason());
    assertEquals(Reason.CLOSED, refusal(chain.get(3)).reason());
    session.publish(Draft.text("said by itself"));
    settle();
    assertEquals(List.of("0", "said by itself"), ann.texts());
  }

  @Test
  void whoJoinsSpeaksAndLeavesAtOnceIsHeard() {
    Session session = room().join(ANN, Start.live(), new RecordingOutbox());
    CompletionStage<Receipt> receipt = session.publish(Draft.text("a"));
    session.leave();
    settle();
    assertEquals(1, receipt(receipt).sequence());
    assertEquals(List.of(), members());
    assertEquals(List.of("a"), join(BOB, Start.history(10)).texts());
  }

  @Test
  void aNewcomerIsNotOvertakenByRetentionWhileItJoins() {
    IntStream.rangeClosed(1, 100).forEach(i -> publish("" + i));
    SteppedExecutor readers = new SteppedExecutor();
    directory =
        RoomDirectory.on(LocalBroadcaster.on(log, writer, readers))
            .executors(strands, strands)
            .open();
    Cursor first = new Cursor(GENERAL, log.head(GENERAL).lineage(), 0);
    for (Start start : List.of(Start.history(100), Start.after(first))) {
      RecordingOutbox newcomer = new RecordingOutbox();
      room().join(BOB, start, newcomer);
      settle();
      readers.runAll();
      // It is found where the newcomer begins; before it reads on from there, that is removed.
      log.append(List.of(new Submission(GENERAL, ANN, Draft.text("more"))));
      while (strands.waiting() + readers.waiting() > 0) {
        settle();
        readers.runAll();
      }
      assertEquals(Optional.empty(), newcomer.closed());
      Entry oldest = newcomer.entries().get(0);
      assertEquals(newcomer.joined().cursor().sequence(), oldest.previous());
      boolean resumed = start.cursor().isPresent();
      assertEquals(resumed ? Resume.TRIMMED : Resume.FRESH, newcomer.joined().resume());
      assertEquals(
          resumed ? OptionalLong.of(oldest.sequence()) : OptionalLong.empty(),
          newcomer.joined().first());
    }
  }

  @Test
  void whatIsKeptWhileANewcomerFindsAllOfItsGapRemovedIsNotLost() {
    publish("1", "2", "3");
    FaultyBroadcaster broadcaster =
        FaultyBroadcaster.on(LocalBroadcaster.on(log, writer, Runnable::run));
    broadcaster.inject(Fault.ANSWER_HELD, Call.READ, Call.LOCATE);
    directory = RoomDirectory.on(broadcaster).executors(strands, strands).open();
    join(ANN);
    RecordingOutbox newcomer = new RecordingOutbox();
    room().join(BOB, atMost(log.head(GENERAL).at(1), 100), newcomer);
    settle();
    broadcaster.release();
    // It has found its beginning, and reads on: by then all that followed is removed.
    clock.move(Duration.ofDays(1));
    assertEquals(3, log.trim(GENERAL, Keep.youngerThan(Duration.ofHours(1)), 100));
    settle();
    // What it read is on its way; meanwhile something is published and delivered.
    publish("4");
    broadcaster.release();
    settle();
    broadcaster.release();
    settle();
    publish("5");
    assertEquals(List.of("4", "5"), newcomer.texts());
  }

  @Test
  void aCursorThatIsAheadOfTheRoomIsNoReasonToBeginAnew() {
    RecordingOutbox ann = join(ANN);
    // Kept, but not yet told to the room.
    CompletionStage<Receipt> receipt = room().publish(ANN, Draft.text("a"));
    strands.runAll();
    writer.runAll();
    Cursor head = room().history(Range.last(1)).toCompletableFuture().join().head();
    assertEquals(1, head.sequence());
    RecordingOutbox bob = new RecordingOutbox();
    room().join(BOB, Start.after(head), bob);
    settle();
    publish("b");
    assertEquals(1, receipt(receipt).sequence());
    assertEquals(Resume.EXACT, bob.joined().resume());
    assertEquals(List.of("b"), bob.texts());
    assertEquals(List.of("a", "b"), ann.texts());
  }

  @Test
  void severalSessionsOfOneIdentityAreOneMember() {
    List<String> events = new ArrayList<>();
    policy =
        new RoomPolicy() {
          @Override
          public void onJoined(RoomName room, Member member) {
            events.add("+" + member.name().orElseThrow());
          }

          @Override
          public void onLeft(RoomName room, Member member) {
            events.add("-" + member.name().orElseThrow());
          }
        };
    directory = open();
    RecordingOutbox first = join(ANN);
    RecordingOutbox second = join(ANN);
    RecordingOutbox bob = join(BOB);
    assertEquals(List.of(ANN, BOB), members());
    assertEquals(2, bob.joined().memberCount());
    assertEquals(List.of(ANN, BOB), bob.joined().members());
    first.joined().session().leave();
    settle();
    assertEquals(List.of(ANN, BOB), members());
    second.joined().session().leave();
    settle();
    assertEquals(List.of(BOB), members());
    assertEquals(List.of("+Ann", "+Bob", "-Ann"), events);
    assertNotEquals(first.joined().session().id(), second.joined().session().id());
  }

  @Test
  void thePolicyDecidesWhoJoins() {
    policy =
        new RoomPolicy() {
          @Override
          public void admit(RoomName room, Member member) {
            if (member.equals(BOB)) {
              throw RefusedException.of(Reason.FORBIDDEN, "not Bob");
            }
          }
        };
    directory = open();
    RecordingOutbox bob = new RecordingOutbox();
    Session session = room().join(BOB, Start.live(), bob);
    CompletionStage<Receipt> sneaked = session.publish(Draft.text("let me in"));
    settle();
    assertEquals(List.of("closed 4503"), bob.events());
    assertEquals(Reason.CLOSED, refusal(sneaked).reason());
    assertEquals(List.of(), join(ANN, Start.history(10)).texts());
  }

  @Test
  void thePolicyRewritesAndRefusesDrafts() {
    policy =
        new RoomPolicy() {
          @Override
          public Draft review(RoomName room, Member author, Draft draft) {
            if (draft.body().text().equals("spam")) {
              throw RefusedException.of(Reason.FORBIDDEN, "no spam");
            }
            if (draft.body().text().equals("bug")) {
              throw new IllegalStateException("inner detail");
            }
            return draft.rewritten(Body.text(draft.body().text().replace("darn", "****")));
          }
        };
    directory = open();
    RecordingOutbox ann = join(ANN);
    Draft rude = Draft.text("darn it").withId("1");
    CompletionStage<Receipt> spam = ann.joined().session().publish(Draft.text("spam"));
    CompletionStage<Receipt> bug = ann.joined().session().publish(Draft.text("bug"));
    ann.joined().session().publish(rude);
    CompletionStage<Receipt> retry = ann.joined().session().publish(rude);
    settle();
    assertEquals("no spam", refusal(spam).getMessage());
    assertEquals("not allowed", refusal(bug).getMessage());
    assertTrue(receipt(retry).duplicate());
    assertEquals(List.of("**** it"), ann.texts());
  }

  @Test
  void roomsWithoutSessionsAreForgottenAfterAWhileAndWakeAgain() {
    RecordingOutbox ann = join(ANN);
    ann.joined().session().publish(Draft.text("a"));
    settle();
    strands.advance(IDLE.multipliedBy(2));
    settle();
    assertEquals(List.of(GENERAL), directory.awake());

    ann.joined().session().leave();
    settle();
    strands.advance(IDLE.minusMillis(1));
    assertEquals(List.of(GENERAL), directory.awake());
    strands.advance(Duration.ofMillis(1));
    settle();
    assertEquals(List.of(), directory.awake());

    RecordingOutbox back = join(ANN, Start.history(10));
    assertEquals(List.of("a"), back.texts());
    publish("b");
    assertEquals(List.of("a", "b"), back.texts());
  }

  @Test
  void aRoomThatIsUsedNowAndThenStaysAwake() {
    for (int i = 0; i < 5; i++) {
      publish("" + i);
      strands.advance(IDLE.minusSeconds(1));
      assertEquals(List.of(GENERAL), directory.awake());
    }
    strands.advance(IDLE);
    assertEquals(List.of(), directory.awake());
  }

  @Test
  void aSessionThatHasLeftDoesNotKeepItsRoomAwake() {
    Session session = join(ANN).joined().session();
    session.leave();
    settle();
    strands.advance(IDLE);
    settle();
    session.publish(Draft.text("late"));
    session.ready();
    session.leave();
    settle();
    strands.advance(IDLE);
    settle();
    assertEquals(List.of(), directory.awake());
  }

  @Test
  void drainingKeepsWhatWasPublishedTellsEverybodyAndRefusesNewcomers() {
    RecordingOutbox ann = join(ANN);
    CompletionStage<Receipt> inTime = ann.joined().session().publish(Draft.text("in time"));
    CompletableFuture<Void> drained = directory.drain(CloseReason.RESTART).toCompletableFuture();
    strands.runAll();
    assertFalse(drained.isDone());
    settle();
    assertTrue(drained.isDone());
    assertEquals(1, receipt(inTime).sequence());
    assertEquals(List.of("joined", "live 0", "batch", "closed 1012"), ann.events());

    CompletionStage<Receipt> late = ann.joined().session().publish(Draft.text("late"));
    CompletionStage<Receipt> elsewhere =
        directory.room(RoomName.of("new")).publish(BOB, Draft.text("late"));
    RecordingOutbox newcomer = join(BOB);
    assertEquals(Reason.CLOSED, refusal(late).reason());
    assertEquals(Reason.CLOSED, refusal(elsewhere).reason());
    assertEquals(List.of("closed 1012"), newcomer.events());
    directory.close();
  }

  @Test
  void aDirectoryThatIsClosedAnswersEverybody() {
    try (LocalBroadcaster broadcaster = LocalBroadcaster.on(MemoryMessageLog.of(clock))) {
      RoomDirectory closed = RoomDirectory.open(broadcaster);
      Room late = closed.room(GENERAL);
      ClosedOutbox before = new ClosedOutbox();
      Session session = late.join(ANN, Start.live(), before);
      await(session.publish(Draft.text("a")));
      closed.close();
      closed.close();
      assertEquals(CloseReason.GOING_AWAY, await(before.closed));

      for (CompletionStage<Receipt> publish :
          List.of(late.publish(BOB, Draft.text("late")), session.publish(Draft.text("late")))) {
        CompletionException e = assertThrows(CompletionException.class, () -> await(publish));
        assertEquals(
            Reason.CLOSED, assertInstanceOf(RefusedException.class, e.getCause()).reason());
      }
      assertEquals(List.of(), await(late.members()));
      ClosedOutbox after = new ClosedOutbox();
      late.join(BOB, Start.live(), after);
      assertEquals(CloseReason.GOING_AWAY, await(after.closed));
    }
  }

  private static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  /** An outbox of a directory on its own threads, of which only the end is of interest. */
  private static final class ClosedOutbox implements Outbox {
    private final CompletableFuture<CloseReason> closed = new CompletableFuture<>();

    @Override
    public boolean offer(Batch batch) {
      return true;
    }

    @Override
    public void onClosed(CloseReason reason) {
      closed.complete(reason);
    }
  }

  @Test
  void historyIsReadWithoutJoining() {
    publish("a", "b", "c");
    Page page = room().history(Range.last(2)).toCompletableFuture().join();
    assertEquals(List.of(2L, 3L), page.entries().stream().map(Entry::sequence).toList());
    assertEquals(3, page.head().sequence());
  }

  @Test
  void whatIsDeliveredIsKnownOnceItsAuthorWasGivenIt() {
    RecordingOutbox ann = join(ANN);
    Session session = ann.joined().session();
    List<String> heard = new ArrayList<>();
    session
        .publish(Draft.text("a"))
        .thenCompose(kept -> session.delivered())
        .thenRun(() -> heard.addAll(ann.texts()));
    settle();
    assertEquals(List.of("a"), heard);
  }

  @Test
  void whatIsDeliveredToWhoDoesNotReadIsKnownOnceItDoesOrHasLeft() {
    RecordingOutbox slow = join(ANN);
    RecordingOutbox gone = join(BOB);
    slow.fill();
    gone.fill();
    publish("a");
    CompletionStage<Void> read = slow.joined().session().delivered();
    CompletionStage<Void> left = gone.joined().session().delivered();
    settle();
    assertFalse(read.toCompletableFuture().isDone());
    assertFalse(left.toCompletableFuture().isDone());
    slow.empty();
    gone.joined().session().leave();
    settle();
    assertEquals(List.of("a"), slow.texts());
    assertTrue(read.toCompletableFuture().isDone());
    assertTrue(left.toCompletableFuture().isDone());
  }
}
