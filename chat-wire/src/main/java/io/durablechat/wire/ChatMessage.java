package io.durablechat.wire;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A message as it is now.
 *
 * @param seq its position in the room
 * @param id the id that its author gave it, if any; means something only together with the author
 * @param from its author
 * @param at when it was kept, in whole milliseconds
 * @param kind {@link #MESSAGE}, {@link #PLAIN}, {@link #DELETED}, or one that is not known here
 * @param replyTo the {@code seq} of the message that this one answers, if any
 * @param content what it says; empty once it was deleted
 */
public record ChatMessage(
    long seq,
    Optional<String> id,
    ChatMember from,
    Instant at,
    String kind,
    OptionalLong replyTo,
    Optional<ChatContent> content)
    implements WireObject {
  /** The kind of what a client of {@code chat.v1} published, or what was posted. */
  public static final String MESSAGE = "message";

  /** The kind of what a plain client sent. */
  public static final String PLAIN = "plain";

  /** The kind of what is left of a message that was deleted. */
  public static final String DELETED = "deleted";

  /** Appends this as it stands in a page: without its place in the chain of the room's records. */
  @Override
  public void writeTo(StringBuilder text) {
    JsonText json = new JsonText(text).begin().put("seq", seq);
    putRest(json);
    json.end();
  }

  /** Puts all but {@code seq}. */
  void putRest(JsonText json) {
    json.put("id", id)
        .put("from", from)
        .put("at", at.toEpochMilli())
        .put("kind", kind)
        .put("replyTo", replyTo);
    ChatContent.put(content, json);
  }

  static ChatMessage read(TolerantObject object) {
    return new ChatMessage(
        object.whole("seq"),
        object.string("id"),
        ChatMember.read(object.object("from")),
        Instant.ofEpochMilli(object.whole("at")),
        object.text("kind"),
        object.number("replyTo"),
        ChatContent.read(object));
  }
}
