package io.durablechat.gateway;

import io.durablechat.core.Decided;
import io.durablechat.core.Member;
import io.durablechat.core.Moderation;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.core.Ruling;
import io.durablechat.gateway.limits.ServerSecret;
import io.durablechat.wire.ModerationRequest;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has done what somebody who moderates asks for; in {@code chat.v1} and over HTTP alike. */
public final class Moderator {
  private static final Logger LOG = LoggerFactory.getLogger(Moderator.class);

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
  public record Done(long sequence, Optional<String> invite) {}

  private Moderator(RoomDirectory rooms, Moderation moderation, ServerSecret secret) {
    this.rooms = rooms;
    this.moderation = moderation;
    this.secret = secret;
  }

  /** A moderator of these rooms; empty if they heed none. */
  public static Optional<Moderator> of(RoomDirectory rooms, ServerSecret secret) {
    return rooms.moderation().map(moderation -> new Moderator(rooms, moderation, secret));
  }

  public Moderation moderation() {
    return moderation;
  }

  /**
   * Completes once it is kept and holds; fails as {@link Moderation#rule} does.
   *
   * @param room where; empty for all rooms
   * @throws BadRequestException if a room is missing
   * @throws IllegalArgumentException if something is not what it can be
   */
  public CompletionStage<Done> rule(Member by, Optional<RoomName> room, ModerationRequest asked) {
    // Refuses what no room can be called.
    room.ifPresent(rooms::room);
    Ruling ruling = ruling(room, asked);
    if (ruling.identity().filter(by.identity()::equals).isPresent()) {
      throw new BadRequestException("that is you");
    }
    return (asked.byAddress()
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
  public String link(RoomName room, Decided invite) {
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

  private Ruling ruling(Optional<RoomName> room, ModerationRequest asked) {
    Ruling.Action action = Ruling.Action.valueOf(asked.action().name());
    Ruling ruling =
        switch (asked.action()) {
          case MUTE, KICK, BAN -> Ruling.of(action, room, identity(asked.member().orElseThrow()));
          // Whatever was muted or banned once can be let go.
          case UNMUTE, UNBAN -> Ruling.of(action, room, asked.member().orElseThrow());
          case DELETE -> Ruling.delete(needed(room), asked.seq().orElseThrow());
          case SLOW -> Ruling.slow(needed(room), asked.slow().orElseThrow());
          case INVITE -> Ruling.invite(needed(room), uses(asked));
          case REVOKE -> Ruling.revoke(needed(room), asked.seq().orElseThrow());
          case LOCK, UNLOCK -> Ruling.of(action, needed(room));
        };
    if (asked.lasts().isPresent()) {
      ruling = ruling.until(moderation.in(asked.lasts().get()));
    }
    return asked.reason().isPresent() ? ruling.because(asked.reason().get()) : ruling;
  }

  /**
   * Checks that a text may be somebody's identity.
   *
   * @throws BadRequestException if it is a name, or a part of an identity: that would be nobody's
   */
  public static String identity(String member) {
    if (!IDENTITY.matcher(member).matches()) {
      throw new BadRequestException(
          "member must be an identity, whole, such as user:ann or guest: and a hash");
    }
    return member;
  }

  private static OptionalInt uses(ModerationRequest asked) {
    OptionalLong uses = asked.uses();
    return uses.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of((int) Math.min(uses.getAsLong(), Integer.MAX_VALUE));
  }

  private static RoomName needed(Optional<RoomName> room) {
    return room.orElseThrow(() -> new BadRequestException("room is missing"));
  }

  public static String word(Ruling.Action action) {
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
