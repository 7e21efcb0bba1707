package io.durablechat.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.durablechat.core.Body;
import io.durablechat.core.Broadcaster;
import io.durablechat.core.Content;
import io.durablechat.core.Content.Kind;
import io.durablechat.core.Cursor;
import io.durablechat.core.Draft;
import io.durablechat.core.Entry;
import io.durablechat.core.Follower;
import io.durablechat.core.Member;
import io.durablechat.core.Moderation;
import io.durablechat.core.Newest;
import io.durablechat.core.Page;
import io.durablechat.core.Place;
import io.durablechat.core.Range;
import io.durablechat.core.Receipt;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.core.RoomName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract test of {@link Broadcaster}. Extend it in the tests of an engine; each of its tests
 * opens an engine on an empty log and closes it at the end.
 *
 * <p>Threads: tests publish and follow from several threads of their own, and wait at most 20 s for
 * a stage or a follower. The engine must therefore run by itself: executors that a test steps will
 * not do.
 */
public abstract class BroadcasterContract {
  private static final long DEADLINE_SECONDS = 20;
  private static final RoomName ROOM = RoomName.of("general");
  private static final RoomName OTHER = RoomName.of("other");
  private static final Member ANN = Member.guest("ann-0123456789abcdefghij");
  private static final Member BOB = Member.guest("bob-0123456789abcdefghij");

  private Broadcaster broadcaster;

  /**
   * Opens an engine on an empty log, which shares nothing with those opened before. The contract
   * closes it, perhaps twice.
   */
  protected abstract Broadcaster open();

  /**
   * Returns what replaces the log of the broadcaster that was opened last by an empty one, as when
   * it was set back; empty for an engine whose log cannot be replaced while it is open.
   */
  protected Optional<Runnable> replacement() {
    return Optional.empty();
  }

  @BeforeEach
  void openBroadcaster() {
    broadcaster = open();
  }

  @AfterEach
  void closeBroadcaster() {
    broadcaster.close();
  }

  @Test
  void tellsFollowersOfEverythingInOrder() {
    Recorder first = follow(ROOM, 200);
    Recorder second = follow(ROOM, 200);
    IntStream.range(0, 200)
        .mapToObj(i -> broadcaster.publish(ROOM, ANN, Draft.text("" + i)))
        .toList()
        .forEach(BroadcasterContract::await);
    List<Entry> seen = first.await();
    assertEquals(IntStream.range(0, 200).mapToObj(i -> "" + i).toList(), texts(seen));
    assertEquals(seen, second.await());
  }

  @Test
  void tellsNothingOfOtherRooms() {
    Recorder other = follow(OTHER, 1);
    await(broadcaster.publish(ROOM, ANN, Draft.text("here")));
    await(broadcaster.publish(OTHER, ANN, Draft.text("there")));
    assertEquals(List.of("there"), texts(other.await()));
  }

  @Test
  void receiptsNameTheSequenceFollowersSee() {
    Recorder recorder = follow(ROOM, 1);
    Receipt receipt = await(broadcaster.publish(ROOM, ANN, Draft.text("hello")));
    assertEquals(receipt.sequence(), recorder.await().get(0).sequence());
    assertEquals(
        receipt.sequence(), await(broadcaster.read(ROOM, Range.last(1))).head().sequence());
  }

