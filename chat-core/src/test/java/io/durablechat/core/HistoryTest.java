package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Content.Kind;
import io.durablechat.core.Joined.Resume;
import io.durablechat.testkit.FaultyBroadcaster;
import io.durablechat.testkit.FaultyBroadcaster.Call;
import io.durablechat.testkit.FaultyBroadcaster.Fault;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.RecordingOutbox;
import io.durablechat.testkit.SparseMessageLog;
import io.durablechat.testkit.SteppedExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sessions are given of what was before, and what that costs. */
final class HistoryTest {
  private static final RoomName GENERAL = RoomName.of("general");
  private static final Member ANN = Member.guest("ann-0123456789abcdefghij").named("Ann");
  private static final Member BOB = Member.guest("bob-0123456789abcdefghij").named("Bob");

  private final SteppedExecutor strands = new SteppedExecutor();
  private final SteppedExecutor writer = new SteppedExecutor();
  private final ManualClock clock = new ManualClock();
  private MessageLog log;
  private FaultyBroadcaster reads;
  private RoomDirectory directory;

  @BeforeEach
  void open() {
    open(MemoryMessageLog.of(clock, 100_000, Long.MAX_VALUE));
  }

  private void open(MessageLog opened) {
    log = opened;
    reads = FaultyBroadcaster.on(LocalBroadcaster.on(log, writer, Runnable::run));
    directory = RoomDirectory.on(reads).executors(strands, strands).recentBytes(1).open();
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

  private RecordingOutbox join(Start start) {
    RecordingOutbox outbox = new RecordingOutbox();
    room().join(ANN, start, outbox);
    settle();
    return outbox;
  }

  private void publish(int from, int to) {
    IntStream.rangeClosed(from, to).forEach(i -> append(Draft.text("" + i)));
  }

  private void delete(int from, int to) {
    IntStream.rangeClosed(from, to).forEach(i -> append(Draft.deletion(i)));
  }

  private void append(Draft draft) {
    room().publish(BOB, draft);
    settle();
  }

  private Cursor start() {
    return log.head(GENERAL).at(0);
  }

  private static Start atMost(Cursor cursor, int messages) {
    return new Start(Optional.of(cursor), OptionalInt.of(messages), 0);
  }

  private static List<String> texts(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(i -> "" + i).toList();
  }

  private static List<String> said(RecordingOutbox outbox) {
    return outbox.entries().stream()
        .filter(m -> m.content().kind().isSaid())
        .map(m -> m.draft().body().text())
        .toList();
  }

  private static void assertChained(List<Entry> messages) {
    for (int i = 1; i < messages.size(); i++) {
      assertEquals(messages.get(i - 1).sequence(), messages.get(i).previous());
    }
  }

  @Test
  void aBeginningIsFoundWithoutReadingWhatWasSaid() {
    publish(1, 1000);
    int of1000 = readUntilJoined(Start.history(1000));
    int cursorOf1000 = readUntilJoined(atMost(start(), 900));
    publish(1001, 4000);
    assertEquals(of1000, readUntilJoined(Start.history(4000)));
    assertEquals(cursorOf1000, readUntilJoined(atMost(start(), 3900)));
    // One page, which is what is sent first.
    assertEquals(500, of1000);
    assertEquals(500, cursorOf1000);
  }

  /** How many records are read for one who takes nothing after the welcome. */
  private int readUntilJoined(Start start) {
    reads.takeRecordsRead();
    RecordingOutbox outbox = new RecordingOutbox();
    outbox.fill();
    room().join(ANN, start, outbox);
    settle();
    outbox.joined().session().leave();
    settle();
    return reads.takeRecordsRead();
  }

  @Test
  void resumingReadsNothingButWhatFollows() {
    publish(1, 10);
    reads.takeRecordsRead();
    join(Start.after(start().at(7)));
    assertEquals(3, reads.takeRecordsRead());
    join(Start.after(start().at(10)));
    // A cursor that the log has not come to.
    assertEquals(Resume.RESET, join(Start.after(start().at(99))).joined().resume());
    assertEquals(0, reads.takeRecordsRead());
  }

  @Test
  void oneWhoHasLeftIsNotReadFor() {
    publish(1, 100);
    RecordingOutbox first = join(Start.live());
    reads.inject(Fault.CALL_HELD, Call.READ, Call.LOCATE);
    List<Session> sessions = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      sessions.add(room().join(ANN, Start.history(50), new RecordingOutbox()));
    }
    List<CompletableFuture<Page>> pages =
        IntStream.range(0, 200).mapToObj(i -> room().history(Range.last(50))).toList();
    settle();
    int atATime = reads.held();
    assertTrue(atATime < 100, "under way: " + atATime);
    sessions.forEach(Session::leave);
    pages.forEach(page -> page.cancel(false));
    settle();
    CompletableFuture<Page> wanted = room().history(Range.last(1));
    int before = reads.calls(Call.READ) + reads.calls(Call.LOCATE);
    reads.clearFaults();
    reads.release();
    settle();
    assertEquals(
        before + 1,
        reads.calls(Call.READ) + reads.calls(Call.LOCATE),
        "nothing but what somebody waits for");
    assertTrue(wanted.isDone());
    assertEquals(Optional.empty(), first.closed());
  }

