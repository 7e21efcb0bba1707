package io.durablechat.core;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * A message as it is now: what somebody said, with what has become of it since.
 *
 * @param sequence its place in the room
 * @param at when it was kept
 * @param author who published it
 * @param body what it says
 * @param replyTo the sequence of the entry that it replies to, if any
 */
public record Message(long sequence, Instant at, Member author, Body body, OptionalLong replyTo) {
  /**
   * Returns what it says as text. Empty for a {@linkplain Body#isText() binary} one, which any
   * client that speaks plain frames may send.
   */
  public String text() {
    return body.isText() ? body.text() : "";
  }
}