  @Test
  void continuesAfterTheHeadThatFollowingNames() throws InterruptedException {
    int total = 2000;
    CountDownLatch published = new CountDownLatch(1);
    Thread publisher =
        new Thread(
            () -> {
              List<CompletionStage<Receipt>> receipts = new ArrayList<>();
              for (int i = 0; i < total; i++) {
                receipts.add(broadcaster.publish(ROOM, ANN, Draft.text("" + i)));
                if (i == total / 10) {
                  published.countDown();
                }
              }
              receipts.forEach(BroadcasterContract::await);
            });
    publisher.start();
    assertTrue(published.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
    Recorder recorder = new Recorder();
    long head = await(broadcaster.follow(ROOM, recorder)).head().sequence();
    publisher.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
    List<Entry> before = readThrough(head);
    List<Entry> seen = recorder.await(total - before.size());
    List<String> all = new ArrayList<>(texts(before));
    all.addAll(texts(seen));
    assertEquals(IntStream.range(0, total).mapToObj(i -> "" + i).toList(), all);
  }

  @Test
  void receiptsComeOnceFollowersHaveBeenTold() throws InterruptedException {
    int publishers = 4;
    int each = 200;
    Recorder first = follow(ROOM, 0);
    Recorder second = follow(ROOM, 0);
    List<CompletionStage<Boolean>> told = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads =
        IntStream.range(0, publishers)
            .mapToObj(
                p ->
                    new Thread(
                        () -> {
                          for (int i = 0; i < each; i++) {
                            told.add(
                                broadcaster
                                    .publish(ROOM, ANN, Draft.text(p + ":" + i))
                                    .thenApply(
                                        receipt ->
                                            first.hasSeen(receipt.sequence())
                                                && second.hasSeen(receipt.sequence())));
                          }
                        }))
            .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(publishers * each, told.size());
    assertTrue(told.stream().allMatch(BroadcasterContract::await));
  }

  @Test
  void nothingIsOlderThanWhatAFollowerWasTold() {
    int total = 300;
    Queue<Looked> looks = new ConcurrentLinkedQueue<>();
    CountDownLatch toldOfAll = new CountDownLatch(total);
    Follower curious =
        new Follower() {
          @Override
          public void onEntries(List<Entry> messages) {
            Entry last = messages.get(messages.size() - 1);
            looks.add(
                new Looked(last, broadcaster.read(ROOM, Range.last(1)).thenApply(Page::head)));
            looks.add(
                new Looked(
                    last, broadcaster.locate(ROOM, Newest.records(1)).thenApply(Place::head)));
            looks.add(new Looked(last, broadcaster.reach(ROOM, last.sequence())));
            messages.forEach(message -> toldOfAll.countDown());
          }

          @Override
          public void onLineageChanged() {}
        };
    await(broadcaster.follow(ROOM, curious));
    IntStream.range(0, total).forEach(i -> broadcaster.publish(ROOM, ANN, Draft.text("" + i)));
    await(toldOfAll);
    for (Looked look : looks) {
      assertTrue(await(look.head()).sequence() >= look.told().sequence());
    }
  }

  /** What somebody was told, and a head that was asked for from then on. */
  private record Looked(Entry told, CompletionStage<Cursor> head) {}

  @Test
  void whoeverHasAReceiptReadsWhatItIsFor() {
    for (int i = 0; i < 50; i++) {
      long sequence = await(broadcaster.publish(ROOM, ANN, Draft.text("" + i))).sequence();
      Page page = await(broadcaster.read(ROOM, Range.last(1)));
      assertEquals(sequence, page.entries().get(0).sequence());
      assertEquals(page.head(), await(broadcaster.reach(ROOM, sequence)));
      Broadcaster.Following following = await(broadcaster.follow(ROOM, new Recorder()));
      assertEquals(page.head(), following.head());
      following.cancel();
    }
  }

  @Test
  void deletesAMessageForAllWhoReadOnceTheyAreToldOfIt() {
    long first = await(broadcaster.publish(ROOM, ANN, Draft.text("a"))).sequence();
    long second = await(broadcaster.publish(ROOM, ANN, Draft.text("b").withId("1"))).sequence();
    CompletableFuture<Page> atTheTime = new CompletableFuture<>();
    Recorder recorder =
        new Recorder() {
          @Override
          public synchronized void onEntries(List<Entry> messages) {
            super.onEntries(messages);
            broadcaster.read(ROOM, Range.after(0, 10)).thenAccept(atTheTime::complete);
          }
        };
    await(broadcaster.follow(ROOM, recorder));
    long deletion = await(broadcaster.publish(ROOM, BOB, Draft.deletion(second))).sequence();

    Entry told = recorder.await(1).get(0);
    assertEquals(deletion, told.sequence());
    assertEquals(second, told.previous());
    assertEquals(Draft.deletion(second), told.draft());
    List<Entry> read = await(atTheTime).entries();
    assertEquals(List.of("a", "", ""), texts(read));
    assertEquals(
        List.of(Kind.MESSAGE, Kind.DELETED, Kind.DELETE),
        read.stream().map(message -> message.content().kind()).toList());
    assertEquals(
        List.of("a"), texts(await(broadcaster.read(ROOM, Range.last(10).ofMessages())).entries()));
    assertEquals(first, await(broadcaster.locate(ROOM, Newest.messages(1))).first().orElseThrow());
    // Its author, who has not heard of it, may still send it again.
    assertEquals(
        new Receipt(second, true),
        await(broadcaster.publish(ROOM, ANN, Draft.text("b").withId("1"))));
  }

  @Test
  void deletesNothingThatIsNotThere() {
    long message = await(broadcaster.publish(ROOM, ANN, Draft.text("a"))).sequence();
    long elsewhere = await(broadcaster.publish(OTHER, ANN, Draft.text("x"))).sequence();
    await(broadcaster.publish(OTHER, ANN, Draft.deletion(elsewhere)));
    long deletion = await(broadcaster.publish(ROOM, ANN, Draft.deletion(message))).sequence();
    Recorder recorder = follow(ROOM, 0);
    for (long missing : new long[] {message, deletion, deletion + 1, Long.MAX_VALUE}) {
      assertEquals(
          Reason.NOT_FOUND,
          refusal(broadcaster.publish(ROOM, ANN, Draft.deletion(missing))).reason());
    }
    long next = await(broadcaster.publish(ROOM, ANN, Draft.text("b"))).sequence();
    assertEquals(List.of(next), recorder.await(1).stream().map(Entry::sequence).toList());
    assertEquals(deletion, recorder.seen().get(0).previous(), "nothing was kept of it");
  }

  @Test
  void reachesASequenceThatIsKeptAndSaysWhereTheLogEndsBeforeOne() {
    assertEquals(
        await(broadcaster.read(ROOM, Range.last(1))).head(), await(broadcaster.reach(ROOM, 0)));
    assertTrue(await(broadcaster.reach(ROOM, 1000)).sequence() < 1000);
    List<Long> kept = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      kept.add(await(broadcaster.publish(ROOM, ANN, Draft.text("" + i))).sequence());
    }
    Cursor head = await(broadcaster.follow(ROOM, new Recorder())).head();
    assertEquals(kept.get(2), head.sequence());
    for (long sequence : kept) {
      assertEquals(head, await(broadcaster.reach(ROOM, sequence)));
    }
    assertEquals(head, await(broadcaster.reach(ROOM, kept.get(2) + 1)));
    assertEquals(head, await(broadcaster.reach(ROOM, Long.MAX_VALUE)));
  }

