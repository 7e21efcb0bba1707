package io.durablechat.wire;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A {@code welcome}: the session is in the room, and the replay follows.
 *
 * @param session the id of the session
 * @param you the member that the client is
 * @param may the member's rights in this room, such as {@code publish}; some may not be known here
 * @param room the name of the room
 * @param head the last {@code seq} of the room
 * @param cursor where the replay begins
 * @param resume how the replay relates to the cursor of hello
 * @param first where history begins, after {@link Resume#TRIMMED} and {@link Resume#SKIPPED}
 * @param limits what the client must keep to
 * @param count how many members there are
 * @param members who they are; empty in a large room
 * @param version of the members, as in {@link Event.Presence#version}
 * @param mode the mode of the room; empty if all may publish as fast as they like
 * @param durability what has happened to a message when it is acknowledged
 * @param retryWindow for how long an id protects from doubles
 * @param heartbeat how often the server says something at least
 */
public record Welcome(
    String session,
    ChatMember you,
    List<String> may,
    String room,
    long head,
    String cursor,
    Resume resume,
    OptionalLong first,
    Limits limits,
    int count,
    List<ChatMember> members,
    long version,
    Optional<ChatMode> mode,
    String durability,
    Duration retryWindow,
    Duration heartbeat)
    implements Event {

  /** How a replay relates to the cursor that the client named. */
  public enum Resume {
    /** No cursor was given. */
    FRESH,
    /** Everything after the cursor follows. */
    EXACT,
    /** Retention removed the start of it. */
    TRIMMED,
    /** It was more than was wanted; the newest follow. */
    SKIPPED,
    /** The cursor is of another log: what the client has is to be discarded. */
    RESET;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** Returns its word on the wire. */
    public String word() {
      return word;
    }

    private static Resume of(String word) {
      return Stream.of(values())
          .filter(resume -> resume.word.equals(word))
          .findFirst()
          .orElseThrow(() -> new MalformedException("resume is none that is known"));
    }
  }

  /**
   * Limits of a session.
   *
   * @param message the largest text, in bytes of UTF-8
   * @param waiting how many messages may wait to be kept
   * @param waitingBytes how many bytes they may have, unless it is a single one
   */
  public record Limits(int message, int waiting, long waitingBytes) implements WireObject {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text)
          .begin()
          .put("message", message)
          .put("waiting", waiting)
          .put("waitingBytes", waitingBytes)
          .end();
    }

    private static Limits read(TolerantObject object) {
      return new Limits(
          object.count("message"), object.count("waiting"), object.whole("waitingBytes"));
    }
  }

  @Override
  public void writeTo(StringBuilder text) {
    JsonText json =
        new JsonText(text)
            .begin("welcome")
            .put("session", session)
            .put("you", you)
            .put("may", may, JsonText::add)
            .put("room", room)
            .put("head", head)
            .put("cursor", cursor)
            .put("resume", resume.word)
            .put("first", first)
            .put("limits", limits)
            .put("count", count);
    if (!members.isEmpty()) {
      json.put("members", members);
    }
    json.put("version", version);
    mode.ifPresent(m -> m.put(json));
    json.put("durability", durability)
        .put("retryWindow", retryWindow.toMillis())
        .put("heartbeat", heartbeat.toMillis())
        .end();
  }

  static Welcome read(TolerantObject object) {
    return new Welcome(
        object.text("session"),
        ChatMember.read(object.object("you")),
        object.strings("may"),
        object.text("room"),
        object.whole("head"),
        object.text("cursor"),
        Resume.of(object.text("resume")),
        object.number("first"),
        Limits.read(object.object("limits")),
        object.count("count"),
        object.members("members").orElseGet(List::of),
        object.whole("version"),
        object.has("locked") ? Optional.of(ChatMode.read(object)) : Optional.empty(),
        object.text("durability"),
        object.time("retryWindow"),
        object.time("heartbeat"));
  }
}
