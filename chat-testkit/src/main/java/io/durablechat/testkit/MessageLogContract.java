package io.durablechat.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Body;
import io.durablechat.core.Content;
import io.durablechat.core.Content.Kind;
import io.durablechat.core.Cursor;
import io.durablechat.core.Decision;
import io.durablechat.core.Draft;
import io.durablechat.core.Entry;
import io.durablechat.core.Keep;
import io.durablechat.core.Member;
import io.durablechat.core.MessageLog;
import io.durablechat.core.Moderation;
import io.durablechat.core.Newest;
import io.durablechat.core.Page;
import io.durablechat.core.Place;
import io.durablechat.core.Range;
import io.durablechat.core.RoomName;
import io.durablechat.core.SteadyClock;
import io.durablechat.core.Submission;
import io.durablechat.core.Submission.Stamp;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract test of {@link MessageLog}. Extend it in the tests of a log; each of its tests opens
 * an empty log, uses it from one thread, and closes it at the end.
 */
public abstract class MessageLogContract {
  private static final RoomName ROOM = RoomName.of("general");
  private static final RoomName OTHER = RoomName.of("other");
  private static final Member ANN = Member.guest("ann-0123456789abcdefghij");
  private static final Member BOB = Member.guest("bob-0123456789abcdefghij");

  private final ManualClock clock = new ManualClock();
  private MessageLog log;

  /**
   * Opens an empty log that takes its time from this clock and keeps at least 5,000 messages. The
   * clock is a {@link ManualClock}.
   */
  protected abstract MessageLog open(InstantSource clock);

  /** Whether the log skips numbers, so that nobody can tell the next. */
  protected boolean isSparse() {
    return false;
  }

