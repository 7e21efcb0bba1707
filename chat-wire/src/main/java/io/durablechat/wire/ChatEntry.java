package io.durablechat.wire;

import java.time.Instant;
import java.util.Optional;

/**
 * A record of the room's log. All are numbered in one chain: if {@link #prev} is not the {@link
 * #seq} of the entry before, something was missed.
 */
public sealed interface ChatEntry extends Event {
  /** Returns its position in the room; rises, and may skip. */
  long seq();

  /** Returns the position of the entry before. */
  long prev();

  /** Returns the cursor after it, which the last one of each frame has. */
  Optional<String> cursor();

  /** A message. */
  record Message(long prev, ChatMessage message, Optional<String> cursor) implements ChatEntry {
    @Override
    public long seq() {
      return message.seq();
    }

    @Override
    public void writeTo(StringBuilder text) {
      JsonText json = new JsonText(text).begin("message").put("seq", seq()).put("prev", prev);
      message.putRest(json);
      json.put("cursor", cursor).end();
    }
  }

  /**
   * A message was deleted, and is to be forgotten.
   *
   * @param target the {@code seq} of that message
   * @param from the member who deleted it
   * @param at when, in whole milliseconds
   */
  record Deleted(
      long seq, long prev, long target, ChatMember from, Instant at, Optional<String> cursor)
      implements ChatEntry {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text)
          .begin("deleted")
          .put("seq", seq)
          .put("prev", prev)
          .put("target", target)
          .put("from", from)
          .put("at", at.toEpochMilli())
          .put("cursor", cursor)
          .end();
    }
  }

  /** An entry of a type that is not known here: it counts, and nothing of it is shown. */
  record Unknown(String type, long seq, long prev, Optional<String> cursor) implements ChatEntry {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text).begin(type).put("seq", seq).put("prev", prev).put("cursor", cursor).end();
    }
  }

  static ChatEntry read(String type, TolerantObject object) {
    long prev = object.whole("prev");
    Optional<String> cursor = object.string("cursor");
    return switch (type) {
      case "message" -> new Message(prev, ChatMessage.read(object), cursor);
      case "deleted" ->
          new Deleted(
              object.whole("seq"),
              prev,
              object.whole("target"),
              ChatMember.read(object.object("from")),
              Instant.ofEpochMilli(object.whole("at")),
              cursor);
      default -> new Unknown(type, object.whole("seq"), prev, cursor);
    };
  }
}
