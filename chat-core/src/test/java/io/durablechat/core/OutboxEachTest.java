package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.RecordingOutbox;
import io.durablechat.testkit.SteppedExecutor;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages given one at a time to what may block, with the threads in the test's hand or real. */
@Timeout(60)
final class OutboxEachTest {
  private static final Member ANN = Member.user("ann", "Ann");
  private static final Member BOB = Member.user("bob", "Bob");
  private static final int MANY = 2_000;

  private final SteppedExecutor strands = new SteppedExecutor();
  private final SteppedExecutor pool = new SteppedExecutor();
  private final List<String> given = new ArrayList<>();
  private final RoomDirectory rooms = open(MemoryMessageLog.of(new ManualClock()));
  private final Room room = rooms.room("general");

  private RoomDirectory open(MessageLog log) {
    return RoomDirectory.on(log).executors(strands, strands).open();
  }

  private void join(Start start, Consumer<Message> consumer) {
    room.join(BOB, start, Outbox.each(pool, consumer));
    strands.runAll();
  }

  private void publish(String... texts) {
    for (String text : texts) {
      room.publish(ANN, text);
      strands.runAll();
    }
  }

  private int memberCount() {
    CompletableFuture<Integer> count = room.memberCount().toCompletableFuture();
    strands.runAll();
    return count.join();
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }

  private void give(Message message) {
    given.add(message.text());
  }

  /** What waits runs, until neither the room nor the consumer has more to do. */
  private void settle() {
    while (strands.waiting() + pool.waiting() > 0) {
      strands.runAll();
      pool.runAll();
    }
  }

  @Test
  void givesHistoryAndThenWhatIsPublishedInOrder() {
    publish("a", "b", "c");
    join(Start.history(2), this::give);
    settle();
    publish("d");
    publish("e");
    settle();
    assertEquals(List.of("b", "c", "d", "e"), given);
  }

  @Test
  void itsMessagesAreGivenByTheExecutorAlone() {
    join(Start.live(), this::give);
    publish("a");
    assertEquals(List.of(), given);
    assertEquals(1, pool.waiting());
    assertTrue(pool.runNext());
    assertEquals(List.of("a"), given);
    assertFalse(pool.runNext());
  }

  @Test
  void holdsOneBatchOfWhatIsPublishedAndIsFedTheRestWhenItIsThroughWithThat() {
    join(Start.live(), this::give);
    String[] texts = numbers(0, 50).toArray(String[]::new);
    publish(texts);
    // One task for the one message that was taken: the others are in the log.
    assertEquals(1, pool.waiting());
    pool.runAll();
    assertEquals(List.of("0"), given);
    settle();
    assertEquals(List.of(texts), given);
  }

  @Test
  void takesOneBatchAtATimeAndAsksForMoreOnlyIfItHasRefusedSome() {
    Outbox outbox = Outbox.each(pool, this::give);
    AtomicInteger ready = new AtomicInteger();
    Cursor head = joined(outbox, session(ready));
    assertTrue(outbox.offer(batch(head, 1, "a", "b")));
    assertFalse(outbox.offer(batch(head, 3, "c")));
    assertFalse(outbox.offer(batch(head, 3, "c")));
    pool.runNext();
    assertFalse(outbox.offer(batch(head, 3, "c")));
    assertEquals(0, ready.get());
    pool.runNext();
    assertEquals(1, ready.get());
    assertTrue(outbox.offer(batch(head, 3, "c")));
    pool.runAll();
    assertEquals(1, ready.get());
    assertEquals(List.of("a", "b", "c"), given);
  }

  @Test
  void largeMessagesThatWaitAreInTheLogAndNotInMemory() {
    join(Start.live(), this::give);
    String large = "x".repeat(Batch.MAX_BYTES);
    for (int i = 0; i < 20; i++) {
      publish(i + large);
    }
    assertEquals(1, pool.waiting());
    settle();
    assertEquals(20, given.size());
    for (int i = 0; i < 20; i++) {
      assertTrue(given.get(i).startsWith(i + "x"));
    }
  }

  @Test
  void deletionsAndWhatWasDeletedAreNoMessages() {
    publish("gone", "kept");
    room.publish(ANN, Draft.deletion(1));
    strands.runAll();
    CompletableFuture<Cursor> head = room.head().toCompletableFuture();
    strands.runAll();
    assertEquals(3, head.join().sequence());
    join(Start.after(head.join().at(0)), this::give);
    settle();
    assertEquals(List.of("kept"), given);
    room.publish(ANN, Draft.deletion(2));
    strands.runAll();
    assertEquals(0, pool.waiting());
    publish("next");
    settle();
    assertEquals(List.of("kept", "next"), given);
  }

