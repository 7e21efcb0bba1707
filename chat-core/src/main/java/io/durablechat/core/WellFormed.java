package io.durablechat.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.text.Normalizer;
import java.util.Locale;

/** What text from outside must fulfil before it becomes a value of this package. */
final class WellFormed {
  private static final char REPLACEMENT = '\uFFFD';

  private WellFormed() {}

  /**
   * A one-line label in NFC: not empty, no control character, at most {@code maxBytes} of UTF-8.
   */
  static String label(String what, String value, int maxBytes) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(what + " is empty");
    }
    // A character is at least a byte: refused here, a megabyte is not normalised first.
    if (value.length() > maxBytes) {
      throw tooLong(what, maxBytes);
    }
    String label = Normalizer.normalize(value, Normalizer.Form.NFC);
    if (utf8(what, label).length > maxBytes) {
      throw tooLong(what, maxBytes);
    }
    label
        .chars()
        .filter(Character::isISOControl)
        .findFirst()
        .ifPresent(
            c -> {
              throw new IllegalArgumentException(
                  String.format(Locale.ROOT, "%s holds the control character U+%04X", what, c));
            });
    return label;
  }

  /** The text's UTF-8 bytes; an unpaired surrogate has none and is refused instead of replaced. */
  static byte[] utf8(String what, String text) {
    try {
      ByteBuffer bytes = UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] exact = new byte[bytes.remaining()];
      bytes.get(exact);
      return exact;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(what + " holds an unpaired surrogate", e);
    }
  }

  /** Whether these bytes are UTF-8 as RFC 3629 has it. */
  static boolean isUtf8(byte[] bytes) {
    // Decoded at full speed, what is malformed becomes U+FFFD; a strict decoder takes its time.
    return new String(bytes, UTF_8).indexOf(REPLACEMENT) < 0 || isStrictlyUtf8(bytes);
  }

  private static boolean isStrictlyUtf8(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static IllegalArgumentException tooLong(String what, int maxBytes) {
    return new IllegalArgumentException(what + " is longer than " + maxBytes + " bytes of UTF-8");
  }
}
