package io.durablechat.core;

/** What a record in a room's log is. Every record has a kind, so that new ones need no new log. */
public enum Kind {
  /** A message from a client that speaks a chat protocol. */
  MESSAGE,
  /** A frame from a client that speaks none: relayed as it came, text or binary. */
  PLAIN,
  /** Has the message it refers to deleted: from then on that says nothing. */
  DELETE,
  /** What was a message until it was deleted: who said it and when is left, and nothing else. */
  DELETED,
  /** A {@link Ruling}; only in {@link Moderation#TRAIL}. */
  RULING;

  /** Whether it is something that somebody said and that can be deleted. */
  public boolean isSaid() {
    return this == MESSAGE || this == PLAIN;
  }
}
