package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.durablechat.core.Content.Kind;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.core.Ruling.Action;
import io.durablechat.testkit.FaultyBroadcaster;
import io.durablechat.testkit.FaultyBroadcaster.Call;
import io.durablechat.testkit.FaultyBroadcaster.Fault;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.RecordingOutbox;
import io.durablechat.testkit.SteppedExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What those who moderate decide, as rooms and their sessions see it. */
final class ModerationTest {
  private static final RoomName HERE = RoomName.of("here");
  private static final RoomName THERE = RoomName.of("there");
  private static final Optional<RoomName> EVERYWHERE = Optional.empty();
  private static final Member MOD = new Member("user:mod", Optional.of("Mod"));
  private static final Member ANN = Member.guest("ann-0123456789abcdefghij").named("Ann");
  private static final Member BOB = Member.guest("bob-0123456789abcdefghij").named("Bob");
  private static final SessionAttributes MODERATES = new SessionAttributes(true, Optional.empty());

  private final SteppedExecutor strands = new SteppedExecutor();
  private final ManualClock clock = new ManualClock();
  private final MemoryMessageLog log = MemoryMessageLog.of(clock, 5000, Long.MAX_VALUE);
  private Broadcaster broadcaster;
  private Moderation moderation;
  private RoomDirectory directory;

  ModerationTest() {
    restart();
  }

  /** A new process on the same log. */
  private void restart() {
    broadcaster = LocalBroadcaster.inMemory(log);
    moderation = Moderation.open(broadcaster, clock).toCompletableFuture().join();
    directory =
        RoomDirectory.on(broadcaster).executors(strands, strands).moderation(moderation).open();
  }

  private void settle() {
    strands.runAll();
  }

  private RecordingOutbox join(RoomName room, Member member, SessionAttributes attributes) {
    RecordingOutbox outbox = new RecordingOutbox();
    directory.room(room).join(member, attributes, Start.live(), outbox);
    settle();
    return outbox;
  }

  private RecordingOutbox join(RoomName room, Member member) {
    return join(room, member, SessionAttributes.NONE);
  }

  private Receipt rule(Ruling ruling) {
    CompletableFuture<Receipt> kept = moderation.rule(MOD, ruling).toCompletableFuture();
    settle();
    return kept.join();
  }

  private CompletionStage<Receipt> publish(RecordingOutbox who, String text) {
    CompletionStage<Receipt> receipt = who.joined().session().publish(Draft.text(text));
    settle();
    return receipt;
  }

  private static RefusedException refusal(CompletionStage<?> stage) {
    CompletionException e =
        assertThrows(CompletionException.class, stage.toCompletableFuture()::join);
    return assertInstanceOf(RefusedException.class, e.getCause());
  }

  private void assertRefused(Reason reason, RecordingOutbox who) {
    assertEquals(reason, refusal(publish(who, "no")).reason());
  }

  private void assertPublishes(RecordingOutbox who) {
    publish(who, "yes").toCompletableFuture().join();
  }

  private static Optional<CloseReason> banned() {
    return Optional.of(CloseReason.BANNED);
  }

  @Test
  void aDeletedMessageIsBlankAndEverybodyIsTold() {
    RecordingOutbox bob = join(HERE, BOB);
    long sequence = publish(bob, "rude").toCompletableFuture().join().sequence();

    rule(Ruling.delete(HERE, sequence).because("rude"));

    Entry told = bob.entries().get(1);
    assertEquals(Kind.DELETE, told.content().kind());
    assertEquals(sequence, told.content().refersTo().orElseThrow());
    assertEquals(MOD, told.author());
    RecordingOutbox ann = new RecordingOutbox();
    directory.room(HERE).join(ANN, Start.history(10), ann);
    settle();
    assertEquals(List.of(told.draft()), ann.entries().stream().map(Entry::draft).toList());
    Entry blank = directory.room(HERE).history(Range.last(2)).join().entries().get(0);
    assertEquals(Kind.DELETED, blank.content().kind());
    assertEquals("", blank.draft().body().text());
    assertEquals(
        Reason.NOT_FOUND,
        refusal(moderation.rule(MOD, Ruling.delete(HERE, sequence))).reason(),
        "not twice");
  }

  @Test
  void whatIsDeletedIsAccountedForWhateverFails() {
    publish(join(HERE, BOB), "rude").toCompletableFuture().join();
    FaultyBroadcaster faulty = FaultyBroadcaster.on(broadcaster);
    Moderation failing = Moderation.open(faulty, clock).toCompletableFuture().join();
    Ruling deletion = Ruling.delete(HERE, 1);

    faulty.refuseDrafts(draft -> draft.content().kind() == Kind.RULING);
    assertEquals(Reason.STORAGE, refusal(failing.rule(MOD, deletion)).reason());
    assertEquals(Kind.MESSAGE, kindOfFirst(), "not deleted without account");
    faulty.refuseDrafts(draft -> draft.content().kind() == Kind.DELETE);
    assertEquals(Reason.STORAGE, refusal(failing.rule(MOD, deletion)).reason());
    assertEquals(Kind.MESSAGE, kindOfFirst());
    faulty.clearFaults();
    failing.rule(MOD, deletion).toCompletableFuture().join();
    assertEquals(Kind.DELETED, kindOfFirst());
    assertEquals(2, trail().size(), "the attempt, and what was done");

    assertEquals(Reason.NOT_FOUND, refusal(failing.rule(MOD, Ruling.delete(HERE, 2))).reason());
    assertEquals(Reason.NOT_FOUND, refusal(failing.rule(MOD, Ruling.delete(HERE, 9))).reason());
    assertEquals(2, trail().size(), "what was never there leaves no account");
  }