  @Test
  void letsOthersOnItsExecutorHaveTheirTurnBetweenTwoMessages() {
    publish("a", "b", "c");
    join(Start.history(3), this::give);
    pool.execute(() -> given.add("another's task"));
    pool.runAll();
    assertEquals(List.of("a", "another's task", "b", "c"), given);
  }

  @Test
  void aConsumerThatFailsLeavesAndTheRoomGoesOn() {
    RecordingOutbox ann = new RecordingOutbox();
    room.join(ANN, Start.live(), ann);
    publish("a", "b", "c");
    join(
        Start.history(3),
        message -> {
          give(message);
          if (message.text().equals("b")) {
            throw new IllegalStateException("on purpose");
          }
        });
    assertEquals(2, memberCount());
    settle();
    assertEquals(List.of("a", "b"), given);
    assertEquals(1, memberCount());
    publish("d");
    settle();
    assertEquals(List.of("a", "b"), given);
    assertEquals(List.of("a", "b", "c", "d"), ann.texts());
    assertEquals(Optional.empty(), ann.closed());
  }

  @Test
  void anExecutorThatRefusesEndsTheSessionAndTheRoomGoesOn() {
    RecordingOutbox ann = new RecordingOutbox();
    room.join(ANN, Start.live(), ann);
    join(Start.live(), this::give);
    pool.shutdown();
    publish("a");
    assertEquals(1, memberCount());
    publish("b");
    assertEquals(List.of("a", "b"), ann.texts());
    assertEquals(List.of(), given);
  }

  @Test
  void anExecutorThatIsShutDownInOrderStillGivesWhatWasTaken() {
    publish("a", "b", "c");
    join(Start.history(3), this::give);
    pool.shutdown();
    pool.runAll();
    assertEquals(List.of("a", "b", "c"), given);
  }

  @Test
  void anExecutorThatWouldKeepTheRoomWaitingEndsTheSession() {
    room.join(BOB, Start.live(), Outbox.each(Runnable::run, this::give));
    publish("a");
    assertEquals(0, memberCount());
    assertEquals(List.of(), given);
  }

  @Test
  void whatWasTakenIsGivenAfterTheRoomsHaveClosedAndNothingElse() {
    join(Start.live(), this::give);
    publish("a", "refused, as the consumer is busy");
    rooms.drain(CloseReason.GOING_AWAY);
    strands.runAll();
    rooms.close();
    pool.runAll();
    assertEquals(List.of("a"), given);
  }

  @Test
  void whatWasTakenIsGivenAfterItsSessionHasLeftAndNothingElse() {
    publish("a", "b");
    Session session = room.join(BOB, Start.history(2), Outbox.each(pool, this::give));
    strands.runAll();
    session.leave();
    publish("c");
    settle();
    assertEquals(List.of("a", "b"), given);
  }

  @Test
  void aConsumerThatFallsBehindWhatIsKeptHasItsSessionEnded() {
    RoomDirectory small = open(MemoryMessageLog.of(new ManualClock(), 10, Long.MAX_VALUE));
    Room here = small.room("small");
    here.join(BOB, Start.live(), Outbox.each(pool, this::give));
    // More than the room keeps of what is recent for those who are behind.
    String large = "x".repeat(Batch.MAX_BYTES);
    for (int i = 0; i < 40; i++) {
      here.publish(ANN, i + large);
      strands.runAll();
    }
    settle();
    assertEquals(1, given.size());
    CompletableFuture<Integer> left = here.memberCount().toCompletableFuture();
    settle();
    assertEquals(0, left.join());
  }

  @Test
  void anOutboxServesOneSession() {
    Outbox outbox = Outbox.each(pool, this::give);
    room.join(ANN, Start.live(), outbox);
    room.join(BOB, Start.live(), outbox);
    strands.runAll();
    assertEquals(1, memberCount());
  }

  @Test
  void needsAnExecutorAndAConsumer() {
    assertThrows(NullPointerException.class, () -> Outbox.each(null, this::give));
    assertThrows(NullPointerException.class, () -> Outbox.each(pool, null));
  }

