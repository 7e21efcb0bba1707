package io.durablechat.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a message says: text or binary, immutable, shared by every session it is sent to. Text is
 * kept as the UTF-8 bytes that travel.
 */
public final class Body {
  /** Text that says nothing. */
  static final Body EMPTY = text("");

  private final boolean text;
  private final byte[] bytes;

  private Body(boolean text, byte[] bytes) {
    this.text = text;
    this.bytes = bytes;
  }

  /**
   * A text body.
   *
   * @throws IllegalArgumentException if the text holds an unpaired surrogate, which UTF-8 cannot
   *     carry
   */
  public static Body text(String text) {
    return new Body(true, WellFormed.utf8("text", text));
  }

  /**
   * A text body of the UTF-8 that remains in the buffer, which is copied and left as it was.
   *
   * @throws IllegalArgumentException if it is not well-formed UTF-8
   */
  public static Body utf8(ByteBuffer text) {
    byte[] copy = copied(text);
    if (!WellFormed.isUtf8(copy)) {
      throw new IllegalArgumentException("text is not UTF-8");
    }
    return new Body(true, copy);
  }

  /** A binary body of what remains in the buffer, which is copied and left as it was. */
  public static Body binary(ByteBuffer data) {
    return new Body(false, copied(data));
  }

  private static byte[] copied(ByteBuffer data) {
    byte[] copy = new byte[data.remaining()];
    data.duplicate().get(copy);
    return copy;
  }

  /** Whether this is text; otherwise it is binary. */
  public boolean isText() {
    return text;
  }

  /** The length in bytes; of text, in UTF-8. */
  public int size() {
    return bytes.length;
  }

  /** The bytes, read-only; of text, in UTF-8. */
  public ByteBuffer bytes() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  /**
   * The text.
   *
   * @throws IllegalStateException if this is binary
   */
  public String text() {
    if (!text) {
      throw new IllegalStateException("a binary body has no text");
    }
    return new String(bytes, UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Body that && text == that.text && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Kind and size, never the content: bodies do not belong in logs. */
  @Override
  public String toString() {
    return (text ? "text of " : "binary of ") + bytes.length + " bytes";
  }
}
