package io.durablechat.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Broadcaster;
import io.durablechat.core.Draft;
import io.durablechat.core.Follower;
import io.durablechat.core.Member;
import io.durablechat.core.Message;
import io.durablechat.core.Newest;
import io.durablechat.core.Page;
import io.durablechat.core.Place;
import io.durablechat.core.Range;
import io.durablechat.core.Receipt;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.core.RoomName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
    List<Message> seen = first.await();
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
    List<Message> before = readThrough(head);
    List<Message> seen = recorder.await(total - before.size());
    List<String> all = new ArrayList<>(texts(before));
    all.addAll(texts(seen));
    assertEquals(IntStream.range(0, total).mapToObj(i -> "" + i).toList(), all);
  }

  @Test
  void aRetryIsToldOnceAndGetsTheFirstSequence() {
    Recorder recorder = follow(ROOM, 2);
    Draft draft = Draft.text("hello").withId("1");
    Receipt first = await(broadcaster.publish(ROOM, ANN, draft));
    Receipt again = await(broadcaster.publish(ROOM, ANN, draft));
    await(broadcaster.publish(ROOM, BOB, draft));
    assertEquals(new Receipt(first.sequence(), true), again);
    assertEquals(List.of(ANN, BOB), recorder.await().stream().map(Message::author).toList());
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
    assertEquals(List.of("2", "3", "9"), texts(page.messages()));
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
    List<Message> seen = recorder.await();
    for (Thread thread : threads) {
      thread.join();
    }
    Set<Long> sequences = new HashSet<>();
    long previous = 0;
    int[] next = new int[publishers];
    for (Message message : seen) {
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

  private Recorder follow(RoomName room, int expected) {
    Recorder recorder = new Recorder();
    recorder.expected = expected;
    await(broadcaster.follow(room, recorder));
    return recorder;
  }

  private List<Message> readThrough(long head) {
    List<Message> messages = new ArrayList<>();
    long at = 0;
    while (at < head) {
      Page page = await(broadcaster.read(ROOM, Range.after(at, 500)));
      page.messages().stream().filter(m -> m.sequence() <= head).forEach(messages::add);
      at = page.messages().get(page.messages().size() - 1).sequence();
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

  private static List<String> texts(List<Message> messages) {
    return messages.stream().map(message -> message.draft().body().text()).toList();
  }

  private static final class Recorder implements Follower {
    private final List<Message> seen = new ArrayList<>();
    private final CompletableFuture<Void> lineageChanged = new CompletableFuture<>();
    private int expected;

    @Override
    public synchronized void onMessages(List<Message> messages) {
      seen.addAll(messages);
      notifyAll();
    }

    @Override
    public void onLineageChanged() {
      lineageChanged.complete(null);
    }

    private List<Message> await() {
      return await(expected);
    }

    private synchronized List<Message> await(int count) {
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

    private synchronized List<Message> seen() {
      return List.copyOf(seen);
    }
  }
}