  private Kind kindOfFirst() {
    Page page = broadcaster.read(HERE, Range.after(0, 1)).toCompletableFuture().join();
    return page.entries().get(0).content().kind();
  }

  private List<Decided> trail() {
    return moderation.trail(Range.after(0, 100)).toCompletableFuture().join();
  }

  @Test
  void whoIsMutedReadsOnUntilItIsOver() {
    RecordingOutbox ann = join(HERE, ANN);
    RecordingOutbox bob = join(HERE, BOB);
    rule(
        Ruling.of(Action.MUTE, Optional.of(HERE), BOB.identity())
            .until(clock.instant().plusSeconds(60)));

    RefusedException refused = refusal(publish(bob, "no"));
    assertEquals(Reason.MUTED, refused.reason());
    assertEquals(Optional.of(Duration.ofSeconds(60)), refused.retryAfter());
    clock.move(Duration.ofNanos(1_000_001));
    assertEquals(
        Optional.of(Duration.ofMillis(59_999)),
        refusal(publish(bob, "no")).retryAfter(),
        "not too early");
    assertRefused(Reason.MUTED, join(HERE, BOB));
    assertPublishes(ann);
    assertEquals(List.of("yes"), bob.texts());
    assertPublishes(join(THERE, BOB));

    clock.move(Duration.ofSeconds(60));
    assertPublishes(bob);
    assertEquals(List.of(), moderation.sanctions(Optional.of(HERE)));
  }

  private Receipt sent(String text, String id) {
    CompletionStage<Receipt> receipt =
        directory.room(HERE).publish(BOB, Draft.text(text).withId(id));
    settle();
    return receipt.toCompletableFuture().join();
  }

  private RefusedException refusedWhenSent(Draft draft) {
    CompletionStage<Receipt> receipt = directory.room(HERE).publish(BOB, draft);
    settle();
    return refusal(receipt);
  }

  /**
   * What comes between a message and its retry: what is decided, and as what others are refused.
   */
  private static Stream<Arguments> whatComesBetween() {
    Optional<RoomName> here = Optional.of(HERE);
    return Stream.of(
        arguments(Ruling.of(Action.MUTE, here, BOB.identity()), Reason.MUTED),
        arguments(Ruling.of(Action.BAN, here, BOB.identity()), Reason.BANNED),
        arguments(Ruling.of(Action.LOCK, HERE), Reason.LOCKED),
        arguments(Ruling.slow(HERE, Duration.ofHours(1)), Reason.SLOW_MODE));
  }

  @ParameterizedTest
  @MethodSource("whatComesBetween")
  void aRetryOfWhatWasKeptGetsItsFirstSequenceWhateverCameBetween(Ruling ruling, Reason reason) {
    Receipt first = sent("before", "1");
    rule(ruling);
    if (reason == Reason.SLOW_MODE) {
      sent("now wait", "2");
    }

    assertEquals(new Receipt(first.sequence(), true), sent("before", "1"));
    assertEquals(Reason.CONFLICT, refusedWhenSent(Draft.text("other").withId("1")).reason());
    assertEquals(reason, refusedWhenSent(Draft.text("new").withId("3")).reason());
    assertEquals(reason, refusedWhenSent(Draft.text("before")).reason(), "without its id");
  }

  @Test
  void aRetryOfWhatWasKeptIsNotThePolicysToRefuse() {
    sent("said", "1");
    RoomPolicy silence =
        new RoomPolicy() {
          @Override
          public Draft review(RoomName room, Member author, Draft draft) {
            throw RefusedException.of(Reason.FORBIDDEN, "silence");
          }
        };
    directory = RoomDirectory.on(broadcaster).executors(strands, strands).policy(silence).open();
    assertEquals(new Receipt(1, true), sent("said", "1"));
    assertEquals(Reason.FORBIDDEN, refusedWhenSent(Draft.text("said").withId("2")).reason());
  }

  @Test
  void whatWasKeptIsLookedForOnlyWhereSomethingIsRefused() {
    FaultyBroadcaster faulty = FaultyBroadcaster.on(broadcaster);
    directory = RoomDirectory.on(faulty).executors(strands, strands).moderation(moderation).open();
    for (int i = 0; i < 4; i++) {
      sent("said", "1");
      sent("new " + i, "new " + i);
    }
    assertEquals(0, faulty.calls(Call.EARLIER));

    rule(Ruling.of(Action.MUTE, EVERYWHERE, BOB.identity()));
    assertEquals(Reason.MUTED, refusedWhenSent(Draft.text("no id")).reason());
    assertEquals(0, faulty.calls(Call.EARLIER));
    sent("said", "1");
    assertEquals(1, faulty.calls(Call.EARLIER));

    faulty.inject(Fault.REFUSED, Call.READ, Call.LOCATE, Call.EARLIER);
    assertEquals(
        Reason.STORAGE,
        refusedWhenSent(Draft.text("said").withId("1")).reason(),
        "it may have been kept: to be tried again");
  }

