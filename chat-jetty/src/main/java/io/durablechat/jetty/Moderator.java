package io.durablechat.jetty;

import io.durablechat.core.Decided;
import io.durablechat.core.Member;
import io.durablechat.core.Moderation;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.core.Ruling;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has done what somebody who moderates asks for in JSON; in {@code chat.v1} and over HTTP alike.
 */
final class Moderator {
  private static final Logger LOG = LoggerFactory.getLogger(Moderator.class);

  /** What can be said about a decision. */
  private static final Set<String> SAID =
      Set.of("action", "member", "seq", "slow", "uses", "for", "address", "reason");

  /** Of an application's own identities no more is known than that a prefix says whose they are. */
  private static final Pattern IDENTITY =
      Pattern.compile(
          "guest:[\\w-]{43}|anon:[0-9a-f-]{36}|user:.+|(?!(?i:guest|anon|user):)[^:]+:.+");

  private final RoomDirectory rooms;
  private final Moderation moderation;
  private final ServerSecret secret;

  /**
   * What was done.
   *
   * @param sequence of the record that says so
   * @param invite what to show, if it was an invite
   */
  record Done(long sequence, Optional<String> invite) {}

  private Moderator(RoomDirectory rooms, Moderation moderation, ServerSecret secret) {
    this.rooms = rooms;
    this.moderation = moderation;
    this.secret = secret;
  }

  /** A moderator of these rooms; empty if they heed none. */
  static Optional<Moderator> of(RoomDirectory rooms, ServerSecret secret) {
    return rooms.moderation().map(moderation -> new Moderator(rooms, moderation, secret));
  }

  Moderation moderation() {
    return moderation;
  }

  /**
   * Completes once it is kept and holds; fails as {@link Moderation#rule} does.
   *
   * @param room where; empty for all rooms
   * @param around what may stand there beside what is decided
   * @throws BadRequestException if something is missing, or more is said than can be heeded: of a
   *     mistyped {@code for}, a ban would be for good
   * @throws IllegalArgumentException if something is not what it can be
   */
  CompletionStage<Done> rule(
      Member by, Optional<RoomName> room, ClientObject asked, Set<String> around) {
    asked.allowOnly(SAID, around);
    // Refuses what no room can be called.
    room.ifPresent(rooms::room);
    Ruling.Action action = action(asked);
    Ruling ruling = ruling(action, room, asked);
    if (ruling.identity().filter(by.identity()::equals).isPresent()) {
      throw new BadRequestException("that is you");
    }
    boolean alsoBySource = action.isAboutMember() && asked.flag("address").orElse(false);
    return (alsoBySource
            ? addressHashes(room, ruling.identity().orElseThrow()).thenApply(ruling::from)
            : CompletableFuture.completedFuture(ruling))
        .thenCompose(decided -> moderation.rule(by, decided))
        .thenApply(
            kept -> {
              log(by, ruling);
              return done(ruling, kept.sequence());
            });
  }

  private Done done(Ruling ruling, long sequence) {
    return new Done(
        sequence,
        Optional.of(ruling)
            .filter(r -> r.action() == Ruling.Action.INVITE)
            .flatMap(Ruling::room)
            .map(room -> secret.invite(room, sequence)));
  }

  /** An invite as it is shown. */
  String link(RoomName room, Decided invite) {
    return secret.invite(room, invite.sequence());
  }

  private static void log(Member by, Ruling ruling) {
    LOG.info(
        "{} by {}{}{}",
        word(ruling.action()),
        by.identity(),
        ruling.room().map(room -> " in room " + room).orElse(" in all rooms"),
        ruling.identity().map(identity -> ", about " + identity).orElse(""));
  }

  private Ruling ruling(Ruling.Action action, Optional<RoomName> room, ClientObject asked) {
    if (!action.isAboutMember() && asked.string("member").isPresent()) {
      throw new BadRequestException(word(action) + " is about a room, not about a member");
    }
    Ruling ruling =
        switch (action) {
          case MUTE, KICK, BAN -> Ruling.of(action, room, identity(member(asked)));
          // Whatever was muted or banned once can be let go.
          case UNMUTE, UNBAN -> Ruling.of(action, room, member(asked));
          case DELETE -> Ruling.delete(needed(room, "room"), number(asked, "seq"));
          case SLOW -> Ruling.slow(needed(room, "room"), Duration.ofMillis(number(asked, "slow")));
          case INVITE -> Ruling.invite(needed(room, "room"), uses(asked));
          case REVOKE -> Ruling.revoke(needed(room, "room"), number(asked, "seq"));
          case ADMIT -> throw unknown();
          case LOCK, UNLOCK -> Ruling.of(action, needed(room, "room"));
        };
    OptionalLong time = asked.number("for");
    if (time.isPresent()) {
      ruling = ruling.until(moderation.in(Duration.ofMillis(time.getAsLong())));
    }
    Optional<String> reason = asked.string("reason");
    return reason.isPresent() ? ruling.because(reason.get()) : ruling;
  }

  private static String member(ClientObject asked) {
    return needed(asked.string("member"), "member");
  }

  /**
   * Checks that a text may be somebody's identity.
   *
   * @throws BadRequestException if it is a name, or a part of an identity: that would be nobody's
   */
  static String identity(String member) {
    if (!IDENTITY.matcher(member).matches()) {
      throw new BadRequestException(
          "member must be an identity, whole, such as user:ann or guest: and a hash");
    }
    return member;
  }

  private static Ruling.Action action(ClientObject asked) {
    String action = needed(asked.string("action"), "action");
    return Stream.of(Ruling.Action.values())
        .filter(known -> word(known).equals(action))
        .findFirst()
        .orElseThrow(Moderator::unknown);
  }

  private static BadRequestException unknown() {
    String known =
        Stream.of(Ruling.Action.values())
            // That is what members do.
            .filter(action -> action != Ruling.Action.ADMIT)
            .map(Moderator::word)
            .collect(Collectors.joining(", "));
    return new BadRequestException("action is one of " + known);
  }

  private static OptionalInt uses(ClientObject asked) {
    OptionalLong uses = asked.number("uses");
    return uses.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of((int) Math.min(uses.getAsLong(), Integer.MAX_VALUE));
  }

  private static long number(ClientObject asked, String name) {
    return asked.number(name).orElseThrow(() -> new BadRequestException(name + " is missing"));
  }

  private static <T> T needed(Optional<T> value, String name) {
    return value.orElseThrow(() -> new BadRequestException(name + " is missing"));
  }

  static String word(Ruling.Action action) {
    return action.name().toLowerCase(Locale.ROOT);
  }

  /** Where a member is now, in one room or in any. */
  private CompletionStage<Set<String>> addressHashes(Optional<RoomName> room, String identity) {
    List<CompletableFuture<Set<String>>> asked =
        room.map(List::of).orElseGet(rooms::awake).stream()
            .map(name -> rooms.room(name).addressHashes(identity).toCompletableFuture())
            .toList();
    return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            all -> {
              Set<String> addressHashes = new HashSet<>();
              asked.forEach(answer -> addressHashes.addAll(answer.join()));
              return addressHashes;
            });
  }
}
