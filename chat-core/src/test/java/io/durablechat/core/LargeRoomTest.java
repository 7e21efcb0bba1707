package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.testkit.RecordingOutbox;
import io.durablechat.testkit.SteppedExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A room that is served in slices, each of which runs when the test lets it. */
final class LargeRoomTest {
  private static final int SESSIONS = 5 * FanOut.SLICE + 1;
  private static final RoomName LARGE = RoomName.of("large");
  private static final Member ANN = Member.anonymous();

  private final SteppedExecutor strands = new SteppedExecutor();
  private final RoomDirectory directory =
      RoomDirectory.on(LocalBroadcaster.inMemory()).executors(strands, strands).open();
  private final Room room = directory.room(LARGE);
  private final List<RecordingOutbox> outboxes = new ArrayList<>();

  LargeRoomTest() {
    for (int i = 0; i < SESSIONS; i++) {
      RecordingOutbox outbox = new RecordingOutbox();
      room.join(Member.anonymous(), Start.live(), outbox);
      outboxes.add(outbox);
    }
    strands.runAll();
  }

  private void publish(String text) {
    room.publish(ANN, Draft.text(text));
  }

  private long reached(String text) {
    return outboxes.stream().filter(outbox -> outbox.texts().contains(text)).count();
  }

  private void assertAllHave(String... texts) {
    for (RecordingOutbox outbox : outboxes) {
      assertEquals(List.of(texts), outbox.texts());
    }
  }

  @Test
  void everyoneIsServedOnceAndInOrder() {
    publish("a");
    publish("b");
    strands.runAll();
    publish("c");
    strands.runAll();
    assertAllHave("a", "b", "c");
    assertEquals(2, outboxes.get(0).batches().size());
  }

  @Test
  void whatIsSaidMeanwhileWaitsForTheLastSlice() {
    publish("a");
    strands.runNext();
    publish("b");
    while (reached("a") < SESSIONS) {
      assertEquals(0, reached("b"));
      assertTrue(strands.runNext());
    }
    strands.runAll();
    assertAllHave("a", "b");
  }

  @Test
  void anotherRoomDoesNotWaitForAllSlices() {
    RecordingOutbox quiet = new RecordingOutbox();
    Room small = directory.room(RoomName.of("small"));
    small.join(ANN, Start.live(), quiet);
    strands.runAll();
    publish("a");
    small.publish(ANN, Draft.text("hello"));
    while (quiet.texts().isEmpty()) {
      assertTrue(strands.runNext());
    }
    assertTrue(reached("a") < SESSIONS);
  }

  @Test
  void whoComesBehindAMessageDoesNotHaveItServedToAllAtOnce() {
    RecordingOutbox late = new RecordingOutbox();
    room.publish(ANN, Draft.text("a"))
        .thenAccept(kept -> room.join(Member.anonymous(), Start.live(), late));
    strands.runNext();
    assertTrue(reached("a") < SESSIONS);
    strands.runAll();
    assertAllHave("a");
    publish("b");
    strands.runAll();
    assertEquals(List.of("b"), late.texts());
  }

  @Test
  void whoIsSlowOrFailsIsSeenToAfterTheSlices() {
    RecordingOutbox slow = outboxes.get(200);
    slow.fill();
    AtomicBoolean failed = new AtomicBoolean();
    List<CloseReason> closed = new ArrayList<>();
    room.join(
        Member.anonymous(),
        Start.live(),
        new Outbox() {
          @Override
          public boolean offer(Batch batch) {
            failed.set(true);
            throw new IllegalStateException("inner detail");
          }

          @Override
          public void onClosed(CloseReason reason) {
            closed.add(reason);
          }
        });
    strands.runAll();
    publish("a");
    publish("b");
    strands.runAll();
    assertTrue(failed.get());
    assertEquals(List.of(CloseReason.FAULT), closed);
    assertEquals(SESSIONS - 1, reached("b"));
    slow.empty();
    strands.runAll();
    assertAllHave("a", "b");
  }

  @Test
  void thoseWhoComeAndGoWhileItIsServedMissNothingAndDisturbNobody() {
    publish("a");
    strands.runNext();
    outboxes.remove(3).joined().session().leave();
    RecordingOutbox late = new RecordingOutbox();
    room.join(Member.anonymous(), Start.history(1), late);
    publish("b");
    strands.runAll();
    publish("c");
    strands.runAll();
    assertAllHave("a", "b", "c");
    List<String> texts = late.texts();
    assertEquals(List.of("b", "c"), texts.subList(texts.size() - 2, texts.size()));
  }

  @Test
  void sleepsOnceEverybodyHasLeft() {
    publish("a");
    outboxes.forEach(outbox -> outbox.joined().session().leave());
    strands.runAll();
    strands.advance(Duration.ofMinutes(1));
    assertEquals(List.of(), directory.awake());
  }
}
