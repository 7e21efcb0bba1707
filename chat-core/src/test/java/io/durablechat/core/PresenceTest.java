package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.durablechat.core.RefusedException.Reason;
import io.durablechat.testkit.SteppedExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is in a room, and types, as the others are told. */
final class PresenceTest {
  private static final RoomName ROOM = RoomName.of("general");
  private static final Member ANN = Member.guest("ann-0123456789abcdefghij").named("Ann");
  private static final Member BOB = Member.guest("bob-0123456789abcdefghij").named("Bob");
  private static final Member CAT = Member.guest("cat-0123456789abcdefghij").named("Cat");
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final SteppedExecutor strands = new SteppedExecutor();
  private final LocalBroadcaster broadcaster = LocalBroadcaster.inMemory();
  private Optional<String> forbidden = Optional.empty();
  private final RoomPolicy policy =
      new RoomPolicy() {
        @Override
        public void rename(RoomName room, Member member, Member renamed) {
          if (renamed.name().equals(forbidden)) {
            throw RefusedException.of(Reason.FORBIDDEN, "not that");
          }
        }
      };
  private final RoomDirectory rooms =
      RoomDirectory.on(broadcaster).executors(strands, strands).policy(policy).open();

  @AfterEach
  void close() {
    rooms.close();
    strands.runAll();
    broadcaster.close();
  }

  /** One session, and what it was told. */
  private static final class Told implements Outbox {
    private final List<Signal> signals = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private Optional<Joined> joined = Optional.empty();
    private boolean full;

    @Override
    public boolean offer(Batch batch) {
      if (!full) {
        batch.entries().forEach(m -> texts.add(m.author().name().orElse("")));
      }
      return !full;
    }

    @Override
    public boolean offerSignal(Signal signal) {
      if (!full) {
        signals.add(signal);
      }
      return !full;
    }

    @Override
    public void onJoined(Joined how) {
      joined = Optional.of(how);
    }

    private Session session() {
      return joined.orElseThrow().session();
    }

    /** The presences since this was last asked. */
    private List<Presence> presences() {
      List<Presence> told =
          signals.stream().filter(Presence.class::isInstance).map(Presence.class::cast).toList();
      signals.removeAll(told);
      return told;
    }

    private List<List<Member>> typing() {
      List<Typing> told =
          signals.stream().filter(Typing.class::isInstance).map(Typing.class::cast).toList();
      signals.removeAll(told);
      return told.stream().map(Typing::who).toList();
    }
  }

  private Told join(Member member) {
    Told told = new Told();
    rooms.room(ROOM).join(member, Start.live(), told);
    strands.runAll();
    return told;
  }

  private void leave(Told session) {
    session.session().leave();
    strands.runAll();
  }

  private void pass(Duration time) {
    strands.advance(time);
    strands.runAll();
  }

  private static Presence only(List<Presence> presences) {
    assertEquals(1, presences.size());
    return presences.get(0);
  }

  @Test
  void othersAreToldAtOnceAndTheNewcomerOnceOnly() {
    Told ann = join(ANN);
    pass(SECOND);
    Told bob = join(BOB);
    Presence change = only(ann.presences());
    assertEquals(List.of(BOB), change.joined());
    assertEquals(2, change.count());
    assertEquals(List.of(ANN, BOB), bob.joined.orElseThrow().members());
    assertEquals(change.version(), bob.joined.orElseThrow().presenceVersion());
    pass(Duration.ofSeconds(20));
    assertEquals(List.of(), ann.presences());
    assertEquals(List.of(), bob.presences());
  }

  @Test
  void aSecondSessionOfAMemberIsNoSecondMember() {
    Told ann = join(ANN);
    pass(SECOND);
    Told again = join(ANN);
    pass(SECOND);
    leave(again);
    pass(Duration.ofSeconds(20));
    assertEquals(List.of(), ann.presences());
    assertEquals(1, again.joined.orElseThrow().memberCount());
  }

  @Test
  void whoIsBackWithinTenSecondsHasNotLeft() {
    Told ann = join(ANN);
    Told bob = join(BOB);
    pass(SECOND);
    ann.presences();
    leave(bob);
    pass(Duration.ofMillis(9_500));
    Told back = join(BOB);
    assertEquals(2, back.joined.orElseThrow().memberCount());
    pass(Duration.ofSeconds(20));
    assertEquals(List.of(), ann.presences());
  }

  @Test
  void whoStaysAwayHasLeft() {
    Told ann = join(ANN);
    Told bob = join(BOB);
    pass(SECOND);
    ann.presences();
    leave(bob);
    pass(Duration.ofSeconds(10));
    assertEquals(List.of(), ann.presences());
    pass(SECOND);
    Presence change = only(ann.presences());
    assertEquals(List.of(BOB), change.left());
    assertEquals(1, change.count());
    assertEquals(List.of(ANN), join(ANN).joined.orElseThrow().members());
  }

