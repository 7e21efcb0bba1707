package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Rooms on an engine whose log is replaced, or cannot be followed. */
final class LineageTest {
  private static final RoomName GENERAL = RoomName.of("general");
  private static final Member ANN = Member.anonymous();

  private final SteppedExecutor strands = new SteppedExecutor();
  private final ScriptedBroadcaster engine = new ScriptedBroadcaster();
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
    Follower old = engine.follower;
    engine.lineage++;
    old.onLineageChanged();
    strands.runAll();
    assertEquals(Optional.of(CloseReason.LINEAGE_CHANGED), before.closed());

    RecordingOutbox after = join();
    assertEquals(engine.lineage, after.joined().head().lineage());
    old.onMessages(List.of(message(8)));
    engine.follower.onMessages(List.of(message(9)));
    strands.runAll();
    assertEquals(List.of(9L), after.messages().stream().map(Message::sequence).toList());
  }

  @Test
  void aRoomThatCannotFollowItsLogSaysSoAndTriesAgain() {
    engine.failing = true;
    CompletableFuture<Receipt> publish =
        directory.room(GENERAL).publish(ANN, Draft.text("a")).toCompletableFuture();
    assertEquals(Optional.of(CloseReason.FAULT), join().closed());
    CompletionException e = assertThrows(CompletionException.class, publish::join);
    assertEquals(
        RefusedException.Reason.STORAGE,
        assertInstanceOf(RefusedException.class, e.getCause()).reason());

    engine.failing = false;
    assertEquals(Optional.empty(), join().closed());
  }

  @Test
  void anEngineThatThrowsIsOneThatFails() {
    engine.throwing = true;
    CompletableFuture<Receipt> publish =
        directory.room(GENERAL).publish(ANN, Draft.text("a")).toCompletableFuture();
    assertEquals(Optional.of(CloseReason.FAULT), join().closed());
    assertThrows(CompletionException.class, publish::join);

    engine.throwing = false;
    RecordingOutbox outbox = join();
    assertEquals(Optional.empty(), outbox.closed());
    engine.throwing = true;
    CompletableFuture<Receipt> second =
        outbox.joined().session().publish(Draft.text("b")).toCompletableFuture();
    strands.runAll();
    assertThrows(CompletionException.class, second::join);
  }

  @Test
  void aLogReplacedWhileItsRoomWakesIsFollowedAnew() {
    engine.started = new CompletableFuture<>();
    RecordingOutbox outbox = new RecordingOutbox();
    directory.room(GENERAL).join(ANN, Start.live(), outbox);
    strands.runAll();
    Follower first = engine.follower;
    engine.started = CompletableFuture.completedFuture(engine);
    engine.lineage++;
    first.onLineageChanged();
    strands.runAll();
    assertEquals(engine.lineage, outbox.joined().head().lineage());
    assertEquals(Optional.empty(), outbox.closed());
  }

  @Test
  void leavingWhileTheRoomWakesIsHarmless() {
    engine.started = new CompletableFuture<>();
    RecordingOutbox outbox = new RecordingOutbox();
    Session session = directory.room(GENERAL).join(ANN, Start.live(), outbox);
    session.leave();
    strands.runAll();
    engine.started.complete(engine);
    strands.runAll();
    assertEquals(List.of(), outbox.events());
    strands.advance(Duration.ofMinutes(1));
    assertEquals(List.of(), directory.awake());
    assertEquals(1, engine.cancelled);
  }

  private static Message message(long sequence) {
    return new Message(
        sequence, sequence - 1, new ManualClock().instant(), ANN, Draft.text("" + sequence));
  }

  /** An engine that does what the test says, on the test's thread. */
  private static final class ScriptedBroadcaster implements Broadcaster, Broadcaster.Following {
    private Follower follower;
    private long lineage = 1;
    private boolean failing;
    private boolean throwing;
    private CompletableFuture<Following> started = CompletableFuture.completedFuture(this);
    private int cancelled;

    @Override
    public CompletionStage<Receipt> publish(RoomName room, Member author, Draft draft) {
      if (throwing) {
        throw new IllegalStateException("engine is broken");
      }
      return CompletableFuture.completedFuture(new Receipt(8, false));
    }

    @Override
    public CompletionStage<Optional<Receipt>> earlier(RoomName room, Member author, Draft draft) {
      return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public CompletionStage<Page> read(RoomName room, Range range) {
      return CompletableFuture.completedFuture(new Page(List.of(), false, 0, head()));
    }

    @Override
    public CompletionStage<Place> locate(RoomName room, Newest newest) {
      return CompletableFuture.completedFuture(new Place(0, OptionalLong.empty(), 0, head()));
    }

    @Override
    public CompletionStage<Cursor> reach(RoomName room, long sequence) {
      return CompletableFuture.completedFuture(head());
    }

    @Override
    public CompletionStage<Following> follow(RoomName room, Follower newFollower) {
      if (throwing) {
        throw new IllegalStateException("engine is broken");
      }
      if (failing) {
        return CompletableFuture.failedFuture(new IllegalStateException("engine is away"));
      }
      follower = newFollower;
      return started;
    }

    @Override
    public Durability durability() {
      return Durability.COMMIT;
    }

    @Override
    public Duration retryWindow() {
      return Duration.ofDays(7);
    }

    @Override
    public void close() {}

    @Override
    public Cursor head() {
      return new Cursor(GENERAL, lineage, 7);
    }

    @Override
    public void cancel() {
      cancelled++;
    }
  }
}
