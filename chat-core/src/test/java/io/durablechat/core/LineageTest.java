package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.durablechat.testkit.FaultyBroadcaster;
import io.durablechat.testkit.FaultyBroadcaster.Call;
import io.durablechat.testkit.FaultyBroadcaster.Fault;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.RecordingOutbox;
import io.durablechat.testkit.SteppedExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Rooms on an engine whose log is replaced, or cannot be followed. */
final class LineageTest {
  private static final RoomName GENERAL = RoomName.of("general");
  private static final Member ANN = Member.anonymous();

  private final SteppedExecutor strands = new SteppedExecutor();
  private final FaultyBroadcaster engine = FaultyBroadcaster.on(LocalBroadcaster.inMemory());
  private final RoomDirectory directory =
      RoomDirectory.on(engine).executors(strands, strands).open();

  private RecordingOutbox join() {
    RecordingOutbox outbox = new RecordingOutbox();
    directory.room(GENERAL).join(ANN, Start.live(), outbox);
    strands.runAll();
    return outbox;
  }

  @Test
  void aReplacedLogEndsItsSessionsAndServesTheNext() {
    RecordingOutbox before = join();
    Follower old = engine.lastFollower();
    engine.replace(LocalBroadcaster.inMemory());
    strands.runAll();
    assertEquals(Optional.of(CloseReason.LINEAGE_CHANGED), before.closed());

    RecordingOutbox after = join();
    assertEquals(lineage(), after.joined().head().lineage());
    assertNotEquals(lineage(), before.joined().head().lineage());
    // It would fit onto the new log, too.
    old.onEntries(List.of(new Entry(1, 0, new ManualClock().instant(), ANN, Draft.text("old"))));
    directory.room(GENERAL).publish(ANN, Draft.text("new"));
    strands.runAll();
    assertEquals(List.of("new"), after.texts());
  }

  private long lineage() {
    return engine.read(GENERAL, Range.last(1)).toCompletableFuture().join().head().lineage();
  }

  @Test
  void aRoomThatCannotFollowItsLogSaysSoAndTriesAgain() {
    engine.inject(Fault.BROKEN, Call.FOLLOW);
    CompletableFuture<Receipt> publish =
        directory.room(GENERAL).publish(ANN, Draft.text("a")).toCompletableFuture();
    assertEquals(Optional.of(CloseReason.FAULT), join().closed());
    CompletionException e = assertThrows(CompletionException.class, publish::join);
    assertEquals(
        RefusedException.Reason.STORAGE,
        assertInstanceOf(RefusedException.class, e.getCause()).reason());

    engine.clearFaults();
    assertEquals(Optional.empty(), join().closed());
  }

  @Test
  void anEngineThatThrowsIsOneThatFails() {
    engine.inject(Fault.THROWN, Call.FOLLOW, Call.PUBLISH);
    CompletableFuture<Receipt> publish =
        directory.room(GENERAL).publish(ANN, Draft.text("a")).toCompletableFuture();
    assertEquals(Optional.of(CloseReason.FAULT), join().closed());
    assertThrows(CompletionException.class, publish::join);

    engine.clearFaults();
    RecordingOutbox outbox = join();
    assertEquals(Optional.empty(), outbox.closed());
    engine.inject(Fault.THROWN, Call.FOLLOW, Call.PUBLISH);
    CompletableFuture<Receipt> second =
        outbox.joined().session().publish(Draft.text("b")).toCompletableFuture();
    strands.runAll();
    assertThrows(CompletionException.class, second::join);
  }

  @Test
  void aLogReplacedWhileItsRoomWakesIsFollowedAnew() {
    engine.inject(Fault.ANSWER_HELD, Call.FOLLOW);
    RecordingOutbox outbox = new RecordingOutbox();
    directory.room(GENERAL).join(ANN, Start.live(), outbox);
    strands.runAll();
    engine.clearFaults();
    engine.replace(LocalBroadcaster.inMemory());
    strands.runAll();
    assertEquals(lineage(), outbox.joined().head().lineage());
    assertEquals(Optional.empty(), outbox.closed());
  }

  @Test
  void leavingWhileTheRoomWakesIsHarmless() {
    engine.inject(Fault.ANSWER_HELD, Call.FOLLOW);
    RecordingOutbox outbox = new RecordingOutbox();
    Session session = directory.room(GENERAL).join(ANN, Start.live(), outbox);
    session.leave();
    strands.runAll();
    assertEquals(1, engine.followers());
    engine.release();
    strands.runAll();
    assertEquals(List.of(), outbox.events());
    strands.advance(Duration.ofMinutes(1));
    assertEquals(List.of(), directory.awake());
    assertEquals(0, engine.followers());
  }
}