  @Test
  void whatFollowsWithinASecondIsToldTogether() {
    Told ann = join(ANN);
    pass(SECOND.multipliedBy(2));
    join(BOB);
    join(CAT);
    join(Member.anonymous());
    assertEquals(List.of(BOB), only(ann.presences()).joined());
    pass(SECOND);
    Presence later = only(ann.presences());
    assertEquals(2, later.joined().size());
    assertEquals(4, later.count());
  }

  @Test
  void aCrowdIsCountedAndNamedAgainOnceItIsSmall() {
    Told ann = join(ANN);
    List<Told> crowd = new ArrayList<>();
    for (int i = 0; i < Joined.MAX_MEMBERS; i++) {
      crowd.add(join(Member.anonymous()));
    }
    pass(SECOND);
    ann.presences();
    Told late = join(Member.anonymous());
    pass(SECOND);
    Presence large = only(ann.presences());
    assertEquals(List.of(), large.joined());
    assertEquals(Optional.empty(), large.whole());
    assertEquals(Joined.MAX_MEMBERS + 2, large.count());
    assertEquals(List.of(), late.joined.orElseThrow().members());
    crowd.forEach(this::leave);
    pass(Duration.ofSeconds(12));
    List<Presence> after = ann.presences();
    assertEquals(2, after.get(after.size() - 1).whole().orElseThrow().size());
  }

  @Test
  void whoWasTooSlowForAChangeIsToldTheWhole() {
    Told ann = join(ANN);
    pass(SECOND);
    ann.full = true;
    join(BOB);
    pass(SECOND);
    join(CAT);
    pass(SECOND);
    assertEquals(List.of(), ann.presences());
    ann.full = false;
    ann.session().ready();
    strands.runAll();
    assertEquals(List.of(ANN, BOB, CAT), only(ann.presences()).whole().orElseThrow());
    ann.session().ready();
    strands.runAll();
    assertEquals(List.of(), ann.presences());
  }

  @Test
  void whoWasBehindIsToldTheWholeOnceItIsLevel() {
    Told ann = join(ANN);
    pass(SECOND);
    ann.full = true;
    rooms.room(ROOM).publish(BOB, Draft.text("x"));
    strands.runAll();
    join(BOB);
    pass(SECOND);
    ann.full = false;
    ann.session().ready();
    strands.runAll();
    assertEquals(List.of("Bob"), ann.texts);
    assertEquals(List.of(ANN, BOB), only(ann.presences()).whole().orElseThrow());
  }

  @Test
  void aNewNameIsToldAndBornByWhatFollows() {
    Told ann = join(ANN);
    Told bob = join(BOB);
    pass(SECOND);
    ann.presences();
    Member robert = BOB.named("Robert");
    assertEquals(robert, renamed(bob, "Robert"));
    assertEquals(robert, bob.session().member());
    bob.session().publish(Draft.text("x"));
    strands.runAll();
    assertEquals(List.of("Robert"), ann.texts);
    pass(SECOND);
    Presence change = only(ann.presences());
    assertEquals(List.of(robert), change.joined());
    assertEquals(2, change.count());
    var members = rooms.room(ROOM).members().toCompletableFuture();
    strands.runAll();
    assertEquals(List.of(ANN, robert), members.join());
  }

  private Member renamed(Told session, String name) {
    var answer = session.session().rename(name).toCompletableFuture();
    strands.runAll();
    return answer.join();
  }

  @Test
  void whoIsCalledSomethingElseAndLeavesAtOnceIsToldAsGone() {
    Told ann = join(ANN);
    Member passing = Member.anonymous().named("Bob");
    Told bob = join(passing);
    pass(Duration.ofSeconds(2));
    // Of two changes within a second the first is told at once, and the rest together.
    join(BOB);
    ann.presences();
    bob.session().rename("Rob");
    leave(bob);
    pass(Duration.ofSeconds(1));
    List<Presence> told = ann.presences();
    assertEquals(1, told.size());
    assertEquals(List.of(), told.get(0).joined());
    assertEquals(passing.identity(), told.get(0).left().get(0).identity());
  }

  @Test
  void theNameThatIsShownIsThatOfASessionThatIsThere() {
    Told ann = join(ANN);
    join(BOB);
    Told other = join(BOB.named("Robert"));
    pass(SECOND.multipliedBy(2));
    ann.presences();
    leave(other);
    pass(SECOND);
    Presence change = only(ann.presences());
    assertEquals(List.of(BOB), change.joined());
    assertEquals(List.of(), change.left());
    var members = rooms.room(ROOM).members().toCompletableFuture();
    strands.runAll();
    assertEquals(List.of(ANN, BOB), members.join());
  }

