package io.durablechat.core;

import java.time.Instant;
import java.util.Optional;

/**
 * An entry of a room's log: a draft that was numbered and kept. It is a {@link #message}, or what
 * has been decided or done about one.
 *
 * @param sequence its place in the room, from 1 up; rises strictly, may skip numbers
 * @param previous the sequence of the entry before it in the room, 0 if it is the first: whoever
 *     holds another number has missed something. A session is given history without what is not
 *     there any more; there it is the sequence of the one given before
 * @param at when it was kept, in whole milliseconds; never earlier than the entry before it
 * @param author who published it
 * @param draft what was published, as changed since
 */
public record Entry(long sequence, long previous, Instant at, Member author, Draft draft) {
  /** Returns what it is. */
  public Content content() {
    return draft.content();
  }

  /** Returns the message that it is; empty if it is something else, or was deleted. */
  public Optional<Message> message() {
    return content() instanceof Content.Said said
        ? Optional.of(new Message(sequence, at, author, said.body(), said.replyTo()))
        : Optional.empty();
  }

  /**
   * Returns what it says as text; empty if that is {@linkplain Body#isText() binary}, or nothing.
   */
  public String text() {
    Body body = draft.body();
    return body.isText() ? body.text() : "";
  }

  /** This entry, as it is given after another one than that before it in the log. */
  Entry following(long sequenceBefore) {
    return sequenceBefore == previous
        ? this
        : new Entry(sequence, sequenceBefore, at, author, draft);
  }

  /** Returns what becomes of this entry once another one, of which it is the target, is kept. */
  public Entry changedBy(Content change) {
    return new Entry(sequence, previous, at, author, draft.changedBy(change));
  }
}