  @BeforeEach
  void openLog() {
    log = open(clock);
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

  @Test
  void startsEmpty() {
    assertEquals(0, log.head(ROOM).sequence());
    Page page = log.read(ROOM, Range.last(10));
    assertEquals(List.of(), page.entries());
    assertEquals(0, page.trimmedThrough());
    assertEquals(log.head(ROOM), page.head());
  }

  @Test
  void numbersEachRoomUpwardsAndChainsItsRecords() {
    append(ROOM, "a");
    append(OTHER, "x");
    append(ROOM, "b");
    List<Entry> messages = log.read(ROOM, Range.after(0, 10)).entries();
    assertEquals(List.of("a", "b"), texts(messages));
    assertEquals(0, messages.get(0).previous());
    assertEquals(messages.get(0).sequence(), messages.get(1).previous());
    assertTrue(messages.get(1).sequence() > messages.get(0).sequence());
    assertEquals(messages.get(1).sequence(), log.head(ROOM).sequence());
    assertEquals(List.of("x"), texts(log.read(OTHER, Range.last(10)).entries()));
  }

  @Test
  void keepsTheOrderOfABatchAcrossRooms() {
    log.append(
        IntStream.range(0, 100)
            .mapToObj(i -> new Submission(i % 2 == 0 ? ROOM : OTHER, ANN, Draft.text("" + i)))
            .toList());
    assertEquals(
        IntStream.range(0, 50).mapToObj(i -> "" + 2 * i).toList(),
        texts(log.read(ROOM, Range.after(0, 100)).entries()));
  }

  @Test
  void givesBackWhatWasAppended() {
    Draft text = Draft.text("Grüße 👋\n\u0000").withId("a ~1").inReplyTo(7);
    Draft binary = Draft.of(Content.plain(Body.binary(ByteBuffer.wrap(new byte[] {0, -1, 127}))));
    Draft empty = Draft.of(Content.plain(Body.text("")));
    log.append(
        List.of(
            new Submission(ROOM, ANN.named("Ann"), text),
            new Submission(ROOM, BOB, binary),
            new Submission(ROOM, BOB, empty)));
    List<Entry> read = log.read(ROOM, Range.last(3)).entries();
    assertEquals(List.of(text, binary, empty), read.stream().map(Entry::draft).toList());
    assertEquals(List.of(ANN.named("Ann"), BOB, BOB), read.stream().map(Entry::author).toList());
    assertEquals(clock.instant(), read.get(0).at());
  }

  @Test
  void timeNeverRunsBackwardsInARoom() {
    append(ROOM, "a");
    clock.move(Duration.ofHours(-1));
    append(ROOM, "b");
    List<Entry> messages = log.read(ROOM, Range.last(2)).entries();
    assertEquals(messages.get(0).at(), messages.get(1).at());
  }

  @Test
  void readsAfterBeforeAndLast() {
    IntStream.range(0, 20).forEach(i -> append(ROOM, "" + i));
    List<Entry> all = log.read(ROOM, Range.after(0, 100)).entries();
    long middle = all.get(10).sequence();
    assertEquals(all.subList(11, 14), log.read(ROOM, Range.after(middle, 3)).entries());
    assertEquals(all.subList(7, 10), log.read(ROOM, Range.before(middle, 3)).entries());
    assertEquals(all.subList(17, 20), log.read(ROOM, Range.last(3)).entries());
    assertEquals(List.of(), log.read(ROOM, Range.after(all.get(19).sequence(), 3)).entries());
    assertEquals(List.of(), log.read(ROOM, Range.before(all.get(0).sequence(), 3)).entries());
    assertEquals(all, log.read(ROOM, Range.before(Long.MAX_VALUE, 100)).entries());
    assertEquals(List.of(), log.read(ROOM, Range.after(Long.MAX_VALUE, 100)).entries());
  }

  @Test
  void namesItsRoomsInPages() {
    List<RoomName> named =
        IntStream.range(0, 5).mapToObj(i -> RoomName.of("room \uD83D\uDC4B" + i)).toList();
    named.forEach(room -> append(room, "a"));
    List<RoomName> first = log.rooms(Optional.empty(), 3);
    List<RoomName> rest = log.rooms(Optional.of(first.get(2)), 3);
    assertEquals(3, first.size());
    assertEquals(List.of(), log.rooms(Optional.of(rest.get(1)), 3));
    assertEquals(
        Set.copyOf(named),
        Stream.concat(first.stream(), rest.stream()).collect(Collectors.toSet()));
  }

  @Test
  void trimsTheOldestBeyondANumber() {
    IntStream.range(0, 10).forEach(i -> append(ROOM, "" + i));
    append(OTHER, "x");
    List<Entry> all = log.read(ROOM, Range.after(0, 100)).entries();
    assertEquals(0, log.trim(ROOM, Keep.FOREVER, 100));
    assertEquals(0, log.trim(ROOM, Keep.newest(10), 100));
    assertFalse(log.hasBeyond(ROOM, Keep.FOREVER));
    assertFalse(log.hasBeyond(ROOM, Keep.newest(10)));
    assertTrue(log.hasBeyond(ROOM, Keep.newest(9)));
    assertFalse(log.hasBeyond(RoomName.of("never named"), Keep.newest(1)));
    assertEquals(4, log.trim(ROOM, Keep.newest(3), 4));
    assertEquals(3, log.trim(ROOM, Keep.newest(3), 4));
    Page page = log.read(ROOM, Range.after(0, 100));
    assertEquals(all.subList(7, 10), page.entries());
    assertEquals(all.get(6).sequence(), page.trimmedThrough());
    assertEquals(all.get(9).sequence(), page.head().sequence());
    assertEquals(1, log.read(OTHER, Range.last(10)).entries().size());
  }

  @Test
  void aClockThatIsAYearAheadForAWhileRemovesNothing() {
    Keep keep = Keep.youngerThan(Duration.ofDays(1));
    append(ROOM, "a");
    clock.jump(Duration.ofDays(365));
    assertFalse(log.hasBeyond(ROOM, keep));
    assertEquals(0, log.trim(ROOM, keep, 100));
    clock.move(Duration.ofSeconds(70));
    append(OTHER, "b");
    assertEquals(0, log.trim(ROOM, keep, 100));
    clock.jump(Duration.ofDays(-365));
    assertEquals(0, log.trim(ROOM, keep, 100));
    clock.move(Duration.ofDays(1));
    assertTrue(log.hasBeyond(ROOM, keep));
    assertEquals(1, log.trim(ROOM, keep, 100));
  }

  @Test
  void aClockThatStaysAheadForAnHourIsBelieved() {
    Keep keep = Keep.youngerThan(Duration.ofDays(1));
    append(ROOM, "a");
    clock.jump(Duration.ofDays(365));
    assertFalse(log.hasBeyond(ROOM, keep));
    clock.move(SteadyClock.PROVED_AFTER);
    assertTrue(log.hasBeyond(ROOM, keep));
    assertEquals(1, log.trim(ROOM, keep, 100));
  }

  @Test
  void trimsTheOldestBeyondAnAgeDownToNothingAndNumbersOn() {
    append(ROOM, "a");
    clock.move(Duration.ofHours(1));
    append(ROOM, "b");
    long head = log.head(ROOM).sequence();
    assertEquals(0, log.trim(ROOM, Keep.youngerThan(Duration.ofHours(1)), 100));
    assertFalse(log.hasBeyond(ROOM, Keep.youngerThan(Duration.ofHours(1))));
    clock.move(Duration.ofMillis(1));
    assertTrue(log.hasBeyond(ROOM, Keep.youngerThan(Duration.ofHours(1))));
    assertEquals(1, log.trim(ROOM, Keep.youngerThan(Duration.ofHours(1)), 100));
    assertEquals(List.of("b"), texts(log.read(ROOM, Range.last(10)).entries()));
    clock.move(Duration.ofHours(1));
    assertEquals(1, log.trim(ROOM, Keep.youngerThan(Duration.ofHours(1)), 100));
    assertEquals(0, log.trim(ROOM, Keep.youngerThan(Duration.ofHours(1)), 100));
    assertEquals(List.of(), log.read(ROOM, Range.last(10)).entries());
    assertEquals(head, log.read(ROOM, Range.last(10)).trimmedThrough());
    assertEquals(head, log.head(ROOM).sequence());
    append(ROOM, "c");
    Entry next = log.read(ROOM, Range.last(10)).entries().get(0);
    assertTrue(next.sequence() > head);
    assertEquals(head, next.previous());
  }

  @Test
  void aNumberIsOneOfMessagesThatAreThere() {
    IntStream.range(0, 8).forEach(i -> append(ROOM, "" + i));
    List<Entry> all = log.read(ROOM, Range.last(8)).entries();
    for (int deleted : new int[] {0, 4, 5}) {
      append(BOB, Draft.deletion(all.get(deleted).sequence()));
    }
    // Five are there: 1, 2, 3, 6 and 7, behind a blank one, and before what deletes.
    assertFalse(log.hasBeyond(ROOM, Keep.newest(11)));
    assertTrue(log.hasBeyond(ROOM, Keep.newest(5)), "blanks at the beginning go");
    assertEquals(1, log.trim(ROOM, Keep.newest(5), 100));
    assertFalse(log.hasBeyond(ROOM, Keep.newest(5)));
    assertEquals(0, log.trim(ROOM, Keep.newest(5), 100));
    assertEquals(2, log.trim(ROOM, Keep.newest(3), 100));
    assertEquals(List.of("3", "6", "7"), said());
    append(ROOM, "8");
    assertEquals(3, log.trim(ROOM, Keep.newest(3), 100), "with the blanks up to the next");
    assertEquals(List.of("6", "7", "8"), said());
  }

  @Test
  void whatWasDeletedIsNotKeptForTheSakeOfANumber() {
    IntStream.range(0, 10).forEach(i -> append(ROOM, "" + i));
    List<Entry> all = log.read(ROOM, Range.last(10)).entries();
    all.forEach(message -> append(BOB, Draft.deletion(message.sequence())));
    assertEquals(15, log.trim(ROOM, Keep.newest(5), 100));
    append(ROOM, "a");
    assertEquals(1, log.trim(ROOM, Keep.newest(5), 100));
    assertEquals(List.of("a"), said());
  }

  private List<String> said() {
    return log.read(ROOM, Range.last(100)).entries().stream()
        .filter(message -> message.content().kind().isSaid())
        .map(message -> message.draft().body().text())
        .toList();
  }

  @Test
  void namesRoomsByTheAgeOfTheirOldestRecord() {
    List<RoomName> named = IntStream.range(0, 5).mapToObj(i -> RoomName.of("r" + (9 - i))).toList();
    for (RoomName room : named) {
      append(room, "first");
      clock.move(Duration.ofMinutes(1));
    }
    named.forEach(room -> append(room, "second"));
    assertEquals(List.of(), older(Duration.ofMinutes(5), Optional.empty(), 10));
    List<MessageLog.Aged> first = log.roomsOlderThan(Duration.ofMinutes(2), Optional.empty(), 2);
    assertEquals(named.subList(0, 2), first.stream().map(MessageLog.Aged::room).toList());
    assertEquals(List.of(named.get(2)), older(Duration.ofMinutes(2), Optional.of(first.get(1)), 2));
    log.trim(named.get(0), Keep.newest(1), 10);
    log.trim(named.get(1), Keep.youngerThan(Duration.ofNanos(1)), 10);
    assertEquals(
        named.subList(2, 4), older(Duration.ofMinutes(1), Optional.empty(), 10), "by what is left");
  }

  private List<RoomName> older(Duration age, Optional<MessageLog.Aged> after, int atMost) {
    return log.roomsOlderThan(age, after, atMost).stream().map(MessageLog.Aged::room).toList();
  }

  @Test
  void forgetsARoomThatHoldsNothingAndGivesItsNumbersToNobody() {
    IntStream.range(0, 5).forEach(i -> append(ROOM, "" + i));
    append(OTHER, "x");
    Cursor seen = log.head(ROOM);
    empty(ROOM);
    assertEquals(0, log.forget(Set.of(ROOM), 10), "in use");
    assertEquals(seen, log.head(ROOM));
    assertEquals(1, log.forget(Set.of(), 10));
    assertEquals(0, log.forget(Set.of(), 10));
    assertEquals(List.of(OTHER), log.rooms(Optional.empty(), 10));

    Page page = log.read(ROOM, Range.after(seen.sequence() - 1, 10));
    assertEquals(List.of(), page.entries());
    assertTrue(page.trimmedThrough() >= seen.sequence(), "what was there is gone, and said to be");
    assertEquals(log.head(ROOM), page.head());
    assertEquals(seen.lineage(), page.head().lineage());

    RoomName never = RoomName.of("never named");
    for (RoomName room : List.of(ROOM, never)) {
      long head = log.head(room).sequence();
      append(room, "a");
      Entry first = log.read(room, Range.last(10)).entries().get(0);
      assertTrue(first.sequence() > seen.sequence());
      assertEquals(head, first.previous());
      assertEquals(head, log.read(room, Range.last(10)).trimmedThrough());
    }
    Cursor there = log.head(OTHER);
    append(OTHER, "y");
    List<Entry> goingOn = log.read(OTHER, Range.last(10)).entries();
    assertEquals(List.of("x", "y"), texts(goingOn), "another room was there all the time");
    assertEquals(goingOn.get(0).sequence(), there.sequence());
    assertEquals(there.sequence(), goingOn.get(1).previous());
    if (!isSparse()) {
      assertEquals(there.sequence() + 1, goingOn.get(1).sequence());
    }
  }

  @Test
  void forgetsNoRoomBeforeItsLastId() {
    Draft draft = Draft.text("a").withId("1");
    append(ROOM, "first");
    clock.move(Duration.ofSeconds(1));
    long sequence = stored(append(ANN, draft)).sequence();
    log.trim(ROOM, Keep.youngerThan(Duration.ofNanos(1)), 10);
    clock.move(log.retryWindow());
    log.trim(ROOM, Keep.youngerThan(Duration.ofNanos(1)), 10);
    assertEquals(0, log.forget(Set.of(), 10));
    assertEquals(new Decision.Duplicate(sequence), append(ANN, draft));
    clock.move(Duration.ofMillis(1));
    assertEquals(1, log.forget(Set.of(), 10));
    assertTrue(stored(append(ANN, draft)).sequence() > sequence);
  }

  @Test
  void aRoomInUseThatWasNeverNamedGoesOnFromWhereItWasSaidToEnd() {
    append(ROOM, "a");
    empty(ROOM);
    log.forget(Set.of(), 10);
    RoomName followed = RoomName.of("followed");
    long head = log.head(followed).sequence();
    IntStream.range(0, 500).forEach(i -> append(OTHER, "" + i));
    empty(OTHER);
    assertEquals(1, log.forget(Set.of(followed), 10));
    assertTrue(log.head(ROOM).sequence() >= 500);
    assertEquals(head, log.head(followed).sequence());
    append(followed, "a");
    assertEquals(head, log.read(followed, Range.last(1)).entries().get(0).previous());
  }

  @Test
  void forgetsSoManyAtATimeAndNoRoomThatHoldsARecord() {
    for (int i = 0; i < 5; i++) {
      append(RoomName.of("room" + i), "a");
      empty(RoomName.of("room" + i));
    }
    append(RoomName.of("room3"), "once more");
    assertEquals(3, log.forget(Set.of(), 3));
    assertEquals(1, log.forget(Set.of(), 3));
    assertEquals(List.of(RoomName.of("room3")), log.rooms(Optional.empty(), 10));
  }

  @Test
  void forgetsNoRoomWithAReservedName() {
    append(Moderation.TRAIL, "a");
    append(ROOM, "b");
    empty(Moderation.TRAIL);
    empty(ROOM);
    Cursor head = log.head(Moderation.TRAIL);
    assertEquals(1, log.forget(Set.of(), 10));
    assertEquals(List.of(Moderation.TRAIL), log.rooms(Optional.empty(), 10));
    assertEquals(head, log.head(Moderation.TRAIL));
  }

  /** So that nothing of it is needed any more. */
  private void empty(RoomName room) {
    clock.move(log.retryWindow().plusMillis(1));
    log.trim(room, Keep.youngerThan(Duration.ofNanos(1)), 10_000);
  }

  @Test
  void remembersTheIdOfADraftThatWasTrimmed() {
    Submission submission = new Submission(ROOM, ANN, Draft.text("a").withId("1"));
    long sequence =
        log.append(List.of(submission)).get(0) instanceof Decision.Kept s
            ? s.entry().sequence()
            : 0;
    append(ROOM, "b");
    assertEquals(1, log.trim(ROOM, Keep.newest(1), 100));
    assertEquals(List.of(new Decision.Duplicate(sequence)), log.append(List.of(submission)));
  }

  @Test
  void limitsPagesInBytesButGivesAtLeastOne() {
    IntStream.range(0, 5).forEach(i -> append(ROOM, "0123456789"));
    List<Entry> all = log.read(ROOM, Range.after(0, 100)).entries();
    assertEquals(all.subList(0, 2), log.read(ROOM, Range.after(0, 100).withBytes(25)).entries());
    assertEquals(all.subList(0, 1), log.read(ROOM, Range.after(0, 100).withBytes(1)).entries());
    assertEquals(all.subList(3, 5), log.read(ROOM, Range.last(100).withBytes(25)).entries());
  }

  @Test
  void keepsADraftWithAnIdOnce() {
    Draft draft = Draft.text("hello").withId("1");
    long first = stored(append(ANN, draft)).sequence();
    append(ROOM, "between");
    Decision again = append(ANN, draft);
    assertEquals(first, assertInstanceOf(Decision.Duplicate.class, again).sequence());
    assertEquals(2, log.read(ROOM, Range.last(10)).entries().size());
  }

  @Test
  void keepsADraftOnceWithinOneBatch() {
    Submission submission = new Submission(ROOM, ANN, Draft.text("hello").withId("1"));
    List<Decision> results = log.append(List.of(submission, submission));
    long first = stored(results.get(0)).sequence();
    assertEquals(first, assertInstanceOf(Decision.Duplicate.class, results.get(1)).sequence());
  }

  @Test
  void reportsAnotherDraftUnderAUsedIdAsConflict() {
    append(ANN, Draft.text("hello").withId("1"));
    assertInstanceOf(Decision.Conflict.class, append(ANN, Draft.text("other").withId("1")));
    assertInstanceOf(
        Decision.Conflict.class, append(ANN, Draft.text("hello").inReplyTo(1).withId("1")));
    assertEquals(1, log.read(ROOM, Range.last(10)).entries().size());
  }

  @Test
  void ownsIdsByRoomAndAuthor() {
    Draft draft = Draft.text("hello").withId("1");
    append(ANN, draft);
    stored(append(BOB, draft));
    stored(log.append(List.of(new Submission(OTHER, ANN, draft))).get(0));
  }

  @Test
  void recognisesARetryOfARewrittenDraft() {
    Draft sent = Draft.text("darn").withId("1");
    append(ANN, sent.rewritten(Body.text("****")));
    assertInstanceOf(Decision.Duplicate.class, append(ANN, sent.rewritten(Body.text("####"))));
  }

  @Test
  void recognisesARetryOfADraftThatWasRestored() {
    Draft sent = Draft.text("darn").withId("1");
    Draft restored = Draft.kept(Content.said(Body.text("****")), Optional.of("1"), sent.digest());
    assertEquals(restored, stored(append(ANN, restored)).draft());
    assertInstanceOf(Decision.Duplicate.class, append(ANN, sent));
    assertInstanceOf(Decision.Conflict.class, append(ANN, Draft.text("****").withId("1")));
  }

  @Test
  void remembersIdsThroughoutTheRetryWindow() {
    Draft draft = Draft.text("hello").withId("1");
    append(ANN, draft);
    clock.move(log.retryWindow());
    assertInstanceOf(Decision.Duplicate.class, append(ANN, draft));
  }

  @Test
  void remembersIdsWhileTheClockIsAhead() {
    Draft draft = Draft.text("hello").withId("1");
    append(ANN, draft);
    clock.jump(log.retryWindow().multipliedBy(2));
    append(ROOM, "x");
    assertInstanceOf(Decision.Duplicate.class, append(ANN, draft));
    clock.jump(log.retryWindow().multipliedBy(-2));
    assertInstanceOf(Decision.Duplicate.class, append(ANN, draft));
  }

  @Test
  void tellsWhatBecameOfADraftThatWasHandedInBefore() {
    Draft draft = Draft.text("hello").withId("1");
    Submission submission = new Submission(ROOM, ANN, draft);
    assertEquals(Optional.empty(), log.earlier(submission));
    assertEquals(List.of(), log.rooms(Optional.empty(), 10), "no room comes of asking");

    append(OTHER, "x");
    long sequence = stored(append(ANN, draft)).sequence();
    assertEquals(Optional.of(new Decision.Duplicate(sequence)), log.earlier(submission));
    Draft rewritten = draft.rewritten(Body.text("****"));
    assertEquals(
        Optional.of(new Decision.Duplicate(sequence)),
        log.earlier(new Submission(ROOM, ANN, rewritten)));
    assertEquals(
        Optional.of(new Decision.Conflict()),
        log.earlier(new Submission(ROOM, ANN, Draft.text("other").withId("1"))));
    assertEquals(
        Optional.empty(), log.earlier(new Submission(ROOM, ANN, Draft.text("hello").withId("2"))));
    assertEquals(
        Optional.empty(), log.earlier(new Submission(ROOM, ANN, Draft.text("hello"))), "no id");
    assertEquals(Optional.empty(), log.earlier(new Submission(ROOM, BOB, draft)));
    assertEquals(Optional.empty(), log.earlier(new Submission(OTHER, ANN, draft)));
    assertEquals(1, log.read(ROOM, Range.last(10)).entries().size(), "nothing is kept by asking");

    clock.move(log.retryWindow());
    assertEquals(Optional.of(new Decision.Duplicate(sequence)), log.earlier(submission));
    clock.move(Duration.ofMillis(1));
    Optional<Decision> late = log.earlier(submission);
    assertEquals(
        late.isEmpty(),
        append(ANN, draft) instanceof Decision.Kept,
        "it would be kept again if and only if it is not known");
  }

  @Test
  void deletesAMessageWhereItStands() {
    append(ROOM, "a");
    Draft meant = Draft.text("what should not be read").withId("1").inReplyTo(1);
    long deleted = stored(append(ANN, meant)).sequence();
    append(ROOM, "c");

    Entry deletion = stored(append(BOB, Draft.deletion(deleted)));
    assertEquals(Kind.DELETE, deletion.content().kind());
    assertEquals(deleted, deletion.content().refersTo().orElseThrow());

    List<Entry> messages = log.read(ROOM, Range.last(10)).entries();
    assertEquals(List.of("a", "", "c", ""), texts(messages));
    Entry blank = messages.get(1);
    assertEquals(Draft.of(new Content.Deleted(OptionalLong.of(1))).withId("1"), blank.draft());
    assertEquals(Kind.DELETED, blank.content().kind());
    assertEquals(ANN, blank.author());
    assertEquals(messages.get(0).sequence(), blank.previous());
    // Its author, who has not heard of it, may still send it again.
    assertEquals(new Decision.Duplicate(deleted), append(ANN, meant));
  }

  @Test
  void deletesWhatCameInTheSameBatch() {
    Submission first = new Submission(ROOM, ANN, Draft.text("a"));
    List<Decision> results =
        log.append(
            List.of(
                isSparse() ? first.stamped(new Stamp(1, clock.instant())) : first,
                new Submission(ROOM, BOB, Draft.deletion(1))));
    assertInstanceOf(Decision.Kept.class, results.get(1));
    assertEquals(List.of("", ""), texts(log.read(ROOM, Range.last(10)).entries()));
  }

  @Test
  void readsAndCountsMessagesThatAreThereWhateverWasDeletedBetween() {
    Random random = new Random(17);
    for (int round = 0; round < 20; round++) {
      RoomName room = RoomName.of("room " + random.nextInt(2));
      int acts = 1 + random.nextInt(60);
      // Sometimes a long run of deletions, and sometimes a few here and there.
      double deleting = random.nextInt(4) / 3.0;
      List<Entry> there = new ArrayList<>(there(room));
      List<Submission> batch = new ArrayList<>();
      for (int i = 0; i < acts; i++) {
        if (there.isEmpty() || random.nextDouble() >= deleting) {
          batch.add(new Submission(room, ANN, Draft.text("x".repeat(random.nextInt(30)))));
        } else {
          int any = random.nextBoolean() ? there.size() - 1 : random.nextInt(there.size());
          batch.add(new Submission(room, BOB, Draft.deletion(there.remove(any).sequence())));
        }
      }
      log.append(batch);
      if (random.nextInt(10) == 0) {
        log.trim(room, Keep.newest(1 + random.nextInt(50)), random.nextInt(20) + 1);
      }
      long head = log.head(room).sequence();
      for (int i = 0; i < 10; i++) {
        int count = 1 + random.nextInt(40);
        assertReadsAndLocates(room, random.nextLong(head + 3), count, random.nextInt(200) + 1);
        assertReadsAndLocates(room, random.nextLong(head + 3), count, Range.MAX_BYTES);
      }
    }
  }

  private void assertReadsAndLocates(RoomName room, long sequence, int count, int bytes) {
    List<Entry> records = records(room);
    for (boolean ofMessages : List.of(true, false)) {
      List<Entry> all = ofMessages ? there(records) : records;
      List<Entry> before = all.stream().filter(m -> m.sequence() < sequence).toList();
      List<Entry> after = all.stream().filter(m -> m.sequence() > sequence).toList();
      assertPage(
          reversed(before), Range.before(sequence, count).withBytes(bytes), room, ofMessages);
      assertPage(after, Range.after(sequence, count).withBytes(bytes), room, ofMessages);
      assertPage(reversed(all), Range.last(count).withBytes(bytes), room, ofMessages);

      Newest newest = (ofMessages ? Newest.messages(count) : Newest.records(count));
      Place place = log.locate(room, newest.before(sequence));
      boolean isEnough = before.size() >= count;
      List<Entry> counted = before.subList(isEnough ? before.size() - count : 0, before.size());
      assertEquals(
          counted.stream().mapToLong(Entry::sequence).findFirst(), place.first(), newest + "");
      Page page = log.read(room, Range.last(1));
      long trimmed = page.trimmedThrough();
      assertEquals(isEnough ? counted.get(0).previous() : trimmed, place.position());
      assertEquals(trimmed, place.trimmedThrough());
      assertEquals(page.head(), place.head());
    }
  }

  /** That a page has of these, given in the order of reading, as many as fit. */
  private void assertPage(List<Entry> due, Range range, RoomName room, boolean ofMessages) {
    Range asked = ofMessages ? range.ofMessages() : range;
    List<Entry> fitting = new ArrayList<>();
    long bytes = 0;
    for (Entry message : due) {
      bytes += message.draft().body().size();
      if (fitting.size() == range.messages() || (!fitting.isEmpty() && bytes > range.bytes())) {
        break;
      }
      fitting.add(message);
    }
    Page page = log.read(room, asked);
    boolean isForwards = range.anchor() == Range.Anchor.AFTER;
    assertEquals(isForwards ? fitting : reversed(fitting), page.entries(), asked + "");
    assertEquals(fitting.size() < due.size(), page.hasMore(), asked + "");
  }

  private List<Entry> records(RoomName room) {
    List<Entry> records = new ArrayList<>();
    Page page = log.read(room, Range.after(0, 1000));
    records.addAll(page.entries());
    while (page.hasMore()) {
      page = log.read(room, Range.after(records.get(records.size() - 1).sequence(), 1000));
      records.addAll(page.entries());
    }
    return records;
  }

  private List<Entry> there(RoomName room) {
    return there(records(room));
  }

  private static List<Entry> there(List<Entry> records) {
    return records.stream().filter(m -> m.content().kind().isSaid()).toList();
  }

  private static List<Entry> reversed(List<Entry> messages) {
    List<Entry> reversed = new ArrayList<>(messages);
    Collections.reverse(reversed);
    return reversed;
  }

  @Test
  void locatesNothingInARoomThatNeverHadARecord() {
    assertEquals(
        new Place(0, OptionalLong.empty(), 0, log.head(ROOM)),
        log.locate(ROOM, Newest.messages(10)));
  }

  @Test
  void deletesNothingThatIsNotThere() {
    long first = stored(append(ANN, Draft.text("a"))).sequence();
    append(OTHER, "x");
    append(OTHER, "y");
    long elsewhere = log.head(OTHER).sequence();
    assertTrue(first != elsewhere);
    assertEquals(new Decision.Missing(), append(BOB, Draft.deletion(elsewhere)));
    assertEquals(new Decision.Missing(), append(BOB, Draft.deletion(Long.MAX_VALUE)));
    long deletion = stored(append(BOB, Draft.deletion(first))).sequence();
    assertEquals(new Decision.Missing(), append(BOB, Draft.deletion(first)), "not twice");
    assertEquals(new Decision.Missing(), append(BOB, Draft.deletion(deletion)), "not a deletion");
    RoomName none = RoomName.of("none");
    assertEquals(
        List.of(new Decision.Missing()),
        log.append(List.of(new Submission(none, BOB, Draft.deletion(1)))));
    assertEquals(List.of(ROOM, OTHER), log.rooms(Optional.empty(), 10), "no room comes of it");
    assertEquals(List.of("x", "y"), texts(log.read(OTHER, Range.last(10)).entries()));
  }

  @Test
  void deletesNothingThatWasTrimmed() {
    long first = stored(append(ANN, Draft.text("a"))).sequence();
    append(ROOM, "b");
    log.trim(ROOM, Keep.newest(1), 10);
    assertEquals(new Decision.Missing(), append(BOB, Draft.deletion(first)));
  }

  @Test
  void keepsTheNumberAndTheTimeThatWereGivenElsewhere() {
    Instant then = clock.instant().minusSeconds(60);
    Submission far = submission("b").stamped(new Stamp(1L << 33, then.plusMillis(7)));
    List<Decision> results =
        log.append(
            List.of(
                submission("a").stamped(new Stamp(5, then)),
                far,
                new Submission(OTHER, ANN, Draft.text("x")).stamped(new Stamp(3, then))));
    assertEquals(5, stored(results.get(0)).sequence());
    assertEquals(0, stored(results.get(0)).previous());
    assertEquals(then, stored(results.get(0)).at());
    assertEquals(1L << 33, stored(results.get(1)).sequence());
    assertEquals(5, stored(results.get(1)).previous());
    assertEquals(then.plusMillis(7), stored(results.get(1)).at());
    assertEquals(3, stored(results.get(2)).sequence());
    Submission earlier = submission("c").stamped(new Stamp((1L << 33) + 4, then));
    Entry clamped = stored(log.append(List.of(earlier)).get(0));
    assertEquals(then.plusMillis(7), clamped.at(), "not earlier than the one before");

    assertEquals(List.of("b", "c"), texts(log.read(ROOM, Range.after(5, 10)).entries()));
    assertEquals(List.of("a"), texts(log.read(ROOM, Range.before(1L << 33, 10)).entries()));
    assertEquals(5, log.locate(ROOM, Newest.records(2)).position());
    assertEquals(clamped.sequence(), log.head(ROOM).sequence());
    assertFalse(log.hasBeyond(ROOM, Keep.newest(3)));
    assertEquals(1, log.trim(ROOM, Keep.newest(2), 10));
    assertEquals(5, log.read(ROOM, Range.last(1)).trimmedThrough());
  }

  @Test
  void aNumberFromElsewhereThatIsNotAboveTheLastHasNothingOfItsBatchKept() {
    append(ROOM, "a");
    long last = log.head(ROOM).sequence();
    Stamp stale = new Stamp(last, clock.instant());
    for (List<Submission> batch :
        List.of(
            List.of(submission("b"), submission("c").stamped(stale)),
            List.of(
                submission("b").stamped(new Stamp(last + 9, clock.instant())),
                submission("c").stamped(new Stamp(last + 9, clock.instant()))))) {
      assertThrows(IllegalArgumentException.class, () -> log.append(batch));
    }
    append(ROOM, "d");
    assertEquals(List.of("a", "d"), texts(log.read(ROOM, Range.last(10)).entries()));
    assertEquals(last, log.read(ROOM, Range.last(1)).entries().get(0).previous());
  }

  @Test
  void aNumberFromElsewhereMattersOnlyToWhatIsKept() {
    Instant then = clock.instant();
    Submission one = new Submission(ROOM, ANN, Draft.text("a").withId("1"));
    stored(log.append(List.of(one.stamped(new Stamp(5, then)))).get(0));
    Submission other = new Submission(ROOM, ANN, Draft.text("b").withId("1"));
    Submission two = new Submission(ROOM, BOB, Draft.text("c").withId("2"));
    // As a replica gets it that is told once more what it has applied.
    List<Decision> decisions =
        log.append(
            List.of(
                one.stamped(new Stamp(5, then)),
                two.stamped(new Stamp(6, then)),
                two.stamped(new Stamp(6, then)),
                other.stamped(new Stamp(3, then)),
                new Submission(ROOM, BOB, Draft.deletion(5)).stamped(new Stamp(8, then)),
                new Submission(ROOM, BOB, Draft.deletion(5)).stamped(new Stamp(8, then)),
                submission("d").stamped(new Stamp(9, then))));
    assertEquals(new Decision.Duplicate(5), decisions.get(0));
    assertEquals(6, stored(decisions.get(1)).sequence());
    assertEquals(new Decision.Duplicate(6), decisions.get(2));
    assertEquals(new Decision.Conflict(), decisions.get(3));
    assertEquals(8, stored(decisions.get(4)).sequence());
    assertEquals(new Decision.Missing(), decisions.get(5));
    assertEquals(9, stored(decisions.get(6)).sequence());
    assertEquals(List.of("", "c", "", "d"), texts(log.read(ROOM, Range.last(10)).entries()));
  }

  @Test
  void takesTheHighestNumberThereIs() {
    assertThrows(
        IllegalArgumentException.class, () -> new Stamp(Stamp.MAX_SEQUENCE + 1, clock.instant()));
    Submission last = submission("a").stamped(new Stamp(Stamp.MAX_SEQUENCE, clock.instant()));
    assertEquals(Stamp.MAX_SEQUENCE, stored(log.append(List.of(last)).get(0)).sequence());
    assertEquals(Stamp.MAX_SEQUENCE, log.head(ROOM).sequence());
    assertEquals(List.of("a"), texts(log.read(ROOM, Range.last(10)).entries()));
  }

  @Test
  void decidesAboutWhatWasDatedElsewhereByTheTimeItHasThere() {
    // As a replica does that is made anew long after.
    Instant then = clock.instant().minus(log.retryWindow().multipliedBy(10));
    Instant last = then.plus(log.retryWindow());
    Draft draft = Draft.text("hello").withId("1");
    Submission submission = new Submission(ROOM, ANN, draft);
    long first =
        stored(log.append(List.of(submission.stamped(new Stamp(1, then)))).get(0)).sequence();
    assertEquals(
        List.of(new Decision.Duplicate(first)),
        log.append(List.of(submission.stamped(new Stamp(2, last)))));
    stored(log.append(List.of(submission.stamped(new Stamp(3, last.plusMillis(1))))).get(0));
    assertEquals(2, log.read(ROOM, Range.last(10)).entries().size());
  }

  @Test
  void anIdThatIsKeptAgainIsNotForgottenWithTheFirst() {
    Instant then = clock.instant();
    Submission one = new Submission(ROOM, ANN, Draft.text("a").withId("1"));
    stored(log.append(List.of(one.stamped(new Stamp(1, then)))).get(0));
    Instant again = then.plus(log.retryWindow()).plusMillis(1);
    // Beside something older, so that the first is still remembered when it is kept again.
    List<Decision> both =
        log.append(
            List.of(
                new Submission(OTHER, ANN, Draft.text("x")).stamped(new Stamp(1, then)),
                one.stamped(new Stamp(2, again))));
    stored(both.get(1));
    clock.move(log.retryWindow().plusSeconds(1));
    stored(log.append(List.of(submission("b").stamped(new Stamp(3, again)))).get(0));
    assertEquals(
        List.of(new Decision.Duplicate(2)), log.append(List.of(one.stamped(new Stamp(4, again)))));
  }

  @Test
  void keepsAGroupWholeAndInItsOrder() {
    long target = stored(append(BOB, Draft.text("target"))).sequence();
    Draft withId = Draft.text("a").withId("1");
    Submission group =
        new Submission(ROOM, ANN, withId)
            .with(
                List.of(
                    new Submission(ROOM, BOB, Draft.deletion(target)),
                    new Submission(ROOM, BOB, Draft.text("b").withId("1"))));
    List<Decision> decisions = log.append(List.of(submission("before"), group, submission("c")));
    assertEquals(3, decisions.size());
    Decision.Kept kept = assertInstanceOf(Decision.Kept.class, decisions.get(1));
    List<Entry> all = log.read(ROOM, Range.last(10)).entries();
    assertEquals(List.of("", "before", "a", "", "b", "c"), texts(all));
    assertEquals(all.get(2), kept.entry());
    assertEquals(all.subList(3, 5), kept.others());
    assertEquals(all.get(4), kept.last());
    for (int i = 1; i < all.size(); i++) {
      assertEquals(all.get(i - 1).sequence(), all.get(i).previous());
    }
    long first = kept.entry().sequence();
    assertEquals(List.of(new Decision.Duplicate(first)), log.append(List.of(group)), "a retry");
    assertEquals(new Decision.Duplicate(first), append(ANN, withId));
    assertEquals(
        new Decision.Duplicate(kept.last().sequence()),
        append(BOB, Draft.text("b").withId("1")),
        "each is remembered by its own id");
    assertEquals(6, log.read(ROOM, Range.last(10)).entries().size());
  }

  @Test
  void keepsNothingOfAGroupOfWhichOneCannotBeKept() {
    long used = stored(append(ANN, Draft.text("used").withId("used"))).sequence();
    Submission good = new Submission(ROOM, BOB, Draft.text("good").withId("new"));
    Submission deletion = new Submission(ROOM, BOB, Draft.deletion(used));
    Submission missing = new Submission(ROOM, BOB, Draft.deletion(used + 1));
    Submission again = new Submission(ROOM, ANN, Draft.text("used").withId("used"));
    Submission other = new Submission(ROOM, ANN, Draft.text("other").withId("used"));
    assertEquals(
        List.of(
            new Decision.Missing(),
            new Decision.Missing(),
            new Decision.Conflict(),
            new Decision.Conflict(),
            new Decision.Conflict(),
            new Decision.Duplicate(used)),
        log.append(
            List.of(
                good.with(List.of(deletion, missing)),
                missing.with(List.of(good)),
                good.with(List.of(deletion, again)),
                good.with(List.of(other)),
                other.with(List.of(good)),
                again.with(List.of(deletion, good)))));
    assertEquals(List.of("used"), texts(log.read(ROOM, Range.last(10)).entries()));
    assertEquals(Optional.empty(), log.earlier(good));
    assertFalse(log.hasBeyond(ROOM, Keep.newest(1)));
    stored(log.append(List.of(good)).get(0));
  }

  @Test
  void keepsAGroupThatWasNumberedElsewhere() {
    Instant at = clock.instant();
    Submission group =
        submission("a")
            .stamped(new Stamp(7, at))
            .with(List.of(submission("b").stamped(new Stamp(9, at))));
    Submission next = submission("c").stamped(new Stamp(10, at));
    log.append(List.of(group, next));
    List<Entry> all = log.read(ROOM, Range.last(10)).entries();
    assertEquals(List.of(7L, 9L, 10L), all.stream().map(Entry::sequence).toList());
    assertThrows(IllegalArgumentException.class, () -> log.append(List.of(group)));
    assertEquals(10, log.head(ROOM).sequence());
  }

  private static Submission submission(String text) {
    return new Submission(ROOM, ANN, Draft.text(text));
  }

  @Test
  void hasOneLineage() {
    append(ROOM, "a");
    assertEquals(log.head(ROOM).lineage(), log.head(OTHER).lineage());
  }

  private void append(RoomName room, String text) {
    stored(log.append(List.of(new Submission(room, ANN, Draft.text(text)))).get(0));
  }

  private Decision append(Member author, Draft draft) {
    return log.append(List.of(new Submission(ROOM, author, draft))).get(0);
  }

  private static Entry stored(Decision result) {
    return assertInstanceOf(Decision.Kept.class, result).entry();
  }

  private static List<String> texts(List<Entry> messages) {
    return messages.stream().map(message -> message.draft().body().text()).toList();
  }
}