  @Test
  void whileAConsumerBlocksTheRoomGoesOnAndInTheEndItHasMissedNothing() throws Exception {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    Semaphore mayGoOn = new Semaphore(0);
    CountDownLatch isBlocked = new CountDownLatch(1);
    List<String> blocked = new ArrayList<>();
    CompletableFuture<Void> allGiven = new CompletableFuture<>();
    List<String> expected = numbers(0, MANY);
    CompletableFuture<Void> annHasAll = new CompletableFuture<>();
    int[] seen = new int[1];
    try (RoomDirectory live = RoomDirectory.inMemory()) {
      Room here = live.room("general");
      here.join(
          BOB,
          Start.live(),
          Outbox.each(
              threads,
              message -> {
                isBlocked.countDown();
                mayGoOn.acquireUninterruptibly();
                blocked.add(message.text());
                if (blocked.size() == MANY) {
                  allGiven.complete(null);
                }
              }));
      here.join(
          ANN,
          Start.live(),
          batch -> {
            seen[0] += batch.entries().size();
            if (seen[0] == MANY) {
              annHasAll.complete(null);
            }
            return true;
          });
      for (String text : expected) {
        here.publish(ANN, text).toCompletableFuture().get(20, TimeUnit.SECONDS);
      }
      assertTrue(isBlocked.await(20, TimeUnit.SECONDS));
      annHasAll.get(20, TimeUnit.SECONDS);
      assertEquals(List.of(), blocked);
      mayGoOn.release(MANY);
      allGiven.get(20, TimeUnit.SECONDS);
      assertEquals(expected, blocked);
    } finally {
      mayGoOn.release(MANY);
      threads.shutdown();
    }
  }

  @Test
  void callsNeverOverlapAndEachSeesWhatTheOneBeforeHasDone() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    AtomicBoolean isInside = new AtomicBoolean();
    AtomicBoolean hasOverlapped = new AtomicBoolean();
    CompletableFuture<Void> allGiven = new CompletableFuture<>();
    int[] count = new int[1];
    try (RoomDirectory live = RoomDirectory.inMemory()) {
      Room here = live.room("general");
      here.join(
          BOB,
          Start.live(),
          Outbox.each(
              threads,
              message -> {
                if (!isInside.compareAndSet(false, true)) {
                  hasOverlapped.set(true);
                }
                assertEquals(count[0] + "", message.text());
                count[0]++;
                isInside.set(false);
                if (count[0] == MANY) {
                  allGiven.complete(null);
                }
              }));
      numbers(0, MANY).forEach(text -> here.publish(ANN, text));
      allGiven.get(20, TimeUnit.SECONDS);
      assertFalse(hasOverlapped.get());
    } finally {
      threads.shutdown();
    }
  }

  /** One thread and no queue: it runs itself what it cannot hand on, and goes no deeper for it. */
  @Test
  void aPoolThatRunsTasksInItsCallersThreadGivesWhatWasTaken() throws Exception {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new ThreadPoolExecutor.CallerRunsPolicy());
    List<Thread> gave = new ArrayList<>();
    CompletableFuture<Void> allGiven = new CompletableFuture<>();
    try {
      publish("a", "b", "c");
      room.join(
          BOB,
          Start.history(3),
          Outbox.each(
              threads,
              message -> {
                gave.add(Thread.currentThread());
                give(message);
                if (given.size() == 3) {
                  allGiven.complete(null);
                }
              }));
      strands.runAll();
      allGiven.get(20, TimeUnit.SECONDS);
      assertEquals(List.of("a", "b", "c"), given);
      gave.forEach(thread -> assertNotEquals(Thread.currentThread(), thread));
    } finally {
      threads.shutdown();
    }
  }

  /** A session that counts how often its outbox says that it can take more. */
  private static Session session(AtomicInteger ready) {
    return (Session)
        Proxy.newProxyInstance(
            Session.class.getClassLoader(),
            new Class<?>[] {Session.class},
            (proxy, method, arguments) -> {
              assertEquals("ready", method.getName());
              ready.incrementAndGet();
              return null;
            });
  }

  private static Cursor joined(Outbox outbox, Session session) {
    Cursor start = new Cursor(RoomName.of("general"), 1, 0);
    outbox.onJoined(
        new Joined(
            session,
            Joined.Resume.FRESH,
            start,
            start,
            OptionalLong.empty(),
            1,
            1,
            List.of(BOB),
            RoomMode.FREE));
    return start;
  }

  private static Batch batch(Cursor head, long sequence, String... texts) {
    List<Entry> messages = new ArrayList<>();
    for (String text : texts) {
      long next = sequence + messages.size();
      messages.add(new Entry(next, next - 1, Instant.EPOCH, ANN, Draft.text(text)));
    }
    return Batch.of(messages, head);
  }
}
