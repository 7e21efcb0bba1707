package io.durablechat.core;

import java.time.Instant;

/**
 * A record of a room's log: a draft that was numbered and kept.
 *
 * @param sequence its place in the room, from 1 up; rises strictly, may skip numbers
 * @param previous the sequence of the record before it in the room, 0 if it is the first: whoever
 *     holds another number has missed something. A session is given history without what is not
 *     there any more; there it is the sequence of the one given before
 * @param at when it was kept, in whole milliseconds; never earlier than the record before it
 * @param author who published it
 * @param draft what it says
 */
public record Entry(long sequence, long previous, Instant at, Member author, Draft draft) {
  /**
   * Returns what it says as text. Empty for a {@linkplain Body#isText() binary} one, which any
   * client that speaks plain frames may send, and for one that was deleted.
   */
  public String text() {
    Body body = draft.body();
    return body.isText() ? body.text() : "";
  }

  /** This record, as it is given after another one than that before it in the log. */
  Entry following(long sequenceBefore) {
    return sequenceBefore == previous
        ? this
        : new Entry(sequence, sequenceBefore, at, author, draft);
  }

  /** What is left of this record once it has been deleted. */
  public Entry deleted() {
    return new Entry(sequence, previous, at, author, draft.deleted());
  }
}