  @Test
  void aMuteWithoutEndIsLifted() {
    RecordingOutbox bob = join(HERE, BOB);
    rule(Ruling.of(Action.MUTE, EVERYWHERE, BOB.identity()));
    RefusedException refused = refusal(publish(bob, "no"));
    assertEquals(Optional.empty(), refused.retryAfter());
    assertRefused(Reason.MUTED, join(THERE, BOB));
    rule(Ruling.of(Action.UNMUTE, EVERYWHERE, BOB.identity()));
    assertPublishes(bob);
  }

  @Test
  void whatDoesNotHoldIsNotEnded() {
    assertNothingToEnd(
        "user:mod is not banned in all rooms", Ruling.of(Action.UNBAN, EVERYWHERE, MOD.identity()));
    rule(Ruling.of(Action.MUTE, EVERYWHERE, "user:bob"));
    assertNothingToEnd(
        "user:bob is not muted in room here",
        Ruling.of(Action.UNMUTE, Optional.of(HERE), "user:bob"));
    rule(Ruling.of(Action.UNMUTE, EVERYWHERE, "user:bob"));
    assertNothingToEnd(
        "user:bob is not muted in all rooms", Ruling.of(Action.UNMUTE, EVERYWHERE, "user:bob"));
    assertNothingToEnd("there is no invite 9 in room here", Ruling.revoke(HERE, 9));
    assertEquals(2, trail().size());
  }

  private void assertNothingToEnd(String message, Ruling ruling) {
    RefusedException refused = refusal(moderation.rule(MOD, ruling));
    assertEquals(Reason.NOT_FOUND, refused.reason());
    assertEquals(message, refused.getMessage());
  }

  @Test
  void whoIsKickedGoesAndMayComeBack() {
    RecordingOutbox bob = join(HERE, BOB);
    RecordingOutbox again = join(HERE, BOB);
    RecordingOutbox there = join(THERE, BOB);
    RecordingOutbox ann = join(HERE, ANN);
    rule(Ruling.of(Action.KICK, Optional.of(HERE), BOB.identity()));
    assertEquals(Optional.of(CloseReason.KICKED), bob.closed());
    assertEquals(Optional.of(CloseReason.KICKED), again.closed());
    assertEquals(Optional.empty(), there.closed());
    assertEquals(Optional.empty(), ann.closed());
    assertPublishes(join(HERE, BOB));
  }

  @Test
  void whoIsBannedGoesAndNeitherComesBackNorPublishes() {
    RecordingOutbox bob = join(HERE, BOB);
    rule(
        Ruling.of(Action.BAN, Optional.of(HERE), BOB.identity())
            .until(clock.instant().plusSeconds(60)));
    assertEquals(banned(), bob.closed());
    assertEquals(banned(), join(HERE, BOB).closed());
    CompletionStage<Receipt> posted = directory.room(HERE).publish(BOB, Draft.text("no"));
    settle();
    assertEquals(Reason.BANNED, refusal(posted).reason());
    assertPublishes(join(THERE, BOB));

    clock.move(Duration.ofSeconds(60));
    assertPublishes(join(HERE, BOB));
  }

  @Test
  void aBanBySourceHoldsForWhoeverComesFromThere() {
    SessionAttributes home = new SessionAttributes(false, Optional.of("home"));
    Member anonymous = Member.anonymous();
    RecordingOutbox first = join(HERE, anonymous, home);
    CompletableFuture<Set<String>> addressHashes =
        directory.room(HERE).addressHashes(anonymous.identity()).toCompletableFuture();
    settle();
    assertEquals(Set.of("home"), addressHashes.join());

    rule(Ruling.of(Action.BAN, EVERYWHERE, anonymous.identity()).from(addressHashes.join()));
    assertEquals(banned(), first.closed());
    assertEquals(banned(), join(THERE, Member.anonymous(), home).closed());
    assertPublishes(join(HERE, ANN, new SessionAttributes(false, Optional.of("elsewhere"))));

    rule(Ruling.of(Action.UNBAN, EVERYWHERE, anonymous.identity()));
    assertPublishes(join(THERE, Member.anonymous(), home));
  }

