package io.durablechat.wire;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** An event of {@code chat.v1}: what a server says. */
public sealed interface Event extends WireObject permits ChatEntry, Ok, Welcome, Bye, Event.Simple {
  /**
   * Reads one line from a server. Members that are not known here are passed over; types that are
   * not become {@link Unknown}, or {@link ChatEntry.Unknown} if they are records.
   *
   * @throws MalformedException if it is not one object in JSON with a type, or lacks what its type
   *     needs
   */
  static Event parse(String line) {
    TolerantObject object = TolerantObject.parse(line);
    String type = object.text("type");
    return switch (type) {
      case "welcome" -> Welcome.read(object);
      case "ok" -> Ok.read(object);
      case "bye" -> Bye.read(object);
      case "live" -> new Live(object.whole("head"));
      case "behind" -> new Behind(object.whole("head"));
      case "room" -> new Room(ChatMode.read(object));
      case "presence" -> Presence.read(object);
      case "typing" -> new Typing(object.members("who").orElseGet(List::of));
      case "error" -> Refusal.read(object);
      case "history" -> History.read(object);
      case "expiring" -> new Expiring(object.time("in"));
      case "pong" -> new Pong();
      default ->
          object.has("seq") && object.has("prev")
              ? ChatEntry.read(type, object)
              : new Unknown(type);
    };
  }

  /** An event of few members. */
  sealed interface Simple extends Event {}

  /** Everything up to {@code head} has been sent. */
  record Live(long head) implements Simple {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text).begin("live").put("head", head).end();
    }
  }

  /** The client is slow. Nothing is lost, and {@link Live} follows. */
  record Behind(long head) implements Simple {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text).begin("behind").put("head", head).end();
    }
  }

  /** The mode of the room from now on. */
  record Room(ChatMode mode) implements Simple {
    @Override
    public void writeTo(StringBuilder text) {
      JsonText json = new JsonText(text).begin("room");
      mode.put(json);
      json.end();
    }
  }

  /**
   * A change of who is in the room, by member and not by session.
   *
   * @param members all there are, in place of what was known; empty if only changes are told
   * @param join members who have come, or are called something else now
   * @param leave members who have left
   * @param count how many there are
   * @param version ignore a presence whose version is not greater than the last one applied
   */
  record Presence(
      Optional<List<ChatMember>> members,
      List<ChatMember> join,
      List<ChatMember> leave,
      int count,
      long version)
      implements Simple {
    @Override
    public void writeTo(StringBuilder text) {
      JsonText json = new JsonText(text).begin("presence");
      members.ifPresent(all -> json.put("members", all));
      if (!join.isEmpty()) {
        json.put("join", join);
      }
      if (!leave.isEmpty()) {
        json.put("leave", leave);
      }
      json.put("count", count).put("version", version).end();
    }

    private static Presence read(TolerantObject object) {
      return new Presence(
          object.members("members"),
          object.members("join").orElseGet(List::of),
          object.members("leave").orElseGet(List::of),
          object.count("count"),
          object.whole("version"));
    }
  }

  /** All members who type now. */
  record Typing(List<ChatMember> who) implements Simple {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text).begin("typing").put("who", who).end();
    }
  }

  /**
   * An {@code error}: a command was not done.
   *
   * @param id that of the command, where one could be read
   * @param code as it is written; {@link ErrorCode#of} knows those of this version
   * @param message one line for people
   * @param retryAfter how long to wait before trying again, if that helps
   */
  record Refusal(Optional<String> id, String code, String message, Optional<Duration> retryAfter)
      implements Simple {
    @Override
    public void writeTo(StringBuilder text) {
      JsonText json = new JsonText(text).begin("error");
      json.put("id", id).put("code", code).put("message", message);
      retryAfter.ifPresent(time -> json.put("retryAfter", time.toMillis()));
      json.end();
    }

    private static Refusal read(TolerantObject object) {
      return new Refusal(
          object.string("id"),
          object.text("code"),
          object.text("message"),
          object.duration("retryAfter"));
    }
  }

  /**
   * A page of messages as they are now.
   *
   * @param id that of the command
   * @param messages oldest first, without what was deleted
   * @param more whether there are more in that direction
   * @param head the last {@code seq} of the room when this was read
   * @param trimmedThrough the last {@code seq} that retention has removed, if any
   */
  record History(
      String id, List<ChatMessage> messages, boolean more, long head, OptionalLong trimmedThrough)
      implements Simple {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text)
          .begin("history")
          .put("id", id)
          .put("messages", messages)
          .put("more", more)
          .put("head", head)
          .put("trimmedThrough", trimmedThrough)
          .end();
    }

    private static History read(TolerantObject object) {
      return new History(
          object.text("id"),
          object.messages("messages"),
          object.isSet("more"),
          object.whole("head"),
          object.number("trimmedThrough"));
    }
  }

  /** The token is valid for so long; said a minute before it expires. */
  record Expiring(Duration in) implements Simple {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text).begin("expiring").put("in", in.toMillis()).end();
    }
  }

  /** An answer to a ping, or a sign of life. */
  record Pong() implements Simple {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text).begin("pong").end();
    }
  }

  /** An event of a type that is not known here, to be passed over. */
  record Unknown(String type) implements Simple {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text).begin(type).end();
    }
  }
}
