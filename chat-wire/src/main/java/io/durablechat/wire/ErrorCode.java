package io.durablechat.wire;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The codes of errors, in {@code chat.v1} and over HTTP; {@code docs/protocol.md} explains them.
 */
public enum ErrorCode {
  /** It cannot be read, or a member cannot be what it is. */
  BAD_REQUEST,
  /** The server does not know this type, or does not do this. */
  UNSUPPORTED,
  /** The text is over the limit. */
  TOO_LARGE,
  /** The id was used for something else. */
  CONFLICT,
  /** Not allowed in this room, or refused by the application. */
  FORBIDDEN,
  /** The token is not valid; the one before still is. */
  NOT_AUTHENTICATED,
  /** The member is kept out of the room. */
  BANNED,
  /** The member may only read. */
  MUTED,
  /** Only moderators may publish. */
  LOCKED,
  /** Members wait between two messages. */
  SLOW_MODE,
  /** There is no such message, or not any more. */
  NOT_FOUND,
  /** Over a limit: try again later. */
  RATE_LIMITED,
  /** Too much waits to be kept: try again later. */
  OVERLOADED,
  /** It cannot be kept now: try again later. */
  STORAGE,
  /** The session has ended. */
  CLOSED,
  /** Over HTTP: the caller has not shown who it is. */
  UNAUTHORIZED,
  /** Over HTTP: another method is wanted here. */
  METHOD_NOT_ALLOWED,
  /** Over HTTP: the history that the cursor is of was replaced. */
  RESET;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** Returns the code as it is written. */
  public String word() {
    return word;
  }

  /** Returns the code that is written so; empty if it is not known here. */
  public static Optional<ErrorCode> of(String word) {
    return Stream.of(values()).filter(code -> code.word.equals(word)).findFirst();
  }
}
