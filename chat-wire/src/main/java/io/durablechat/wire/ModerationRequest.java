package io.durablechat.wire;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A decision that a moderator asks for; in {@code chat.v1} and over HTTP alike.
 *
 * @param action what is to happen
 * @param member the identity it is about; exactly where the action is about a member
 * @param seq the message that is deleted, or the record of the invite that is revoked
 * @param slow how long members wait between two messages, for {@link Action#SLOW}
 * @param uses how many may come in by an invite; empty for as many as like
 * @param lasts until it ends by itself ({@code for} on the wire); empty if never
 * @param byAddress whether it is about all from where the member is, too ({@code address})
 * @param reason why, for others who moderate
 */
public record ModerationRequest(
    Action action,
    Optional<String> member,
    OptionalLong seq,
    Optional<Duration> slow,
    OptionalLong uses,
    Optional<Duration> lasts,
    boolean byAddress,
    Optional<String> reason) {
  private static final Set<String> MEMBERS =
      Set.of("action", "member", "seq", "slow", "uses", "for", "address", "reason");

  /** An action of a moderator, as {@code docs/security.md} tells of them. */
  public enum Action {
    /** Has a message say nothing any more. */
    DELETE,
    /** Keeps a member from publishing. */
    MUTE,
    /** Ends a mute. */
    UNMUTE,
    /** Ends a member's sessions. */
    KICK,
    /** Keeps a member out of the room. */
    BAN,
    /** Ends a ban. */
    UNBAN,
    /** Has members wait between two messages. */
    SLOW,
    /** Keeps all but moderators from publishing. */
    LOCK,
    /** Ends a lock. */
    UNLOCK,
    /** Makes an invite. */
    INVITE,
    /** Makes an invite void. */
    REVOKE;

    /** Returns whether it is about a member, and not about a room or a message. */
    public boolean isAboutMember() {
      return switch (this) {
        case MUTE, UNMUTE, KICK, BAN, UNBAN -> true;
        case DELETE, SLOW, LOCK, UNLOCK, INVITE, REVOKE -> false;
      };
    }

    private boolean hasSeq() {
      return this == DELETE || this == REVOKE;
    }

    /** Returns its word on the wire. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Action of(String word) {
      return Stream.of(values())
          .filter(action -> action.word().equals(word))
          .findFirst()
          .orElseThrow(
              () ->
                  new MalformedException(
                      "action is one of "
                          + Stream.of(values())
                              .map(Action::word)
                              .collect(Collectors.joining(", "))));
    }
  }

  /**
   * Checks that what the action needs is there.
   *
   * @throws MalformedException saying in one line what is missing, or too much
   */
  public ModerationRequest {
    if (!action.isAboutMember() && member.isPresent()) {
      throw new MalformedException(action.word() + " is about a room, not about a member");
    }
    if (action.isAboutMember() && member.isEmpty()) {
      throw MalformedException.missing("member");
    }
    if (action.hasSeq() && seq.isEmpty()) {
      throw MalformedException.missing("seq");
    }
    if (action == Action.SLOW && slow.isEmpty()) {
      throw MalformedException.missing("slow");
    }
  }

  /** Returns a request to delete a message. */
  public static ModerationRequest delete(long seq) {
    return new ModerationRequest(
        Action.DELETE,
        Optional.empty(),
        OptionalLong.of(seq),
        Optional.empty(),
        OptionalLong.empty(),
        Optional.empty(),
        false,
        Optional.empty());
  }

  /**
   * Reads a request. What does not go with its action is passed over.
   *
   * @param around the members that may stand there beside it
   * @throws MalformedException if something is missing, or more is said than can be heeded: with a
   *     mistyped {@code for}, a ban would be for good
   */
  public static ModerationRequest read(StrictObject object, Set<String> around) {
    object.allowOnly(MEMBERS, around);
    Action action = Action.of(object.text("action"));
    return new ModerationRequest(
        action,
        object.string("member"),
        action.hasSeq() ? object.number("seq") : OptionalLong.empty(),
        action == Action.SLOW ? millis(object, "slow") : Optional.empty(),
        action == Action.INVITE ? object.number("uses") : OptionalLong.empty(),
        millis(object, "for"),
        action.isAboutMember() && object.flag("address").orElse(false),
        object.string("reason"));
  }

  private static Optional<Duration> millis(StrictObject object, String name) {
    OptionalLong millis = object.number(name);
    return millis.isPresent()
        ? Optional.of(Duration.ofMillis(millis.getAsLong()))
        : Optional.empty();
  }

  /** Puts all but the action. */
  void putRest(JsonText json) {
    json.put("member", member).put("seq", seq);
    slow.ifPresent(time -> json.put("slow", time.toMillis()));
    json.put("uses", uses);
    lasts.ifPresent(time -> json.put("for", time.toMillis()));
    if (byAddress) {
      json.put("address", true);
    }
    json.put("reason", reason);
  }
}