  @Test
  void aNameMayBeRefused() {
    Told bob = join(BOB);
    forbidden = Optional.of("Admin");
    CompletionException e = assertThrows(CompletionException.class, () -> renamed(bob, "Admin"));
    assertEquals(Reason.FORBIDDEN, assertInstanceOf(RefusedException.class, e.getCause()).reason());
    assertEquals(BOB, bob.session().member());
    assertThrows(IllegalArgumentException.class, () -> bob.session().rename(" "));
    leave(bob);
    CompletionException gone = assertThrows(CompletionException.class, () -> renamed(bob, "B"));
    assertEquals(Reason.CLOSED, assertInstanceOf(RefusedException.class, gone.getCause()).reason());
  }

  @Test
  void typingIsToldAndEndsWithTimeWordOrLeave() {
    Told ann = join(ANN);
    Told bob = join(BOB);
    pass(SECOND.multipliedBy(2));
    bob.session().typing(true);
    strands.runAll();
    assertEquals(List.of(List.of(BOB)), ann.typing());
    pass(Duration.ofSeconds(5));
    bob.session().typing(true);
    pass(Duration.ofSeconds(5));
    assertEquals(List.of(), ann.typing());
    pass(Duration.ofSeconds(3));
    assertEquals(List.of(List.of()), ann.typing());

    pass(SECOND.multipliedBy(2));
    bob.session().typing(true);
    strands.runAll();
    bob.session().typing(false);
    pass(SECOND);
    assertEquals(List.of(List.of(BOB), List.of()), ann.typing());

    pass(SECOND.multipliedBy(2));
    bob.session().typing(true);
    strands.runAll();
    leave(bob);
    pass(SECOND);
    assertEquals(List.of(List.of(BOB), List.of()), ann.typing());
    bob.session().typing(true);
    pass(SECOND);
    assertEquals(List.of(), ann.typing());
  }

  @Test
  void aChangeOnTopOfOneThatWasMissedIsToldWithTheWhole() {
    Told ann = join(ANN);
    pass(SECOND.multipliedBy(2));
    ann.full = true;
    join(BOB);
    ann.full = false;
    pass(SECOND);
    join(CAT);
    pass(SECOND);
    assertEquals(List.of(), ann.presences());
    ann.session().ready();
    strands.runAll();
    assertEquals(List.of(ANN, BOB, CAT), only(ann.presences()).whole().orElseThrow());
  }

  @Test
  void theEndOfTypingIsToldWhenThereIsRoomForIt() {
    Told ann = join(ANN);
    Told bob = join(BOB);
    pass(SECOND.multipliedBy(2));
    bob.session().typing(true);
    strands.runAll();
    ann.full = true;
    bob.session().typing(false);
    pass(SECOND);
    assertEquals(List.of(List.of(BOB)), ann.typing());
    ann.full = false;
    ann.session().ready();
    strands.runAll();
    assertEquals(List.of(List.of()), ann.typing());
  }

  @Test
  void aNewcomerIsToldWhoTypes() {
    Told bob = join(BOB);
    pass(SECOND.multipliedBy(2));
    bob.session().typing(true);
    pass(SECOND);
    assertEquals(List.of(List.of(BOB)), join(ANN).typing());
  }

  @Test
  void whatIsPublishedRightBehindARenameBearsTheNewName() {
    Told ann = join(ANN);
    Told bob = join(BOB);
    bob.session().rename("Robert");
    bob.session().publish(Draft.text("x"));
    strands.runAll();
    assertEquals(List.of("Robert"), ann.texts);
  }

  @Test
  void aSessionWithoutANameTakesNoneAway() {
    Told ann = join(ANN);
    pass(SECOND.multipliedBy(2));
    join(new Member(ANN.identity(), Optional.empty()));
    pass(SECOND);
    assertEquals(List.of(), ann.presences());
    assertEquals(List.of(ANN, BOB), join(BOB).joined.orElseThrow().members());
  }

  @Test
  void whoCannotComeBackHasLeftAtOnce() {
    Told ann = join(ANN);
    Told stranger = join(Member.anonymous());
    pass(SECOND.multipliedBy(2));
    ann.presences();
    leave(stranger);
    assertEquals(List.of(stranger.session().member()), only(ann.presences()).left());
  }

  @Test
  void aQuietRoomNeedsNoTimer() {
    join(ANN);
    pass(Duration.ofSeconds(5));
    assertEquals(0, strands.delayed());
  }
}