  @Test
  void aLaterBanKeepsTheSourcesOfAnEarlierOneAndIsLiftedWithThem() {
    SessionAttributes home = new SessionAttributes(false, Optional.of("home"));
    Ruling ban = Ruling.of(Action.BAN, EVERYWHERE, BOB.identity());
    rule(ban.from(Set.of("home")));
    rule(ban.until(clock.instant().plusSeconds(60)));
    assertEquals(banned(), join(HERE, ANN, home).closed());
    assertEquals(1, moderation.sanctions(EVERYWHERE).size());

    restart();
    assertEquals(banned(), join(HERE, ANN, home).closed());
    rule(Ruling.of(Action.UNBAN, EVERYWHERE, BOB.identity()));
    assertEquals(List.of(), moderation.sanctions(EVERYWHERE));
    assertPublishes(join(HERE, ANN, home));
    assertPublishes(join(HERE, BOB));
  }

  @Test
  void aBanOutlastsAClockThatIsAheadForAWhile() {
    rule(
        Ruling.of(Action.BAN, EVERYWHERE, BOB.identity())
            .until(clock.instant().plus(Duration.ofDays(1))));
    clock.jump(Duration.ofDays(365));
    assertEquals(banned(), join(HERE, BOB).closed());
    assertEquals(1, moderation.sanctions(EVERYWHERE).size());
    clock.jump(Duration.ofDays(-365));
    assertEquals(banned(), join(HERE, BOB).closed());
    clock.move(Duration.ofDays(1));
    assertPublishes(join(HERE, BOB));
  }

  @Test
  void anInviteIsNotGoodWhileTheClockIsPastItsEndAndIsAgainAfterwards() {
    long invite =
        rule(Ruling.invite(HERE, OptionalInt.empty())
                .until(clock.instant().plus(Duration.ofDays(1))))
            .sequence();
    clock.jump(Duration.ofDays(365));
    assertEquals(List.of(), moderation.invitesTo(HERE));
    assertEquals(Optional.of(Reason.FORBIDDEN), refusedAt(invite, ANN));
    clock.jump(Duration.ofDays(-365));
    assertEquals(1, moderation.invitesTo(HERE).size());
    assertEquals(Optional.empty(), refusedAt(invite, ANN));
  }

  @Test
  void whatHasEndedLeavesALaterBanNoSources() {
    SessionAttributes home = new SessionAttributes(false, Optional.of("home"));
    Ruling ban = Ruling.of(Action.BAN, EVERYWHERE, BOB.identity());
    rule(ban.from(Set.of("home")).until(clock.instant().plusSeconds(60)));
    clock.move(Duration.ofSeconds(60));
    rule(ban);
    assertPublishes(join(HERE, ANN, home));
    restart();
    assertPublishes(join(HERE, ANN, home));
    assertEquals(banned(), join(HERE, BOB).closed());
  }

  @Test
  void ofASourceTheBansOfSeveralHold() {
    SessionAttributes home = new SessionAttributes(false, Optional.of("home"));
    Ruling ofBob = Ruling.of(Action.BAN, EVERYWHERE, BOB.identity()).from(Set.of("home"));
    Ruling ofAnn = Ruling.of(Action.BAN, EVERYWHERE, ANN.identity()).from(Set.of("home"));
    rule(ofBob);
    rule(ofAnn.until(clock.instant().plusSeconds(60)));
    clock.move(Duration.ofSeconds(60));
    assertEquals(banned(), join(HERE, Member.anonymous(), home).closed(), "for good");

    rule(ofAnn);
    rule(Ruling.of(Action.UNBAN, EVERYWHERE, ANN.identity()));
    assertEquals(banned(), join(HERE, Member.anonymous(), home).closed(), "Bob's still holds");
    rule(Ruling.of(Action.UNBAN, EVERYWHERE, BOB.identity()));
    assertPublishes(join(HERE, Member.anonymous(), home));
  }

  @Test
  void whoModeratesIsNotBannedByTheSourceOfAnother() {
    Optional<String> home = Optional.of("home");
    RecordingOutbox mod = join(HERE, MOD, new SessionAttributes(true, home));
    RecordingOutbox bob = join(HERE, BOB, new SessionAttributes(false, home));
    rule(Ruling.of(Action.KICK, Optional.of(HERE), BOB.identity()).from(Set.of("home")));
    rule(Ruling.of(Action.BAN, Optional.of(HERE), BOB.identity()).from(Set.of("home")));
    assertEquals(Optional.of(CloseReason.KICKED), bob.closed());
    assertEquals(banned(), join(HERE, ANN, new SessionAttributes(false, home)).closed());
    assertPublishes(mod);
    assertPublishes(join(HERE, MOD, new SessionAttributes(true, home)));
    rule(Ruling.of(Action.BAN, Optional.of(HERE), MOD.identity()));
    assertEquals(banned(), mod.closed(), "by name");
  }

  @Test
  void aDirectoryThatIsClosedHearsOfNoRulings() {
    join(HERE, BOB);
    directory.close();
    settle();
    moderation.rule(MOD, Ruling.of(Action.LOCK, HERE)).toCompletableFuture().join();
    assertEquals(0, strands.waiting());
  }

