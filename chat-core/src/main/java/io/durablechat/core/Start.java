package io.durablechat.core;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where a session wishes to begin.
 *
 * @param cursor the last thing it has seen, if it was here before
 * @param atMost the most messages it wants of those after its cursor; the newest are given. What
 *     was deleted does not count
 * @param history how many messages it wants from before the head if it has no cursor that holds;
 *     what was deleted neither counts nor comes
 * @param place where it begins if it has no cursor that holds, in place of the head when it is let
 *     in; {@code history} counts from there
 */
public record Start(
    Optional<Cursor> cursor, OptionalInt atMost, int history, Optional<Cursor> place) {
  /** The most messages that {@code atMost} and {@code history} may ask for. */
  public static final int MAX_MESSAGES = 10_000;

  private static final Start LIVE = history(0);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the one that is out of bounds
   */
  public Start {
    if (history < 0 || history > MAX_MESSAGES) {
      throw new IllegalArgumentException("history must be 0 to " + MAX_MESSAGES + ": " + history);
    }
    if (atMost.isPresent() && (atMost.getAsInt() < 1 || atMost.getAsInt() > MAX_MESSAGES)) {
      throw new IllegalArgumentException(
          "atMost must be 1 to " + MAX_MESSAGES + ": " + atMost.getAsInt());
    }
  }

  /** Begins at the head when the session is let in, if it has no cursor that holds. */
  public Start(Optional<Cursor> cursor, OptionalInt atMost, int history) {
    this(cursor, atMost, history, Optional.empty());
  }

  /** With what comes from now on. */
  public static Start live() {
    return LIVE;
  }

  /** With the newest messages, at most this many. */
  public static Start history(int messages) {
    return new Start(Optional.empty(), OptionalInt.empty(), messages);
  }

  /** With everything after the cursor. */
  public static Start after(Cursor cursor) {
    return new Start(Optional.of(cursor), OptionalInt.empty(), 0);
  }

  /**
   * This start, as of a place that {@link Room#head} has given: nothing is missed that came since,
   * however long it takes to join.
   */
  public Start from(Cursor newPlace) {
    return new Start(cursor, atMost, history, Optional.of(newPlace));
  }
}
