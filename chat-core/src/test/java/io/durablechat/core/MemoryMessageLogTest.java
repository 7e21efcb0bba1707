package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.MessageLogContract;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MemoryMessageLogTest extends MessageLogContract {
  private static final RoomName BUSY = RoomName.of("busy");
  private static final RoomName QUIET = RoomName.of("quiet");
  private static final Member ANN = Member.anonymous();

  private final ManualClock clock = new ManualClock();

  @Override
  protected MessageLog open(InstantSource source) {
    return MemoryMessageLog.of(source);
  }

  @Test
  void keepsOnlyTheNewestOfARoomAndNeverReusesNumbers() {
    MemoryMessageLog log = MemoryMessageLog.of(clock, 3, Long.MAX_VALUE);
    IntStream.rangeClosed(1, 100).forEach(i -> append(log, BUSY, "" + i));
    Page page = log.read(BUSY, Range.after(0, 10));
    assertEquals(List.of(98L, 99L, 100L), sequences(page));
    assertEquals(97, page.trimmedThrough());
    assertEquals(97, page.entries().get(0).previous());
    assertEquals(100, log.head(BUSY).sequence());
  }

  @Test
  void whatWasDeletedDoesNotPushMessagesOut() {
    MemoryMessageLog log = MemoryMessageLog.of(clock, 3, Long.MAX_VALUE);
    IntStream.rangeClosed(1, 3).forEach(i -> append(log, BUSY, "" + i));
    for (int i = 2; i <= 3; i++) {
      log.append(List.of(new Submission(BUSY, ANN, Draft.deletion(i))));
    }
    assertEquals(List.of(1L), sequences(log.read(BUSY, Range.last(10).ofMessages())));
    append(log, BUSY, "6");
    append(log, BUSY, "7");
    assertEquals(List.of(1L, 6L, 7L), sequences(log.read(BUSY, Range.last(10).ofMessages())));
    append(log, BUSY, "8");
    assertEquals(List.of(6L, 7L, 8L), sequences(log.read(BUSY, Range.last(10).ofMessages())));
    assertEquals(1, log.read(BUSY, Range.last(10)).trimmedThrough());
  }

  @Test
  void letsTheOldestOfAllRoomsGoFirstWhenMemoryIsFull() {
    MemoryMessageLog log = MemoryMessageLog.of(clock, 1000, 10_000);
    append(log, QUIET, "first of all");
    IntStream.range(0, 100).forEach(i -> append(log, BUSY, "" + i));
    assertEquals(List.of(), sequences(log.read(QUIET, Range.last(10))));
    assertEquals(1, log.read(QUIET, Range.last(10)).trimmedThrough());
    assertEquals(1, log.head(QUIET).sequence());
    assertEquals(100, log.head(BUSY).sequence());
    append(log, QUIET, "newest of all");
    assertEquals(List.of(2L), sequences(log.read(QUIET, Range.last(10))));
  }

  @Test
  void countsMessagesThatARoomsOwnBoundRemoved() {
    // Each costs 400 bytes and room for ten: the busy room's trimmed ones must not count again.
    MemoryMessageLog log = MemoryMessageLog.of(clock, 5, 10 * 400);
    IntStream.range(0, 1000).forEach(i -> append(log, BUSY, ""));
    IntStream.range(0, 5).forEach(i -> append(log, QUIET, ""));
    assertEquals(List.of(996L, 997L, 998L, 999L, 1000L), sequences(log.read(BUSY, Range.last(10))));
    assertEquals(5, log.read(QUIET, Range.last(10)).entries().size());
    append(log, RoomName.of("third"), "");
    append(log, RoomName.of("third"), "");
    assertEquals(List.of(998L, 999L, 1000L), sequences(log.read(BUSY, Range.last(10))));
    assertEquals(5, log.read(QUIET, Range.last(10)).entries().size());
  }

  @Test
  void keepsOneMessageHoweverLarge() {
    MemoryMessageLog log = MemoryMessageLog.of(clock, 10, 1000);
    append(log, BUSY, "x".repeat(5000));
    assertEquals(List.of(1L), sequences(log.read(BUSY, Range.last(10))));
  }

  @Test
  void forgetsIdsAfterTheRetryWindow() {
    MemoryMessageLog log = MemoryMessageLog.of(clock);
    Draft draft = Draft.text("hello").withId("1");
    log.append(List.of(new Submission(BUSY, ANN, draft)));
    clock.move(log.retryWindow().plus(Duration.ofMillis(1)));
    assertInstanceOf(
        Decision.Kept.class, log.append(List.of(new Submission(BUSY, ANN, draft))).get(0));
  }

  @Test
  void whatItRemembersBesideMessagesIsBounded() {
    MemoryMessageLog log = MemoryMessageLog.of(clock, 10, 1 << 20);
    append(log, QUIET, "old, and never trimmed");
    IntStream.range(0, 100_000).forEach(i -> append(log, BUSY, ""));
    assertTrue(log.ageMarks() < 2000, "marks: " + log.ageMarks());
    assertEquals(10, log.read(BUSY, Range.last(100)).entries().size());
    assertEquals(1, log.read(QUIET, Range.last(100)).entries().size());

    Draft first = Draft.text("hello").withId("first");
    log.append(List.of(new Submission(BUSY, ANN, first)));
    for (int i = 0; i < 1000; i++) {
      log.append(List.of(new Submission(BUSY, ANN, Draft.text("").withId("" + i))));
    }
    assertInstanceOf(
        Decision.Kept.class, log.append(List.of(new Submission(BUSY, ANN, first))).get(0));
  }

  @Test
  void everyLogHasItsOwnLineage() {
    assertNotEquals(
        MemoryMessageLog.of(clock).head(BUSY).lineage(),
        MemoryMessageLog.of(clock).head(BUSY).lineage());
  }

  @Test
  void refusesToKeepNothing() {
    assertThrows(IllegalArgumentException.class, () -> MemoryMessageLog.of(clock, 0, 1000));
  }

  private static void append(MessageLog log, RoomName room, String text) {
    log.append(List.of(new Submission(room, ANN, Draft.text(text))));
  }

  private static List<Long> sequences(Page page) {
    return page.entries().stream().map(Entry::sequence).toList();
  }
}