  @Test
  void whatIsPushedOfAClientHoldsForTheDraftThatFollows() {
    SessionAttributes home = new SessionAttributes(false, Optional.of("home"));
    rule(Ruling.of(Action.MUTE, EVERYWHERE, BOB.identity()).from(Set.of("home")));
    RecordingOutbox ann = join(HERE, ANN);
    assertPublishes(ann);
    Session session = ann.joined().session();

    // Handed in at once, before the room gets to any of it.
    session.attributes(home);
    CompletionStage<Receipt> fromHome = session.publish(Draft.text("no"));
    settle();
    assertEquals(Reason.MUTED, refusal(fromHome).reason());

    session.attributes(new SessionAttributes(true, Optional.of("home")));
    assertPublishes(ann);
    session.attributes(SessionAttributes.NONE);
    assertPublishes(ann);
    assertEquals(List.of("yes", "yes", "yes"), ann.texts());
  }

  @Test
  void whatIsPushedOfAClientCountsInALockedRoomAndInASlowOne() {
    rule(Ruling.of(Action.LOCK, HERE));
    RecordingOutbox ann = join(HERE, ANN);
    assertRefused(Reason.LOCKED, ann);
    ann.joined().session().attributes(MODERATES);
    assertPublishes(ann);

    rule(Ruling.slow(HERE, Duration.ofSeconds(5)));
    rule(Ruling.of(Action.UNLOCK, HERE));
    assertPublishes(ann);
    assertPublishes(ann);
    ann.joined().session().attributes(SessionAttributes.NONE);
    assertPublishes(ann);
    assertRefused(Reason.SLOW_MODE, ann);
  }

  @Test
  void whatIsPushedBeforeTheRoomLetsSomebodyInDecidesWhetherItDoes() {
    rule(Ruling.of(Action.BAN, EVERYWHERE, BOB.identity()).from(Set.of("home")));
    RecordingOutbox ann = new RecordingOutbox();
    Session session = directory.room(HERE).join(ANN, Start.live(), ann);
    session.attributes(new SessionAttributes(false, Optional.of("home")));
    settle();
    assertEquals(banned(), ann.closed());
  }

  @Test
  void aBanByAddressEndsASessionByWhatWasPushedLast() {
    RecordingOutbox ann = join(HERE, ANN, new SessionAttributes(false, Optional.of("home")));
    ann.joined().session().attributes(new SessionAttributes(false, Optional.of("work")));
    rule(Ruling.of(Action.BAN, EVERYWHERE, BOB.identity()).from(Set.of("home")));
    assertEquals(Optional.empty(), ann.closed());
    rule(Ruling.of(Action.BAN, EVERYWHERE, BOB.identity()).from(Set.of("work")));
    assertEquals(banned(), ann.closed());
  }

  @Test
  void inALockedRoomOnlyThoseWhoModeratePublish() {
    RecordingOutbox ann = join(HERE, ANN);
    RecordingOutbox mod = join(HERE, MOD, MODERATES);
    rule(Ruling.of(Action.LOCK, HERE));
    assertRefused(Reason.LOCKED, ann);
    assertPublishes(mod);
    assertTrue(join(HERE, BOB).joined().mode().isLocked());
    assertPublishes(join(THERE, ANN));
    rule(Ruling.of(Action.UNLOCK, HERE));
    assertPublishes(ann);
    assertEquals(
        List.of("joined", "live 0", "locked, slow 0", "batch", "slow 0", "batch"), ann.events());
  }

  @Test
  void inASlowRoomMembersWaitBetweenMessages() {
    RecordingOutbox ann = join(HERE, ANN);
    RecordingOutbox bob = join(HERE, BOB);
    RecordingOutbox mod = join(HERE, MOD, MODERATES);
    rule(Ruling.slow(HERE, Duration.ofSeconds(10)));
    assertPublishes(ann);
    clock.move(Duration.ofSeconds(4));
    RefusedException refused = refusal(publish(ann, "no"));
    assertEquals(Reason.SLOW_MODE, refused.reason());
    assertEquals(Optional.of(Duration.ofSeconds(6)), refused.retryAfter());
    assertRefused(Reason.SLOW_MODE, join(HERE, ANN));
    assertPublishes(bob);
    assertPublishes(mod);
    assertPublishes(mod);
    clock.move(Duration.ofSeconds(6));
    assertPublishes(ann);
    rule(Ruling.slow(HERE, Duration.ZERO));
    assertPublishes(ann);
  }

  @Test
  void aClockThatIsSetMakesNobodyWaitLongerOrShorter() {
    RecordingOutbox ann = join(HERE, ANN);
    rule(Ruling.slow(HERE, Duration.ofSeconds(10)));
    assertPublishes(ann);
    clock.jump(Duration.ofHours(1));
    assertRefused(Reason.SLOW_MODE, ann);
    clock.jump(Duration.ofHours(-2));
    clock.move(Duration.ofSeconds(10));
    assertPublishes(ann);
  }

  @Test
  void whatWasNotKeptCostsNoWait() {
    RecordingOutbox ann = join(HERE, ANN);
    rule(Ruling.slow(HERE, Duration.ofSeconds(10)));
    publishAs(ann, "one").toCompletableFuture().join();
    clock.move(Duration.ofSeconds(10));
    assertEquals(Reason.CONFLICT, refusal(publishAs(ann, "another")).reason());
    assertPublishes(ann);
    assertRefused(Reason.SLOW_MODE, ann);
  }

