package io.durablechat.wire;

import java.util.List;
import java.util.OptionalLong;

/**
 * A page of messages over HTTP.
 *
 * @param messages oldest first, without what was deleted
 * @param cursor goes on after the last
 * @param before goes back from the first
 * @param more whether there are more in that direction
 * @param trimmed whether retention has removed something of what followed the cursor asked after
 * @param trimmedThrough the last {@code seq} that retention has removed, if any
 */
public record MessagePage(
    List<ChatMessage> messages,
    String cursor,
    String before,
    boolean more,
    boolean trimmed,
    OptionalLong trimmedThrough)
    implements WireObject {
  @Override
  public void writeTo(StringBuilder text) {
    JsonText json =
        new JsonText(text)
            .begin()
            .put("messages", messages)
            .put("cursor", cursor)
            .put("before", before)
            .put("more", more);
    if (trimmed) {
      json.put("trimmed", true);
    }
    json.put("trimmedThrough", trimmedThrough).end();
  }

  /**
   * Reads a page. What is not known here is passed over.
   *
   * @throws MalformedException if it is not one object in JSON, or lacks what a page has
   */
  public static MessagePage parse(String json) {
    TolerantObject object = TolerantObject.parse(json);
    return new MessagePage(
        object.messages("messages"),
        object.text("cursor"),
        object.text("before"),
        object.isSet("more"),
        object.flag("trimmed").orElse(false),
        object.number("trimmedThrough"));
  }
}
