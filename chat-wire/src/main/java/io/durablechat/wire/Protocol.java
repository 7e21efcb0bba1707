package io.durablechat.wire;

import java.time.Duration;

/** The name and the limits of {@code chat.v1}. */
public final class Protocol {
  /** The name of the protocol in {@code Sec-WebSocket-Protocol}. */
  public static final String SUBPROTOCOL = "chat.v1";

  /** The most lines of a client's frame. */
  public static final int MAX_LINES = 1024;

  /** The most members of an object that a client says. */
  public static final int MAX_MEMBERS = 64;

  /** The deepest nesting of a member that a client says, and that is passed over. */
  public static final int MAX_DEPTH = 32;

  /** The longest {@code id} of a command, in characters. */
  public static final int MAX_ID_CHARS = 64;

  /** The largest number: every JSON implementation keeps it exactly (RFC 7493, section 2.2). */
  public static final long MAX_NUMBER = (1L << 53) - 1;

  /** The messages of a page of history, if the client names no limit. */
  public static final int DEFAULT_HISTORY = 50;

  /** The time within which a client must say hello. */
  public static final Duration HELLO_WITHIN = Duration.ofSeconds(10);

  /** A byte of a text is at most a control character, which JSON writes as six bytes. */
  private static final long BYTES_FOR_A_BYTE = 6;

  /** Room for all of a command but its text, in bytes. */
  private static final int BESIDE_THE_TEXT = 4096;

  private Protocol() {}

  /**
   * Returns the longest line that publishes a message of this size, in bytes.
   *
   * @param maxMessage the largest text of a message, in bytes of UTF-8
   */
  public static int maxLine(int maxMessage) {
    return (int) Math.min(maxMessage * BYTES_FOR_A_BYTE + BESIDE_THE_TEXT, Integer.MAX_VALUE);
  }
}