  @Test
  void pagesWaitForTheirTurnLikeSessions() {
    publish(1, 10);
    reads.inject(Fault.CALL_HELD, Call.READ, Call.LOCATE);
    List<CompletableFuture<Page>> pages =
        IntStream.range(0, 200).mapToObj(i -> room().history(Range.last(5))).toList();
    RecordingOutbox last = join(Start.history(3));
    assertTrue(reads.held() < 100, "under way: " + reads.held());
    while (reads.held() > 0) {
      reads.release();
      settle();
    }
    assertTrue(pages.stream().allMatch(CompletableFuture::isDone));
    assertEquals(texts(8, 10), last.texts());
  }

  @Test
  void historyIsOfMessagesThatAreThere() {
    publish(1, 60);
    delete(11, 60);
    RecordingOutbox all = join(Start.history(50));
    assertEquals(texts(1, 10), said(all));
    assertEquals(texts(6, 10), said(join(Start.history(5))));
    // The last record comes all the same: what follows names it.
    assertEquals(11, all.entries().size());
    assertEquals(Kind.DELETE, all.entries().get(10).content().kind());
    publish(111, 112);
    assertEquals(List.of("111", "112"), said(all).subList(10, 12));
    assertChained(all.entries());
    assertEquals(start().at(0).sequence(), all.joined().cursor().sequence());
    assertEquals(List.of("joined", "batch", "batch", "live 110"), all.events().subList(0, 4));
  }

  @Test
  void aRoomInWhichAllWasDeletedIsJoinedLikeAnother() {
    publish(1, 3);
    delete(1, 3);
    RecordingOutbox outbox = join(Start.history(50));
    assertEquals(List.of(), said(outbox));
    publish(7, 7);
    assertEquals(List.of("7"), said(outbox));
    assertChained(outbox.entries());
  }

  @Test
  void deletionsAtTheEndCostNothing() {
    publish(1, 5000);
    delete(1001, 2000);
    delete(4801, 5000);
    int few = readFor(Start.history(50));
    int fewAfter = readFor(atMost(start().at(150), 40));
    delete(2001, 4800);
    assertEquals(few, readFor(Start.history(50)));
    assertEquals(fewAfter, readFor(atMost(start().at(150), 40)));
    // And the last record of all.
    assertEquals(51, few);
    assertEquals(41, fewAfter);
  }

  private int readFor(Start start) {
    reads.takeRecordsRead();
    join(start);
    return reads.takeRecordsRead();
  }

  @Test
  void atMostCountsMessagesThatAreThere() {
    publish(1, 60);
    delete(11, 50);
    // 10 and 51 to 60 are after the cursor: as many as wanted, so all is told.
    RecordingOutbox exact = join(atMost(start().at(9), 11));
    assertEquals(Resume.EXACT, exact.joined().resume());
    assertEquals(1 + 50 + 40, exact.entries().size());

    RecordingOutbox skipped = join(atMost(start().at(9), 10));
    assertEquals(Resume.SKIPPED, skipped.joined().resume());
    assertEquals(texts(51, 60), said(skipped));
    assertEquals(OptionalLong.of(51), skipped.joined().first());
    assertEquals(Resume.EXACT, join(atMost(start().at(10), 10)).joined().resume());
    assertEquals(Resume.EXACT, join(atMost(start().at(50), 10)).joined().resume());
  }

  @Test
  void whoWantsAtMostSoMuchIsNotToldOfTensOfThousandsOfDeletions() {
    publish(1, 10_010);
    delete(1, 10_000);
    Cursor cursor = start().at(10_005);
    RecordingOutbox exact = join(atMost(cursor.at(10_010), 500));
    assertEquals(Resume.EXACT, exact.joined().resume());
    assertEquals(10_000, exact.entries().size());

    RecordingOutbox skipped = join(atMost(cursor, 500));
    assertEquals(Resume.SKIPPED, skipped.joined().resume());
    assertEquals(texts(10_006, 10_010), said(skipped));
    assertEquals(6, skipped.entries().size());
    publish(20_011, 20_011);
    assertChained(skipped.entries());
    assertFalse(skipped.closed().isPresent());
  }

