package io.durablechat.core;

import java.util.List;

/**
 * Consecutive records of a room, oldest first, as they stood at one moment.
 *
 * @param messages the records; empty if the range holds none
 * @param trimmedThrough the highest sequence that retention has removed, 0 if none: whoever's
 *     cursor lies below it cannot be given all that followed
 * @param head the end of the room's log at that moment
 */
public record Page(List<Message> messages, long trimmedThrough, Cursor head) {
  /** Copies the list. */
  public Page {
    messages = List.copyOf(messages);
  }
}
