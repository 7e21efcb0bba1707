package io.durablechat.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;

/** The content of a message: a text, or bytes that a plain client sent. */
public sealed interface ChatContent {
  /**
   * A text.
   *
   * @param text at most as long as {@code limits.message} of the welcome says
   */
  record Text(String text) implements ChatContent {}

  /**
   * Bytes.
   *
   * @param base64 as they stand in JSON
   */
  record Data(String base64) implements ChatContent {
    /** Returns these bytes, which are not used up. */
    public static Data of(ByteBuffer bytes) {
      return new Data(ISO_8859_1.decode(Base64.getEncoder().encode(bytes.duplicate())).toString());
    }

    /**
     * Returns the bytes; a fresh copy.
     *
     * @throws IllegalArgumentException if a server sent something that is not base64
     */
    public byte[] bytes() {
      return Base64.getDecoder().decode(base64);
    }
  }

  /** Puts the content into an object as {@code text} or {@code data}. */
  static void put(Optional<ChatContent> content, JsonText json) {
    if (content.isPresent()) {
      if (content.get() instanceof Text said) {
        json.put("text", said.text());
      } else if (content.get() instanceof Data data) {
        json.put("data", data.base64());
      }
    }
  }

  /** Returns the content of an object; empty if it has none, or one that is not known here. */
  static Optional<ChatContent> read(TolerantObject object) {
    Optional<ChatContent> text = object.string("text").map(Text::new);
    return text.isPresent() ? text : object.string("data").map(Data::new);
  }
}