  @Test
  void readsEveryRange() {
    Random random = new Random(5);
    List<Long> there = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      if (!there.isEmpty() && random.nextInt(3) == 0) {
        long target = there.remove(random.nextInt(there.size()));
        await(broadcaster.publish(ROOM, BOB, Draft.deletion(target)));
      } else {
        Draft draft = Draft.text("x".repeat(random.nextInt(20)));
        there.add(await(broadcaster.publish(ROOM, ANN, draft)).sequence());
      }
    }
    Page whole = await(broadcaster.read(ROOM, Range.after(0, Range.MAX_MESSAGES)));
    List<Entry> records = whole.entries();
    assertEquals(60, records.size());
    assertEquals(0, whole.trimmedThrough());
    assertEquals(there, sequences(records.stream().filter(m -> m.content().kind().isSaid())));
    for (int i = 0; i < 200; i++) {
      long sequence = random.nextLong(whole.head().sequence() + 3);
      int count = 1 + random.nextInt(70);
      int bytes = random.nextBoolean() ? Range.MAX_BYTES : 1 + random.nextInt(100);
      assertReads(records, Range.after(sequence, count).withBytes(bytes));
      assertReads(records, Range.before(sequence, count).withBytes(bytes));
      assertReads(records, Range.last(count).withBytes(bytes));
    }
    assertReads(records, Range.after(Long.MAX_VALUE, 10));
    assertReads(records, Range.before(Long.MAX_VALUE, 10));
    assertReads(records, Range.before(0, 10));
  }

  /** That a range has of these records what it should, also of those that are messages. */
  private void assertReads(List<Entry> records, Range range) {
    for (Range asked : List.of(range, range.ofMessages())) {
      List<Entry> due =
          new ArrayList<>(
              records.stream()
                  .filter(m -> !asked.onlyMessages() || m.content().kind().isSaid())
                  .filter(m -> isWithin(asked, m.sequence()))
                  .toList());
      boolean isForwards = asked.anchor() == Range.Anchor.AFTER;
      if (!isForwards) {
        Collections.reverse(due);
      }
      List<Entry> fitting = new ArrayList<>();
      long bytes = 0;
      for (Entry message : due) {
        bytes += message.draft().body().size();
        if (fitting.size() == asked.messages() || (!fitting.isEmpty() && bytes > asked.bytes())) {
          break;
        }
        fitting.add(message);
      }
      if (!isForwards) {
        Collections.reverse(fitting);
      }
      Page page = await(broadcaster.read(ROOM, asked));
      assertEquals(fitting, page.entries(), asked + "");
      assertEquals(fitting.size() < due.size(), page.hasMore(), asked + "");
      assertEquals(records.get(records.size() - 1).sequence(), page.head().sequence());
    }
  }

  private static boolean isWithin(Range range, long sequence) {
    return switch (range.anchor()) {
      case AFTER -> sequence > range.sequence();
      case BEFORE -> sequence < range.sequence();
      case LAST -> true;
    };
  }

  private static List<Long> sequences(Stream<Entry> messages) {
    return messages.map(Entry::sequence).toList();
  }

  @Test
  void keepsRoomsWithAReservedNameLikeAllOthers() {
    RoomName reserved = Moderation.TRAIL;
    assertTrue(reserved.isReserved());
    Recorder recorder = follow(reserved, 1);
    Recorder other = follow(ROOM, 1);
    Draft ruling = Draft.of(new Content.Ruled(Body.text("lock\nroom here")));
    long sequence = await(broadcaster.publish(reserved, ANN, ruling)).sequence();
    await(broadcaster.publish(ROOM, ANN, Draft.text("a")));
    assertEquals(List.of(ruling), recorder.await().stream().map(Entry::draft).toList());
    assertEquals(List.of("a"), texts(other.await()));
    Page page = await(broadcaster.read(reserved, Range.after(0, 10)));
    assertEquals(recorder.seen(), page.entries());
    assertEquals(sequence, await(broadcaster.reach(reserved, sequence)).sequence());
  }

  @Test
  void allThatItNamesIsOfOneLineage() {
    long lineage = await(broadcaster.follow(ROOM, new Recorder())).head().lineage();
    await(broadcaster.publish(ROOM, ANN, Draft.text("a")));
    List<Cursor> named =
        List.of(
            await(broadcaster.read(ROOM, Range.last(1))).head(),
            await(broadcaster.read(ROOM, Range.after(7, 1))).head(),
            await(broadcaster.locate(ROOM, Newest.messages(1))).head(),
            await(broadcaster.reach(ROOM, 1)),
            await(broadcaster.follow(ROOM, new Recorder())).head());
    named.forEach(cursor -> assertEquals(lineage, cursor.lineage()));
  }

  @Test
  void followersOfALogThatIsReplacedAreToldSoAndNothingMore() {
    Optional<Runnable> replacement = replacement();
    assumeTrue(replacement.isPresent(), "a log that cannot be replaced while it is open");
    Recorder here = follow(ROOM, 1);
    Recorder there = follow(OTHER, 0);
    Recorder cancelled = new Recorder();
    await(broadcaster.follow(ROOM, cancelled)).cancel();
    await(broadcaster.publish(ROOM, ANN, Draft.text("before").withId("1")));
    List<Entry> before = here.await();
    long lineage = await(broadcaster.reach(ROOM, 0)).lineage();

    replacement.get().run();
    await(here.lineageChanged);
    await(there.lineageChanged);
    Page page = await(broadcaster.read(ROOM, Range.last(10)));
    assertEquals(List.of(), page.entries());
    assertNotEquals(lineage, page.head().lineage());
    Recorder anew = new Recorder();
    assertEquals(page.head(), await(broadcaster.follow(ROOM, anew)).head());
    Receipt receipt = await(broadcaster.publish(ROOM, ANN, Draft.text("after").withId("1")));
    assertFalse(receipt.duplicate(), "ids are of the log that is gone");
    assertEquals(List.of("after"), texts(anew.await(1)));
    assertEquals(before, here.seen());
    assertEquals(List.of(), there.seen());
    assertFalse(cancelled.lineageChanged.isDone());
    assertFalse(anew.lineageChanged.isDone());
  }

  @Test
  void aRetryIsToldOnceAndGetsTheFirstSequence() {
    Recorder recorder = follow(ROOM, 2);
    Draft draft = Draft.text("hello").withId("1");
    Receipt first = await(broadcaster.publish(ROOM, ANN, draft));
    Receipt again = await(broadcaster.publish(ROOM, ANN, draft));
    await(broadcaster.publish(ROOM, BOB, draft));
    assertEquals(new Receipt(first.sequence(), true), again);
    assertEquals(List.of(ANN, BOB), recorder.await().stream().map(Entry::author).toList());
  }

  @Test
  void refusesAnotherDraftUnderAUsedId() {
    await(broadcaster.publish(ROOM, ANN, Draft.text("hello").withId("1")));
    CompletionStage<Receipt> other =
        broadcaster.publish(ROOM, ANN, Draft.text("other").withId("1"));
    assertEquals(Reason.CONFLICT, refusal(other).reason());
  }

  @Test
  void locatesTheNewestMessagesThatAreThere() {
    List<Long> sequences = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sequences.add(await(broadcaster.publish(ROOM, ANN, Draft.text("" + i))).sequence());
    }
    for (int i = 4; i < 9; i++) {
      await(broadcaster.publish(ROOM, BOB, Draft.deletion(sequences.get(i))));
    }
    Place place = await(broadcaster.locate(ROOM, Newest.messages(3)));
    assertEquals(sequences.get(1), place.position());
    assertEquals(sequences.get(2), place.first().orElseThrow());
    Page page = await(broadcaster.read(ROOM, Range.last(3).ofMessages()));
    assertEquals(List.of("2", "3", "9"), texts(page.entries()));
    assertEquals(page.head(), place.head());
    assertEquals(0, await(broadcaster.locate(ROOM, Newest.messages(6))).position());
  }

  @Test
  void findsWhatWasHandedInBeforeIfItWasStillOnItsWay() {
    Draft draft = Draft.text("hello").withId("1");
    assertEquals(Optional.empty(), await(broadcaster.earlier(ROOM, ANN, draft)));
    CompletionStage<Receipt> first = broadcaster.publish(ROOM, ANN, draft);
    CompletionStage<Optional<Receipt>> again = broadcaster.earlier(ROOM, ANN, draft);
    assertEquals(Optional.of(new Receipt(await(first).sequence(), true)), await(again));
    assertEquals(Optional.empty(), await(broadcaster.earlier(ROOM, BOB, draft)));
    assertEquals(Optional.empty(), await(broadcaster.earlier(OTHER, ANN, draft)));
    Draft other = Draft.text("other").withId("1");
    assertEquals(Reason.CONFLICT, refusal(broadcaster.earlier(ROOM, ANN, other)).reason());
    broadcaster.close();
    assertEquals(Reason.CLOSED, refusal(broadcaster.earlier(ROOM, ANN, draft)).reason());
  }

  @Test
  void manyPublishersGetDistinctSequencesInOneOrder() throws InterruptedException {
    int publishers = 8;
    int each = 100;
    Recorder recorder = follow(ROOM, publishers * each);
    List<Thread> threads =
        IntStream.range(0, publishers)
            .mapToObj(
                p ->
                    new Thread(
                        () ->
                            IntStream.range(0, each)
                                .mapToObj(
                                    i -> broadcaster.publish(ROOM, ANN, Draft.text(p + ":" + i)))
                                .toList()
                                .forEach(BroadcasterContract::await)))
            .toList();
    threads.forEach(Thread::start);
    List<Entry> seen = recorder.await();
    for (Thread thread : threads) {
      thread.join();
    }
    Set<Long> sequences = new HashSet<>();
    long previous = 0;
    int[] next = new int[publishers];
    for (Entry message : seen) {
      assertTrue(sequences.add(message.sequence()));
      assertEquals(previous, message.previous());
      previous = message.sequence();
      String[] parts = message.draft().body().text().split(":", -1);
      assertEquals(next[Integer.parseInt(parts[0])]++, Integer.parseInt(parts[1]));
    }
  }

  @Test
  void aCancelledFollowingHearsNothingMore() {
    Recorder cancelled = new Recorder();
    Broadcaster.Following following = await(broadcaster.follow(ROOM, cancelled));
    following.cancel();
    following.cancel();
    Recorder other = follow(ROOM, 1);
    await(broadcaster.publish(ROOM, ANN, Draft.text("hello")));
    other.await();
    assertEquals(List.of(), cancelled.seen());
  }

  @Test
  void refusesPublishesAfterClose() {
    broadcaster.close();
    broadcaster.close();
    CompletionStage<Receipt> late = broadcaster.publish(ROOM, ANN, Draft.text("late"));
    assertEquals(Reason.CLOSED, refusal(late).reason());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Recorder follow(RoomName room, int expected) {
    Recorder recorder = new Recorder();
    recorder.expected = expected;
    await(broadcaster.follow(room, recorder));
    return recorder;
  }

  private List<Entry> readThrough(long head) {
    List<Entry> messages = new ArrayList<>();
    long at = 0;
    while (at < head) {
      Page page = await(broadcaster.read(ROOM, Range.after(at, 500)));
      page.entries().stream().filter(m -> m.sequence() <= head).forEach(messages::add);
      at = page.entries().get(page.entries().size() - 1).sequence();
    }
    return messages;
  }

  private static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join();
  }

  private static RefusedException refusal(CompletionStage<?> stage) {
    CompletionException e = assertThrows(CompletionException.class, () -> await(stage));
    return assertInstanceOf(RefusedException.class, e.getCause());
  }

  private static List<String> texts(List<Entry> messages) {
    return messages.stream().map(message -> message.draft().body().text()).toList();
  }

  private static class Recorder implements Follower {
    private final List<Entry> seen = new ArrayList<>();
    private final CompletableFuture<Void> lineageChanged = new CompletableFuture<>();
    private int expected;

    @Override
    public synchronized void onEntries(List<Entry> messages) {
      seen.addAll(messages);
      notifyAll();
    }

    @Override
    public void onLineageChanged() {
      lineageChanged.complete(null);
    }

    private List<Entry> await() {
      return await(expected);
    }

    private synchronized List<Entry> await(int count) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
      while (seen.size() < count) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        assertTrue(left > 0, () -> "got " + seen.size() + " of " + count);
        try {
          wait(left);
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      return seen();
    }

    private synchronized boolean hasSeen(long sequence) {
      return seen.stream().anyMatch(message -> message.sequence() == sequence);
    }

    private synchronized List<Entry> seen() {
      return List.copyOf(seen);
    }
  }
}
