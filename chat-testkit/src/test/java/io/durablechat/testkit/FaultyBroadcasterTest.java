package io.durablechat.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Broadcaster;
import io.durablechat.core.Draft;
import io.durablechat.core.Entry;
import io.durablechat.core.Follower;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.MemoryMessageLog;
import io.durablechat.core.Page;
import io.durablechat.core.Range;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RoomName;
import io.durablechat.testkit.FaultyBroadcaster.Call;
import io.durablechat.testkit.FaultyBroadcaster.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Without a fault it is an engine like any other; with one, it does what was injected. */
final class FaultyBroadcasterTest extends BroadcasterContract {
  private static final RoomName ROOM = RoomName.of("general");
  private static final Member ANN = Member.anonymous();

  private final FaultyBroadcaster faulty = FaultyBroadcaster.on(LocalBroadcaster.inMemory());

  private FaultyBroadcaster opened;

  @Override
  protected Broadcaster open() {
    opened = FaultyBroadcaster.on(LocalBroadcaster.on(MemoryMessageLog.of(new ManualClock())));
    return opened;
  }

  @Override
  protected Optional<Runnable> replacement() {
    return Optional.of(() -> opened.replace(LocalBroadcaster.inMemory()));
  }

  @Test
  void refusesWhatItIsToldToUntilFaultsAreCleared() {
    faulty.inject(Fault.REFUSED, Call.READ);
    faulty.refuseDrafts(draft -> draft.body().text().equals("no"));
    assertEquals(RefusedException.Reason.STORAGE, assertRefused(read()).reason());
    assertEquals(RefusedException.Reason.STORAGE, assertRefused(publish("no")).reason());
    publish("yes").join();
    faulty.clearFaults();
    publish("no").join();
    assertEquals(List.of("yes", "no"), texts(read().join().entries()));
    assertEquals(2, faulty.calls(Call.READ));
    assertEquals(2, faulty.takeRecordsRead());
    assertEquals(0, faulty.takeRecordsRead());
  }

  @Test
  void breaksInBothWaysInWhichAnEngineCan() {
    faulty.inject(Fault.BROKEN, Call.PUBLISH);
    CompletionException e = assertThrows(CompletionException.class, publish("a")::join);
    assertInstanceOf(IllegalStateException.class, e.getCause());
    faulty.inject(Fault.THROWN, Call.PUBLISH);
    assertThrows(IllegalStateException.class, () -> publish("a"));
    faulty.clearFaults();
    assertEquals(List.of(), read().join().entries());
  }

  @Test
  void aHeldCallSeesWhatHappenedMeanwhileAndAHeldAnswerDoesNot() {
    faulty.inject(Fault.CALL_HELD, Call.READ);
    CompletableFuture<Page> heldCall = read();
    faulty.inject(Fault.ANSWER_HELD, Call.READ);
    CompletableFuture<Page> heldAnswer = read();
    publish("meanwhile").join();
    assertFalse(heldCall.isDone() || heldAnswer.isDone());
    assertEquals(2, faulty.held());
    faulty.release();
    assertEquals(0, faulty.held());
    assertEquals(List.of("meanwhile"), texts(heldCall.join().entries()));
    assertEquals(List.of(), heldAnswer.join().entries());
    assertFalse(read().isDone(), "the fault lasts");
  }

  @Test
  void aReplacedLogEndsAllFollowersAndTellsThem() {
    LocalBroadcaster old = LocalBroadcaster.inMemory();
    FaultyBroadcaster replaced = FaultyBroadcaster.on(old);
    List<String> told = new ArrayList<>();
    replaced.follow(ROOM, follower("a", told));
    replaced.follow(ROOM, follower("b", told)).toCompletableFuture().join().cancel();
    assertEquals(1, replaced.followers());
    replaced.publish(ROOM, ANN, Draft.text("1"));
    replaced.replace(LocalBroadcaster.inMemory());
    assertEquals(0, replaced.followers());
    old.publish(ROOM, ANN, Draft.text("2"));
    replaced.publish(ROOM, ANN, Draft.text("3"));
    assertEquals(List.of("a 1", "a ended"), told);
    Page page = replaced.read(ROOM, Range.last(10)).toCompletableFuture().join();
    assertEquals(List.of("3"), texts(page.entries()));
  }

  @Test
  void aFollowerWhoseRegistrationIsHeldIsToldOfAReplacedLog() {
    List<String> told = new ArrayList<>();
    faulty.inject(Fault.ANSWER_HELD, Call.FOLLOW);
    CompletableFuture<Broadcaster.Following> following =
        faulty.follow(ROOM, follower("a", told)).toCompletableFuture();
    faulty.replace(LocalBroadcaster.inMemory());
    assertFalse(following.isDone());
    faulty.release();
    assertTrue(following.isDone());
    assertEquals(List.of("a ended"), told);
  }

  private CompletableFuture<?> publish(String text) {
    return faulty.publish(ROOM, ANN, Draft.text(text)).toCompletableFuture();
  }

  private CompletableFuture<Page> read() {
    return faulty.read(ROOM, Range.last(10)).toCompletableFuture();
  }

  private static RefusedException assertRefused(CompletableFuture<?> stage) {
    CompletionException e = assertThrows(CompletionException.class, stage::join);
    return assertInstanceOf(RefusedException.class, e.getCause());
  }

  private static List<String> texts(List<Entry> messages) {
    return messages.stream().map(message -> message.draft().body().text()).toList();
  }

  private static Follower follower(String name, List<String> told) {
    return new Follower() {
      @Override
      public void onEntries(List<Entry> messages) {
        texts(messages).forEach(text -> told.add(name + " " + text));
      }

      @Override
      public void onLineageChanged() {
        told.add(name + " ended");
      }
    };
  }
}