  private CompletionStage<Receipt> publishAs(RecordingOutbox who, String text) {
    CompletionStage<Receipt> receipt =
        who.joined().session().publish(Draft.text(text).withId("id"));
    settle();
    return receipt;
  }

  @Test
  void aRetryCostsNoWait() {
    RecordingOutbox ann = join(HERE, ANN);
    rule(Ruling.slow(HERE, Duration.ofSeconds(10)));
    long kept = publishAs(ann, "one").toCompletableFuture().join().sequence();
    assertEquals(
        new Receipt(kept, true), publishAs(ann, "one").toCompletableFuture().join(), "at once");
    clock.move(Duration.ofSeconds(10));
    assertEquals(new Receipt(kept, true), publishAs(ann, "one").toCompletableFuture().join());
    assertPublishes(ann);
    assertRefused(Reason.SLOW_MODE, ann);
  }

  @Test
  void aRoomThatWasAsleepKnowsWhoWaits() {
    rule(Ruling.slow(HERE, Duration.ofHours(1)));
    CompletionStage<Receipt> first = directory.room(HERE).publish(ANN, Draft.text("one"));
    settle();
    first.toCompletableFuture().join();
    strands.advance(Duration.ofMinutes(2));
    settle();
    assertEquals(List.of(), directory.awake());
    CompletionStage<Receipt> second = directory.room(HERE).publish(ANN, Draft.text("two"));
    settle();
    assertEquals(Reason.SLOW_MODE, refusal(second).reason());
  }

  @Test
  void whoMayNotPublishSaysNothingByNameEither() {
    RecordingOutbox ann = join(HERE, ANN);
    RecordingOutbox bob = join(HERE, BOB);
    rule(Ruling.of(Action.MUTE, Optional.of(HERE), BOB.identity()));
    CompletionStage<Member> renamed = bob.joined().session().rename("read this");
    bob.joined().session().typing(true);
    settle();
    assertEquals(Reason.MUTED, refusal(renamed).reason());
    strands.advance(Duration.ofSeconds(2));
    settle();
    assertTrue(ann.signals().stream().noneMatch(Typing.class::isInstance));
    assertTrue(
        bobs(ann).stream().allMatch(member -> member.name().equals(BOB.name())),
        () -> bobs(ann).toString());
    rule(Ruling.of(Action.UNMUTE, Optional.of(HERE), BOB.identity()));
    CompletionStage<Member> again = bob.joined().session().rename("Rob");
    settle();
    assertEquals(Optional.of("Rob"), again.toCompletableFuture().join().name());
    strands.advance(Duration.ofSeconds(2));
    settle();
    assertTrue(bobs(ann).stream().anyMatch(m -> m.name().equals(Optional.of("Rob"))));
  }

  /** What somebody was told that Bob is called. */
  private static List<Member> bobs(RecordingOutbox told) {
    return told.signals().stream()
        .filter(Presence.class::isInstance)
        .flatMap(presence -> ((Presence) presence).joined().stream())
        .filter(member -> member.identity().equals(BOB.identity()))
        .toList();
  }

  @Test
  void whoIsNewEachTimeIsSlowedDownByWhereTheyComeFrom() {
    SessionAttributes home = new SessionAttributes(false, Optional.of("home"));
    rule(Ruling.slow(HERE, Duration.ofSeconds(10)));
    assertPublishes(join(HERE, Member.anonymous(), home));
    assertRefused(Reason.SLOW_MODE, join(HERE, Member.anonymous(), home));
    assertPublishes(join(HERE, Member.anonymous()));
    clock.move(Duration.ofSeconds(10));
    publishAs(join(HERE, Member.anonymous(), home), "one").toCompletableFuture().join();
    // The same id is another message's, if it is somebody else's.
    CompletionStage<Receipt> same = publishAs(join(HERE, Member.anonymous(), home), "two");
    assertEquals(Reason.SLOW_MODE, refusal(same).reason());
  }

  private Optional<Reason> refusedAt(long invite, Member member) {
    return refusedAt(invite, member, SessionAttributes.NONE);
  }

  private Optional<Reason> refusedAt(long invite, Member member, SessionAttributes attributes) {
    CompletableFuture<Void> admitted =
        moderation.admit(HERE, member, attributes, invite).toCompletableFuture();
    settle();
    return admitted.isCompletedExceptionally()
        ? Optional.of(refusal(admitted).reason())
        : Optional.empty();
  }

  @Test
  void anInviteLetsInSoManyAndTheyStay() {
    long invite = rule(Ruling.invite(HERE, OptionalInt.of(2))).sequence();
    assertEquals(1, moderation.invitesTo(HERE).size());
    assertEquals(Optional.empty(), refusedAt(invite, ANN));
    assertEquals(Optional.empty(), refusedAt(invite, ANN), "whoever is in needs no second use");
    assertEquals(Optional.empty(), refusedAt(invite, BOB));
    assertEquals(Optional.of(Reason.FORBIDDEN), refusedAt(invite, MOD));
    assertEquals(List.of(), moderation.invitesTo(HERE));

    restart();
    assertTrue(moderation.isAdmitted(HERE, ANN));
    assertTrue(moderation.isAdmitted(HERE, BOB));
    assertFalse(moderation.isAdmitted(HERE, MOD));
    assertFalse(moderation.isAdmitted(THERE, ANN));
    assertEquals(Optional.of(Reason.FORBIDDEN), refusedAt(invite, MOD));
  }

