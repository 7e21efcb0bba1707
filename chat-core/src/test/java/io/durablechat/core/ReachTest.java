package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.durablechat.core.Joined.Resume;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.testkit.FaultyBroadcaster;
import io.durablechat.testkit.FaultyBroadcaster.Call;
import io.durablechat.testkit.FaultyBroadcaster.Fault;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.RecordingOutbox;
import io.durablechat.testkit.SteppedExecutor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Rooms for those who come with a sequence that they have from another machine. */
final class ReachTest {
  private static final RoomName GENERAL = RoomName.of("general");
  private static final Member ANN = Member.anonymous();

  private final SteppedExecutor strands = new SteppedExecutor();
  private final MemoryMessageLog log = MemoryMessageLog.of(new ManualClock());
  private final Broadcaster behind = LocalBroadcaster.inMemory(log);
  private final FaultyBroadcaster engine = FaultyBroadcaster.on(behind);
  private final RoomDirectory directory =
      RoomDirectory.on(engine).executors(strands, strands).open();

  /** From now on, who waits for what is on its way waits until it {@linkplain #arrive arrives}. */
  private void delay() {
    engine.inject(Fault.CALL_HELD, Call.REACH);
  }

  private void arrive(String... texts) {
    for (String text : texts) {
      behind.publish(GENERAL, ANN, Draft.text(text));
    }
    engine.release();
    strands.runAll();
  }

  private RecordingOutbox join(long sequence) {
    RecordingOutbox outbox = new RecordingOutbox();
    Start start = Start.after(log.head(GENERAL).at(sequence));
    directory.room(GENERAL).join(ANN, start, outbox);
    strands.runAll();
    return outbox;
  }

  @Test
  void aCursorThatIsNotHereYetIsNoReasonToBeginAnew() {
    delay();
    RecordingOutbox outbox = join(2);
    assertEquals(List.of(), outbox.events());
    arrive("a", "b");
    assertEquals(Resume.EXACT, outbox.joined().resume());
    arrive("c");
    assertEquals(List.of("c"), outbox.texts());
  }

  @Test
  void aCursorPastTheEndOfTheLogIs() {
    arrive("a");
    assertEquals(Resume.RESET, join(2).joined().resume());
  }

  @Test
  void aCursorThatCannotBeJudgedNowEndsTheSessionWithoutAReset() {
    engine.inject(Fault.REFUSED, Call.REACH);
    RecordingOutbox outbox = join(2);
    assertEquals(Optional.of(CloseReason.FAULT), outbox.closed());
    assertEquals(List.of("closed 1011"), outbox.events());
  }

  @Test
  void historyWaitsForWhatIsOnItsWay() {
    delay();
    CompletableFuture<Page> after = history(Range.after(2, 10));
    assertFalse(after.isDone());
    arrive("a", "b", "c");
    assertEquals(List.of("c"), texts(after));

    CompletableFuture<Page> before = history(Range.before(6, 3));
    assertFalse(before.isDone());
    arrive("d", "e");
    assertEquals(List.of("c", "d", "e"), texts(before));
  }

  @Test
  void historyThatIsHereWaitsForNothing() {
    arrive("a", "b");
    delay();
    assertEquals(List.of("b"), texts(history(Range.last(1))));
    assertEquals(List.of("b"), texts(history(Range.before(3, 1))));
    assertEquals(List.of("b"), texts(history(Range.after(1, 10))));
    assertEquals(List.of(), texts(history(Range.after(2, 10))));
    assertEquals(0, engine.calls(Call.REACH));
  }

  @Test
  void historyPastTheEndSaysWhereTheLogEnds() {
    arrive("a");
    Page page = history(Range.after(9, 10)).join();
    assertEquals(List.of(), page.entries());
    assertEquals(1, page.head().sequence());
    engine.inject(Fault.REFUSED, Call.REACH);
    assertEquals(Reason.STORAGE, refusal(history(Range.after(9, 10))).reason());
  }

  @Test
  void historyThatIsNotWantedAnyMoreIsNotReadAgain() {
    delay();
    CompletableFuture<Page> page = history(Range.after(1, 10));
    int reads = engine.calls(Call.READ);
    page.cancel(false);
    arrive("a");
    assertEquals(reads, engine.calls(Call.READ));
  }

  @Test
  void aMessageIsDeletedThatIsOnItsWay() {
    Moderation moderation = Moderation.open(engine, new ManualClock()).toCompletableFuture().join();
    delay();
    CompletableFuture<Receipt> ruled =
        moderation.rule(ANN, Ruling.delete(GENERAL, 2)).toCompletableFuture();
    assertFalse(ruled.isDone());
    arrive("a", "b");
    ruled.join();
    assertEquals(List.of("a"), texts(history(Range.last(10).ofMessages())));
    engine.clearFaults();
    CompletableFuture<Receipt> none =
        moderation.rule(ANN, Ruling.delete(GENERAL, 9)).toCompletableFuture();
    assertEquals(Reason.NOT_FOUND, refusal(none).reason());
  }

  private CompletableFuture<Page> history(Range range) {
    return directory.room(GENERAL).history(range);
  }

  private static List<String> texts(CompletableFuture<Page> page) {
    return page.join().entries().stream().map(m -> m.draft().body().text()).toList();
  }

  private static RefusedException refusal(CompletableFuture<?> stage) {
    CompletionException e = assertThrows(CompletionException.class, stage::join);
    return assertInstanceOf(RefusedException.class, e.getCause());
  }
}
