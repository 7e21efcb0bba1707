package io.durablechat.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What somebody who moderates has decided. Immutable; kept in {@link Moderation#TRAIL} for good.
 *
 * @param action what happens
 * @param room where; empty for all rooms, which deleting, locking and slowing down cannot be for
 * @param identity whom it is about, if about somebody
 * @param addressHashes where they come from (see {@link SessionAttributes#addressHash()}): it is
 *     about all from there
 * @param until when a mute, a ban or an invite ends by itself; empty if never
 * @param sequence the message that is deleted, or the record of the invite
 * @param uses how many may come in by an invite; empty for as many as like
 * @param slow how long a member has to wait between two messages, at most {@link #MAX_SLOW}; zero
 *     not at all
 * @param reason why, for others who moderate: not told to whom it is about
 */
public record Ruling(
    Action action,
    Optional<RoomName> room,
    Optional<String> identity,
    Set<String> addressHashes,
    Optional<Instant> until,
    OptionalLong sequence,
    OptionalInt uses,
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
    UNLOCK,
    /** Whoever shows this invite may be in the room, read and publish, from then on. */
    INVITE,
    /** An invite is void; who came in by it stays. */
    REVOKE,
    /** A member has shown an invite. */
    ADMIT;

    /** Whether it is about a member, and not about a room or a message. */
    public boolean isAboutMember() {
      return switch (this) {
        case MUTE, UNMUTE, KICK, BAN, UNBAN, ADMIT -> true;
        case DELETE, SLOW, LOCK, UNLOCK, INVITE, REVOKE -> false;
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
    addressHashes = Set.copyOf(addressHashes);
    identity = identity.map(i -> WellFormed.label("member", i, Member.MAX_IDENTITY_BYTES));
    reason =
        reason
            .map(String::strip)
            .filter(r -> !r.isEmpty())
            .map(r -> WellFormed.label("reason", r, MAX_REASON_BYTES));
    if (action.isAboutMember() ? identity.isEmpty() && addressHashes.isEmpty() : room.isEmpty()) {
      throw new IllegalArgumentException(
          action.word() + (action.isAboutMember() ? " needs a member" : " needs a room"));
    }
    boolean refers = action == Action.DELETE || action == Action.REVOKE || action == Action.ADMIT;
    if (refers && sequence.orElse(0) <= 0) {
      throw new IllegalArgumentException(
          action.word()
              + " needs the seq of "
              + (action == Action.DELETE ? "a message" : "an invite")
              + ", from 1 up");
    }
    if (uses.isPresent() && uses.getAsInt() <= 0) {
      throw new IllegalArgumentException("uses must be a number from 1 up");
    }
    if (slow.isNegative() || slow.compareTo(MAX_SLOW) > 0) {
      throw new IllegalArgumentException("slow must be from 0 to " + MAX_SLOW.toHours() + " hours");
    }
    if (until.isPresent()
        && action != Action.MUTE
        && action != Action.BAN
        && action != Action.INVITE) {
      throw new IllegalArgumentException(action.word() + " has no end");
    }
  }

  /** This about a member, in one room or in all. */
  public static Ruling of(Action action, Optional<RoomName> room, String identity) {
    return of(action, room, Optional.of(identity), OptionalLong.empty());
  }

  /** This about a room. */
  public static Ruling of(Action action, RoomName room) {
    return of(action, Optional.of(room), Optional.empty(), OptionalLong.empty());
  }

  /** A message is deleted. */
  public static Ruling delete(RoomName room, long sequence) {
    return of(Action.DELETE, Optional.of(room), Optional.empty(), OptionalLong.of(sequence));
  }

  /** Whoever shows the invite may come in, so many of them if that is said. */
  public static Ruling invite(RoomName room, OptionalInt uses) {
    return of(Action.INVITE, room).with(uses, Duration.ZERO);
  }

  /** An invite is void. */
  public static Ruling revoke(RoomName room, long invite) {
    return of(Action.REVOKE, Optional.of(room), Optional.empty(), OptionalLong.of(invite));
  }

  /** A member has shown an invite. */
  static Ruling admit(RoomName room, String identity, long invite) {
    return of(Action.ADMIT, Optional.of(room), Optional.of(identity), OptionalLong.of(invite));
  }

  /** Members wait so long between two messages; zero ends that. */
  public static Ruling slow(RoomName room, Duration wait) {
    return of(Action.SLOW, room).with(OptionalInt.empty(), wait);
  }

  private static Ruling of(
      Action action, Optional<RoomName> room, Optional<String> identity, OptionalLong sequence) {
    return new Ruling(
        action,
        room,
        identity,
        Set.of(),
        Optional.empty(),
        sequence,
        OptionalInt.empty(),
        Duration.ZERO,
        Optional.empty());
  }

  private Ruling with(OptionalInt newUses, Duration newSlow) {
    return new Ruling(
        action, room, identity, addressHashes, until, sequence, newUses, newSlow, reason);
  }

  /** This, about all who come from there as well. */
  public Ruling from(Set<String> newHashes) {
    return new Ruling(action, room, identity, newHashes, until, sequence, uses, slow, reason);
  }

  /** This, with an end. */
  public Ruling until(Instant end) {
    return new Ruling(
        action, room, identity, addressHashes, Optional.of(end), sequence, uses, slow, reason);
  }

  /** This, with a reason. */
  public Ruling because(String why) {
    return new Ruling(
        action, room, identity, addressHashes, until, sequence, uses, slow, Optional.of(why));
  }

  /** Whether it is about this member, coming from there. */
  boolean isAbout(Member member, SessionAttributes attributes) {
    return identity.filter(member.identity()::equals).isPresent()
        || attributes.sanctionable().filter(addressHashes::contains).isPresent();
  }
}
