package io.durablechat.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What somebody who moderates has decided. Immutable; kept in {@link Moderation#TRAIL} for good.
 *
 * @param action what happens
 * @param room where; empty for all rooms, which deleting, locking and slowing down cannot be for
 * @param identity whom it is about, if about somebody
 * @param sources where they come from (see {@link Standing#source()}): it is about all from there
 * @param until when a mute or ban ends by itself; empty if never
 * @param sequence the message that is deleted
 * @param slow how long a member has to wait between two messages, at most {@link #MAX_SLOW}; zero
 *     not at all
 * @param reason why, for others who moderate: not told to whom it is about
 */
public record Ruling(
    Action action,
    Optional<RoomName> room,
    Optional<String> identity,
    Set<String> sources,
    Optional<Instant> until,
    OptionalLong sequence,
    Duration slow,
    Optional<String> reason) {

  /** The longest reason, in bytes of UTF-8. */
  public static final int MAX_REASON_BYTES = 500;

  /** The longest wait between two messages. */
  public static final Duration MAX_SLOW = Duration.ofHours(6);

  /** What can be decided. */
  public enum Action {
    /** A message says nothing any more. */
    DELETE,
    /** A member may read, but not publish. */
    MUTE,
    /** It may again. */
    UNMUTE,
    /** A member's sessions end; it may come back when somebody reloads the page. */
    KICK,
    /** A member's sessions end, and it may not come back, nor read, nor publish. */
    BAN,
    /** It may again. */
    UNBAN,
    /** Members wait between two messages. */
    SLOW,
    /** Only who moderates may publish. */
    LOCK,
    /** Everybody may again. */
    UNLOCK;

    /** Whether it is about a member, and not about a room or a message. */
    public boolean isAboutMember() {
      return switch (this) {
        case MUTE, UNMUTE, KICK, BAN, UNBAN -> true;
        case DELETE, SLOW, LOCK, UNLOCK -> false;
      };
    }

    /** As it is written. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Checks that everything is there.
   *
   * @throws IllegalArgumentException saying in one line what is wrong
   */
  public Ruling {
    Objects.requireNonNull(action);
    sources = Set.copyOf(sources);
    identity = identity.map(i -> WellFormed.label("member", i, Member.MAX_IDENTITY_BYTES));
    reason =
        reason
            .map(String::strip)
            .filter(r -> !r.isEmpty())
            .map(r -> WellFormed.label("reason", r, MAX_REASON_BYTES));
    if (action.isAboutMember() ? identity.isEmpty() && sources.isEmpty() : room.isEmpty()) {
      throw new IllegalArgumentException(
          action.word() + (action.isAboutMember() ? " needs a member" : " needs a room"));
    }
    if (action == Action.DELETE && sequence.orElse(0) <= 0) {
      throw new IllegalArgumentException("delete needs the seq of a message, from 1 up");
    }
    if (slow.isNegative() || slow.compareTo(MAX_SLOW) > 0) {
      throw new IllegalArgumentException("slow must be from 0 to " + MAX_SLOW.toHours() + " hours");
    }
    if (until.isPresent() && action != Action.MUTE && action != Action.BAN) {
      throw new IllegalArgumentException(action.word() + " has no end");
    }
  }

  /** This about a member, in one room or in all. */
  public static Ruling of(Action action, Optional<RoomName> room, String identity) {
    return new Ruling(
        action,
        room,
        Optional.of(identity),
        Set.of(),
        Optional.empty(),
        OptionalLong.empty(),
        Duration.ZERO,
        Optional.empty());
  }

  /** This about a room. */
  public static Ruling of(Action action, RoomName room) {
    return new Ruling(
        action,
        Optional.of(room),
        Optional.empty(),
        Set.of(),
        Optional.empty(),
        OptionalLong.empty(),
        Duration.ZERO,
        Optional.empty());
  }

  /** A message is deleted. */
  public static Ruling delete(RoomName room, long sequence) {
    return new Ruling(
        Action.DELETE,
        Optional.of(room),
        Optional.empty(),
        Set.of(),
        Optional.empty(),
        OptionalLong.of(sequence),
        Duration.ZERO,
        Optional.empty());
  }

  /** Members wait so long between two messages; zero ends that. */
  public static Ruling slow(RoomName room, Duration wait) {
    return new Ruling(
        Action.SLOW,
        Optional.of(room),
        Optional.empty(),
        Set.of(),
        Optional.empty(),
        OptionalLong.empty(),
        wait,
        Optional.empty());
  }

  /** This, about all who come from there as well. */
  public Ruling from(Set<String> newSources) {
    return new Ruling(action, room, identity, newSources, until, sequence, slow, reason);
  }

  /** This, with an end. */
  public Ruling until(Instant end) {
    return new Ruling(action, room, identity, sources, Optional.of(end), sequence, slow, reason);
  }

  /** This, with a reason. */
  public Ruling because(String why) {
    return new Ruling(action, room, identity, sources, until, sequence, slow, Optional.of(why));
  }

  /** Whether it is about this member, coming from there. */
  boolean isAbout(Member member, Standing standing) {
    return identity.filter(member.identity()::equals).isPresent()
        || standing.source().filter(sources::contains).isPresent();
  }
}
