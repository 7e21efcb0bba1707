package io.durablechat.core;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Why a session ends, as a WebSocket close code (RFC 6455, section 7.4) with a short text.
 *
 * @param code 1000 to 1013 as registered; 4000 to 4499 ours, come back; 4500 to 4999 ours, stop
 * @param reconnect whether the client should come back
 * @param text our own words, at most 123 bytes of UTF-8 (RFC 6455, section 5.5), never an
 *     exception's
 */
public record CloseReason(int code, boolean reconnect, String text) {
  /** The longest text, in bytes of UTF-8. */
  public static final int MAX_TEXT_BYTES = 123;

  /** The server stops and nothing is said about its return. */
  public static final CloseReason GOING_AWAY = new CloseReason(1001, true, "server is stopping");

  /** A message was over the limit. Come back, but do not send it again. */
  public static final CloseReason TOO_BIG = new CloseReason(1009, true, "message too big");

  /** Our fault. */
  public static final CloseReason FAULT = new CloseReason(1011, true, "internal error");

  /** The server restarts. */
  public static final CloseReason RESTART = new CloseReason(1012, true, "server is restarting");

  /** More is waiting than may wait. */
  public static final CloseReason OVERLOADED =
      new CloseReason(1013, true, "overloaded, try again later");

  /** Retention removed messages this session had not been given yet. */
  public static final CloseReason TRIMMED = new CloseReason(4001, true, "fell behind what is kept");

  /** The log was set back or replaced while the session was open. */
  public static final CloseReason LINEAGE_CHANGED =
      new CloseReason(4002, true, "history was replaced");

  /** What was shown to be known by is not to be believed any more: come back with something new. */
  public static final CloseReason EXPIRED =
      new CloseReason(4003, true, "the token has expired, come back with a new one");

  /** Not allowed in this room. */
  public static final CloseReason FORBIDDEN =
      new CloseReason(4503, false, "not allowed in this room");

  /** Sent away by who moderates the room. */
  public static final CloseReason KICKED = new CloseReason(4510, false, "you were sent away");

  /** Kept out by who moderates the room. */
  public static final CloseReason BANNED = new CloseReason(4511, false, "you are banned");

  /**
   * Checks code and text.
   *
   * @throws IllegalArgumentException if the code cannot be sent or the text is too long
   */
  public CloseReason {
    boolean registered =
        code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
    if (!registered && (code < 3000 || code > 4999)) {
      throw new IllegalArgumentException("not a close code that may be sent: " + code);
    }
    if (text.getBytes(UTF_8).length > MAX_TEXT_BYTES) {
      throw new IllegalArgumentException(
          "close text is longer than " + MAX_TEXT_BYTES + " bytes: " + text);
    }
  }

  /**
   * Nothing was shown to be known by that is to be believed.
   *
   * @throws IllegalArgumentException if the text is too long
   */
  public static CloseReason notAuthenticated(String text) {
    return new CloseReason(4501, false, text);
  }

  /**
   * A reason after which the client should stay away: it broke a rule that it would break again.
   */
  public static CloseReason policy(String text) {
    return new CloseReason(1008, false, text);
  }
}
