package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Joined.Resume;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.RecordingOutbox;
import io.durablechat.testkit.SteppedExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Rooms for those who come with a sequence that they have from another machine. */
final class ReachTest {
  private static final RoomName GENERAL = RoomName.of("general");
  private static final Member ANN = Member.anonymous();

  private final SteppedExecutor strands = new SteppedExecutor();
  private final LateBroadcaster engine = new LateBroadcaster();
  private final RoomDirectory directory =
      RoomDirectory.on(engine).executors(strands, strands).open();

  private Cursor cursor(long sequence) {
    return engine.log.head(GENERAL).at(sequence);
  }

  private RecordingOutbox join(Start start) {
    RecordingOutbox outbox = new RecordingOutbox();
    directory.room(GENERAL).join(ANN, start, outbox);
    strands.runAll();
    return outbox;
  }

  @Test
  void aCursorThatIsNotHereYetIsNoReasonToBeginAnew() {
    engine.onItsWay("a", "b", "c");
    RecordingOutbox outbox = join(Start.after(cursor(2)));
    assertEquals(Resume.EXACT, outbox.joined().resume());
    engine.reach(GENERAL, 3);
    strands.runAll();
    assertEquals(List.of("c"), outbox.texts());
  }

  @Test
  void aCursorPastTheEndOfTheLogIs() {
    engine.onItsWay("a", "b", "c");
    assertEquals(Resume.RESET, join(Start.after(cursor(4))).joined().resume());
  }

  @Test
  void aCursorThatCannotBeJudgedNowEndsTheSessionWithoutAReset() {
    engine.isAway = true;
    RecordingOutbox outbox = join(Start.after(cursor(2)));
    assertEquals(Optional.of(CloseReason.FAULT), outbox.closed());
    assertEquals(List.of("closed 1011"), outbox.events());
  }

  @Test
  void historyWaitsForWhatIsOnItsWay() {
    engine.onItsWay("a", "b", "c");
    Page page = history(Range.after(2, 10)).join();
    assertEquals(2, page.head().sequence(), "nobody who has its cursor is told that it is void");
    engine.onItsWay("d", "e");
    assertEquals(List.of("c", "d", "e"), texts(history(Range.before(6, 3))));
    engine.onItsWay("f");
    assertEquals(List.of("e"), texts(history(Range.last(1))), "nobody has seen the next one");
    assertEquals(List.of("e"), texts(history(Range.before(6, 1))));
    assertEquals(1, engine.onItsWay.size());
  }

  @Test
  void historyPastTheEndSaysWhereTheLogEnds() {
    engine.onItsWay("a");
    Page page = history(Range.after(9, 10)).join();
    assertEquals(List.of(), page.messages());
    assertEquals(1, page.head().sequence());
    engine.isAway = true;
    assertEquals(Reason.STORAGE, refusal(history(Range.after(9, 10))).reason());
    assertEquals(1, history(Range.after(1, 10)).join().head().sequence(), "that is here");
  }

  @Test
  void historyThatIsNotWantedAnyMoreIsNotReadAgain() {
    engine.onItsWay("a");
    engine.isHeld = true;
    CompletableFuture<Page> page = history(Range.after(1, 10));
    int reads = engine.reads;
    page.cancel(false);
    engine.held.remove().complete(null);
    assertEquals(reads, engine.reads);
    assertTrue(page.isCancelled());
  }

  @Test
  void aMessageIsDeletedThatIsOnItsWay() {
    Moderation moderation = Moderation.open(engine, new ManualClock()).toCompletableFuture().join();
    engine.onItsWay("a", "b");
    moderation.rule(ANN, Ruling.delete(GENERAL, 2)).toCompletableFuture().join();
    assertEquals(List.of("a"), texts(history(Range.last(10).ofMessages())));
    CompletableFuture<Receipt> none =
        moderation.rule(ANN, Ruling.delete(GENERAL, 9)).toCompletableFuture();
    assertEquals(Reason.NOT_FOUND, refusal(none).reason());
  }

  private CompletableFuture<Page> history(Range range) {
    return directory.room(GENERAL).history(range);
  }

  private static List<String> texts(CompletableFuture<Page> page) {
    return page.join().messages().stream().map(m -> m.draft().body().text()).toList();
  }

  private static RefusedException refusal(CompletableFuture<?> stage) {
    CompletionException e = assertThrows(CompletionException.class, stage::join);
    return assertInstanceOf(RefusedException.class, e.getCause());
  }

  /** An engine to which what was published elsewhere comes only once somebody waits for it. */
  private static final class LateBroadcaster implements Broadcaster {
    private final MemoryMessageLog log = MemoryMessageLog.of(new ManualClock());
    private final Broadcaster behind = LocalBroadcaster.inMemory(log);
    private final Queue<Draft> onItsWay = new ArrayDeque<>();
    private final Queue<CompletableFuture<Void>> held = new ArrayDeque<>();
    private boolean isAway;
    private boolean isHeld;
    private int reads;

    private void onItsWay(String... texts) {
      for (String text : texts) {
        onItsWay.add(Draft.text(text));
      }
    }

    @Override
    public CompletionStage<Cursor> reach(RoomName room, long sequence) {
      if (isAway) {
        return CompletableFuture.failedFuture(RefusedException.storage(null));
      }
      while (!onItsWay.isEmpty() && log.head(GENERAL).sequence() < sequence) {
        behind.publish(GENERAL, ANN, onItsWay.remove());
      }
      CompletableFuture<Void> gate = new CompletableFuture<>();
      held.add(gate);
      if (!isHeld) {
        gate.complete(null);
      }
      return gate.thenCompose(free -> behind.reach(room, sequence));
    }

    @Override
    public CompletionStage<Page> read(RoomName room, Range range) {
      reads++;
      return behind.read(room, range);
    }

    @Override
    public CompletionStage<Place> locate(RoomName room, Newest newest) {
      return behind.locate(room, newest);
    }

    @Override
    public CompletionStage<Receipt> publish(RoomName room, Member author, Draft draft) {
      return behind.publish(room, author, draft);
    }

    @Override
    public CompletionStage<Optional<Receipt>> earlier(RoomName room, Member author, Draft draft) {
      return behind.earlier(room, author, draft);
    }

    @Override
    public CompletionStage<Following> follow(RoomName room, Follower follower) {
      return behind.follow(room, follower);
    }

    @Override
    public Durability durability() {
      return behind.durability();
    }

    @Override
    public Duration retryWindow() {
      return behind.retryWindow();
    }

    @Override
    public void close() {
      behind.close();
    }
  }
}