  @Test
  void whoIsBannedUsesUpNoInvite() {
    long invite = rule(Ruling.invite(HERE, OptionalInt.of(1))).sequence();
    rule(Ruling.of(Action.BAN, EVERYWHERE, BOB.identity()));
    assertEquals(Optional.of(Reason.BANNED), refusedAt(invite, BOB));
    SessionAttributes home = new SessionAttributes(false, Optional.of("home"));
    rule(Ruling.of(Action.BAN, EVERYWHERE, BOB.identity()).from(Set.of("home")));
    Member another = Member.guest("another-key-of-bobs-0123456789");
    assertEquals(Optional.of(Reason.BANNED), refusedAt(invite, another, home));
    assertEquals(Optional.empty(), refusedAt(invite, ANN));
  }

  @Test
  void theLastUseOfAnInviteIsOnePersons() {
    long invite = rule(Ruling.invite(HERE, OptionalInt.of(1))).sequence();
    // Both were told that it is good before either was let in.
    broadcaster.publish(
        Moderation.TRAIL,
        ANN,
        Draft.of(new Content.Ruled(RulingText.write(Ruling.admit(HERE, ANN.identity(), invite)))));
    broadcaster.publish(
        Moderation.TRAIL,
        BOB,
        Draft.of(new Content.Ruled(RulingText.write(Ruling.admit(HERE, BOB.identity(), invite)))));
    assertTrue(moderation.isAdmitted(HERE, ANN));
    assertFalse(moderation.isAdmitted(HERE, BOB));
  }

  @Test
  void anInviteExpiresAndCanBeRevoked() {
    long brief =
        rule(Ruling.invite(HERE, OptionalInt.empty()).until(clock.instant().plusSeconds(60)))
            .sequence();
    long revoked = rule(Ruling.invite(HERE, OptionalInt.empty())).sequence();
    assertEquals(Optional.empty(), refusedAt(revoked, ANN));
    rule(Ruling.revoke(HERE, revoked));
    assertEquals(Optional.of(Reason.FORBIDDEN), refusedAt(revoked, BOB));
    assertTrue(moderation.isAdmitted(HERE, ANN));
    clock.move(Duration.ofSeconds(60));
    assertEquals(Optional.of(Reason.FORBIDDEN), refusedAt(brief, BOB));
    long lasting = rule(Ruling.invite(HERE, OptionalInt.empty())).sequence();
    assertEquals(Optional.of(Reason.FORBIDDEN), refusedAt(lasting, Member.anonymous()));
  }

  @Test
  void whatWasDecidedHoldsAfterARestartAndIsAccountedFor() {
    Ruling ban =
        Ruling.of(Action.BAN, Optional.of(HERE), BOB.identity())
            .from(Set.of("0123", "4567"))
            .until(clock.instant().plusSeconds(600))
            .because("spam, twice");
    rule(ban);
    rule(Ruling.of(Action.MUTE, EVERYWHERE, ANN.identity()));
    rule(Ruling.of(Action.UNMUTE, EVERYWHERE, ANN.identity()));
    rule(Ruling.of(Action.LOCK, THERE));
    rule(Ruling.slow(THERE, Duration.ofMillis(1500)));

    restart();

    assertEquals(banned(), join(HERE, BOB).closed());
    assertPublishes(join(HERE, ANN));
    assertEquals(new RoomMode(true, Duration.ofMillis(1500)), moderation.mode(THERE));
    assertEquals(RoomMode.FREE, moderation.mode(HERE));
    List<Decided> trail = trail();
    assertEquals(5, trail.size());
    assertEquals(new Decided(1, clock.instant(), MOD, ban), trail.get(0));
    assertEquals(List.of(trail.get(0)), moderation.sanctions(Optional.of(HERE)));
  }

  @Test
  void manyRulingsAreAllReadAtTheStart() {
    for (int i = 0; i < 2500; i++) {
      rule(Ruling.of(Action.BAN, EVERYWHERE, "user:" + i));
    }
    restart();
    assertEquals(2500, moderation.sanctions(EVERYWHERE).size());
    assertEquals(banned(), join(HERE, new Member("user:2499", Optional.empty())).closed());
  }

