package io.durablechat.core;

/** What a record in a room's log is. Every record has a kind, so that new ones need no new log. */
public enum Kind {
  /** A message from a client that speaks a chat protocol. */
  MESSAGE,
  /** A frame from a client that speaks none: relayed as it came, text or binary. */
  PLAIN
}
