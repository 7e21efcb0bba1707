package io.durablechat.core;

import java.util.Optional;

/**
 * A draft on its way into the log.
 *
 * @param room where it was published
 * @param author by whom
 * @param draft what was published
 * @param stamp the number and time that it was given elsewhere; empty if the log gives them
 */
public record Submission(RoomName room, Member author, Draft draft, Optional<Stamp> stamp) {
  /** A draft that the log numbers and dates. */
  public Submission(RoomName room, Member author, Draft draft) {
    this(room, author, draft, Optional.empty());
  }

  /** Returns the same, numbered and dated elsewhere. */
  public Submission stamped(Stamp newStamp) {
    return new Submission(room, author, draft, Optional.of(newStamp));
  }
}