  @Test
  void ofManyFromOnePlaceTheLastToEndHolds() {
    for (int minutes : new int[] {1, 3, 2}) {
      rule(
          Ruling.of(Action.MUTE, EVERYWHERE, "user:" + minutes)
              .from(Set.of("home"))
              .until(clock.instant().plusSeconds(60L * minutes)));
    }
    RecordingOutbox bob = join(HERE, BOB, new SessionAttributes(false, Optional.of("home")));
    assertEquals(Optional.of(Duration.ofMinutes(3)), refusal(publish(bob, "no")).retryAfter());
    clock.move(Duration.ofMinutes(2));
    assertEquals(
        List.of("user:3"),
        moderation.sanctions(EVERYWHERE).stream()
            .map(decided -> decided.ruling().identity().orElseThrow())
            .toList());
    assertEquals(Optional.of(Duration.ofMinutes(1)), refusal(publish(bob, "no")).retryAfter());
    rule(Ruling.of(Action.UNMUTE, EVERYWHERE, "user:3"));
    assertPublishes(bob);
  }

  @Test
  void whatCannotBeReadDoesNotStandInTheWayOfTheRest() {
    broadcaster.publish(Moderation.TRAIL, MOD, Draft.of(new Content.Ruled(Body.text("dance"))));
    broadcaster.publish(
        Moderation.TRAIL, MOD, Draft.of(new Content.Ruled(Body.text("lock\nroom here\nlater on"))));
    restart();
    assertTrue(moderation.mode(HERE).isLocked());
    assertEquals(List.of(2L), trail().stream().map(Decided::sequence).toList());
  }

  @Test
  void ofALogThatWasSetBackHoldsWhatItSays() {
    FaultyBroadcaster faulty = FaultyBroadcaster.on(broadcaster);
    Moderation following = Moderation.open(faulty, clock).toCompletableFuture().join();
    rule(Ruling.of(Action.MUTE, EVERYWHERE, ANN.identity()));
    rule(Ruling.of(Action.LOCK, HERE));
    assertTrue(following.mode(HERE).isLocked());

    Broadcaster other = LocalBroadcaster.inMemory(MemoryMessageLog.of(clock, 10, 10_000));
    Moderation elsewhere = Moderation.open(other, clock).toCompletableFuture().join();
    elsewhere.rule(MOD, Ruling.of(Action.LOCK, THERE)).toCompletableFuture().join();
    faulty.replace(other);
    assertEquals(List.of(), following.sanctions(EVERYWHERE));
    assertFalse(following.mode(HERE).isLocked());
    assertTrue(following.mode(THERE).isLocked());
    elsewhere.rule(MOD, Ruling.of(Action.UNLOCK, THERE)).toCompletableFuture().join();
    assertFalse(following.mode(THERE).isLocked(), "followed on");
  }

  @Test
  void whatCannotBeFollowedIsFollowedAgainBeforeAnythingElseIsDecided() {
    FaultyBroadcaster faulty = FaultyBroadcaster.on(broadcaster);
    Moderation following = Moderation.open(faulty, clock).toCompletableFuture().join();
    following.rule(MOD, Ruling.of(Action.LOCK, HERE)).toCompletableFuture().join();
    Broadcaster other = LocalBroadcaster.inMemory(MemoryMessageLog.of(clock, 10, 10_000));
    Moderation.open(other, clock)
        .thenCompose(elsewhere -> elsewhere.rule(MOD, Ruling.of(Action.LOCK, THERE)))
        .toCompletableFuture()
        .join();
    faulty.inject(Fault.REFUSED, Call.READ, Call.LOCATE, Call.EARLIER);
    faulty.replace(other);
    assertTrue(following.mode(HERE).isLocked(), "what held holds on");
    Ruling ban = Ruling.of(Action.BAN, EVERYWHERE, BOB.identity());
    assertEquals(Reason.STORAGE, refusal(following.rule(MOD, ban)).reason());

    faulty.clearFaults();
    following.rule(MOD, ban).toCompletableFuture().join();
    assertEquals(1, following.sanctions(EVERYWHERE).size());
    assertTrue(following.mode(THERE).isLocked());
    assertFalse(following.mode(HERE).isLocked());
  }

  @Test
  void nobodyCanBeInTheRoomOfRulings() {
    assertThrows(IllegalArgumentException.class, () -> directory.room(Moderation.TRAIL));
  }

  @Test
  void refusesRulingsThatMeanNothing() {
    assertInvalid("lock needs a room", () -> ruling(Action.LOCK));
    assertInvalid("ban needs a member", () -> Ruling.of(Action.BAN, HERE));
    assertInvalid("delete needs the seq of a message, from 1 up", () -> Ruling.delete(HERE, 0));
    assertInvalid("slow must be from 0 to 6 hours", () -> Ruling.slow(HERE, Duration.ofHours(7)));
    assertInvalid(
        "kick has no end",
        () -> Ruling.of(Action.KICK, EVERYWHERE, "user:x").until(clock.instant()));
    assertInvalid(
        "reason holds the control character U+000A",
        () -> Ruling.of(Action.LOCK, HERE).because("a\nseq 1"));
    assertInvalid(
        "member holds the control character U+000A",
        () -> Ruling.of(Action.BAN, EVERYWHERE, "user:x\nroom y"));
  }

  private static Ruling ruling(Action action) {
    return Ruling.of(action, EVERYWHERE, "user:x");
  }

  private static void assertInvalid(String message, Runnable make) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, make::run).getMessage());
  }
}
