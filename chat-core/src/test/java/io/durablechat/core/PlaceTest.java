package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.testkit.RecordingOutbox;
import io.durablechat.testkit.SteppedExecutor;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever takes a place in a room misses nothing from then on, however late they join. */
final class PlaceTest {
  private static final RoomName ROOM = RoomName.of("r");
  private static final Member ANN = Member.anonymous();

  private final SteppedExecutor strands = new SteppedExecutor();
  private final LocalBroadcaster log = LocalBroadcaster.inMemory();
  private final RoomDirectory rooms = RoomDirectory.on(log).executors(strands, strands).open();
  private final Room room = rooms.room(ROOM);

  @AfterEach
  void stop() {
    rooms.close();
    log.close();
  }

  private void publish(String text) {
    room.publish(ANN, Draft.text(text));
    strands.runAll();
  }

  private Cursor head() {
    CompletionStage<Cursor> head = room.head();
    assertTrue(head.toCompletableFuture().isDone());
    return head.toCompletableFuture().join();
  }

  private List<String> joined(Start start) {
    RecordingOutbox outbox = new RecordingOutbox();
    room.join(ANN, start, outbox);
    strands.runAll();
    return outbox.texts();
  }

  @Test
  void whatCameBetweenIsGivenToWhoHadAPlace() {
    publish("before");
    Cursor place = head();
    publish("between");
    assertEquals(List.of("between"), joined(Start.live().from(place)));
    assertEquals(List.of("before", "between"), joined(Start.history(1).from(place)));
    assertEquals(List.of(), joined(Start.live()));
  }

  @Test
  void aRoomThatIsAsleepHasAPlaceAndSleepsOn() {
    Cursor place = head();
    assertFalse(rooms.isAwake(ROOM));
    publish("first of all");
    assertEquals(List.of("first of all"), joined(Start.live().from(place)));
  }

  @Test
  void thePlaceOfARoomThatIsAwakeIsKnownAtOnce() {
    joined(Start.live());
    Cursor before = head();
    room.publish(ANN, Draft.text("on its way"));
    assertEquals(before, head());
    strands.runAll();
    assertTrue(head().sequence() > before.sequence());
  }

  @Test
  void aCursorThatHoldsCountsMoreThanAPlace() {
    Cursor seen = head();
    publish("1");
    publish("2");
    assertEquals(List.of("1", "2"), joined(Start.after(seen).from(head())));
  }
}