  /** Whoever comes whenever, and however, sees in the end what is there, and never a hole. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverIsDeletedMeanwhileAllSeeTheSameInTheEnd(long seed) {
    assertAllSeeTheSame(new Random(seed));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void allSeeTheSameWhereNumbersHaveHoles(long seed) {
    open(SparseMessageLog.on(log, clock));
    assertAllSeeTheSame(new Random(seed));
  }

  private void assertAllSeeTheSame(Random random) {
    List<RecordingOutbox> outboxes = new ArrayList<>();
    List<Map<Long, String>> known = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      long head = log.head(GENERAL).sequence();
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> room().publish(BOB, Draft.text("" + i));
        case 3, 4 -> room().publish(BOB, Draft.deletion(any(random, head)));
        case 5 -> {
          RecordingOutbox outbox = new RecordingOutbox();
          Map<Long, String> view = new TreeMap<>();
          Start start = Start.history(random.nextInt(40));
          int earlier = outboxes.isEmpty() ? 0 : random.nextInt(outboxes.size());
          if (random.nextBoolean() && !outboxes.isEmpty() && isJoined(outboxes.get(earlier))) {
            RecordingOutbox away = outboxes.get(earlier);
            away.joined().session().leave();
            settle();
            view = fold(known.get(earlier), away);
            List<Entry> seen = away.entries();
            start =
                Start.after(
                    seen.isEmpty()
                        ? away.joined().cursor()
                        : away.joined().head().at(seen.get(seen.size() - 1).sequence()));
          }
          room().join(ANN, start, outbox);
          outboxes.add(outbox);
          known.add(view);
        }
        default -> {
          RecordingOutbox any =
              outboxes.isEmpty() ? null : outboxes.get(random.nextInt(outboxes.size()));
          if (any != null && isJoined(any)) {
            if (random.nextBoolean()) {
              any.fill();
            } else {
              any.empty();
            }
          }
        }
      }
      for (int step = random.nextInt(6); step > 0; step--) {
        SteppedExecutor next = random.nextBoolean() ? strands : writer;
        if (next.waiting() > 0) {
          next.runNext();
        }
      }
    }
    settle();
    outboxes.stream().filter(HistoryTest::isJoined).forEach(RecordingOutbox::empty);
    settle();
    Map<Long, String> all = new TreeMap<>();
    for (Entry message : log.read(GENERAL, Range.after(0, 1000).ofMessages()).entries()) {
      all.put(message.sequence(), message.draft().body().text());
    }
    long last = log.head(GENERAL).sequence();
    for (int i = 0; i < outboxes.size(); i++) {
      RecordingOutbox outbox = outboxes.get(i);
      assertChained(outbox.entries());
      List<Entry> seen = outbox.entries();
      if (!seen.isEmpty() && seen.get(seen.size() - 1).sequence() == last) {
        Map<Long, String> view = fold(known.get(i), outbox);
        long from = view.keySet().stream().findFirst().orElse(last);
        Map<Long, String> there = new TreeMap<>(all);
        there.keySet().removeIf(sequence -> sequence < from);
        assertEquals(there, view);
      }
    }
  }

  /** The number of a message, or in its place of a record that was deleted, or of none. */
  private long any(Random random, long head) {
    Page page = log.read(GENERAL, Range.after(random.nextLong(head + 1), 1));
    return page.entries().isEmpty() ? head + 1 : page.entries().get(0).sequence();
  }

  private static boolean isJoined(RecordingOutbox outbox) {
    return outbox.events().contains("joined");
  }

  /** What a client shows that knew this and was given the rest. */
  private static Map<Long, String> fold(Map<Long, String> before, RecordingOutbox outbox) {
    Map<Long, String> view = new TreeMap<>(before);
    for (Entry message : outbox.entries()) {
      switch (message.content().kind()) {
        case MESSAGE, PLAIN -> view.put(message.sequence(), message.draft().body().text());
        case DELETE -> view.remove(message.content().refersTo().orElseThrow());
        case DELETED -> view.remove(message.sequence());
        case RULING -> throw new AssertionError("a ruling in a room");
      }
    }
    return view;
  }
}
