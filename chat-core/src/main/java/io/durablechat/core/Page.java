package io.durablechat.core;

import java.util.List;

/**
 * Consecutive records of a room, oldest first, as they stood at one moment; of a range of messages
 * alone, without what lies between them.
 *
 * @param entries the records; empty if the range holds none
 * @param hasMore whether the log has more of them in the direction that was read in
 * @param trimmedThrough the highest sequence that retention has removed, 0 if none: whoever's
 *     cursor lies below it cannot be given all that followed
 * @param head the end of the room's log at that moment
 */
public record Page(List<Entry> entries, boolean hasMore, long trimmedThrough, Cursor head) {
  /** Copies the list. */
  public Page {
    entries = List.copyOf(entries);
  }
}
