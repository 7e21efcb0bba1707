package io.durablechat.core;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * One room's messages in memory: a ring that grows, numbered without gaps, so that a sequence is an
 * index. Written by one thread and read by others.
 */
final class RoomMessages {
  /**
   * Messages of this room that its own bound removed, and that the log's age queue still counts.
   */
  int trimmedAhead;

  /** Remembered ids of its drafts. The appending thread's own. */
  int ids;

  /** Whether the log has noted that it may be forgotten. The appending thread's own. */
  boolean isNoted;

  private static final int SMALLEST = 16;

  private Message[] ring = new Message[SMALLEST];
  private final RoomName name;
  private long first;
  private long last;
  private int said;
  private Instant lastAt = Instant.EPOCH;

  /** A room without messages, whose numbers begin after this one. */
  RoomMessages(RoomName name, long after) {
    this.name = name;
    this.first = after + 1;
    this.last = after;
  }

  RoomName name() {
    return name;
  }

  synchronized Message append(Member author, Draft draft, Instant now) {
    // A clock set back must not make time run backwards within a room.
    lastAt = now.isBefore(lastAt) ? lastAt : now;
    Message message = new Message(last + 1, last, lastAt, author, draft);
    if (size() == ring.length) {
      grow();
    }
    last++;
    ring[index(last)] = message;
    said += draft.kind().isSaid() ? 1 : 0;
    return message;
  }

  /** Blanks a message, and returns it as it was; empty if there is none, or not any more. */
  synchronized Optional<Message> delete(long sequence) {
    if (sequence < first || sequence > last) {
      return Optional.empty();
    }
    Message target = ring[index(sequence)];
    if (!target.draft().kind().isSaid()) {
      return Optional.empty();
    }
    ring[index(sequence)] = target.deleted();
    said--;
    return Optional.of(target);
  }

  synchronized Message removeOldest() {
    int index = index(first);
    Message oldest = ring[index];
    ring[index] = null;
    said -= oldest.draft().kind().isSaid() ? 1 : 0;
    first++;
    if (size() == 0 && ring.length > SMALLEST) {
      ring = new Message[SMALLEST];
    }
    return oldest;
  }

  /** Whether the oldest message need not be kept. */
  synchronized boolean isBeyond(Keep keep, Instant now) {
    if (size() == 0) {
      return false;
    }
    Message oldest = ring[index(first)];
    long most = keep.messages().orElse(Long.MAX_VALUE);
    return (size() > most && (said() > most || !oldest.draft().kind().isSaid()))
        || (keep.age().isPresent() && oldest.at().isBefore(now.minus(keep.age().get())));
  }

  /** When the oldest message was kept; empty if there is none. */
  synchronized Optional<Instant> oldest() {
    return size() == 0 ? Optional.empty() : Optional.of(ring[index(first)].at());
  }

  /** How many messages are there: without what was deleted, and what deletes. */
  synchronized int said() {
    return said;
  }

  synchronized int size() {
    return (int) (last - first + 1);
  }

  synchronized long last() {
    return last;
  }

  synchronized Page read(Range range, Cursor start) {
    List<Message> messages =
        range.anchor() == Range.Anchor.AFTER ? forwards(range) : backwards(range);
    return new Page(messages, first - 1, start.at(last));
  }

  private List<Message> forwards(Range range) {
    List<Message> messages = new ArrayList<>();
    long bytes = 0;
    for (long after = Math.max(first - 1, range.sequence()); after < last; after++) {
      Message message = ring[index(after + 1)];
      bytes += message.draft().body().size();
      if (isFull(messages, bytes, range)) {
        break;
      }
      messages.add(message);
    }
    return messages;
  }

  private List<Message> backwards(Range range) {
    long newest = range.anchor() == Range.Anchor.LAST ? last : Math.min(last, range.sequence() - 1);
    List<Message> messages = new ArrayList<>();
    long bytes = 0;
    for (long s = newest; s >= first; s--) {
      Message message = ring[index(s)];
      bytes += message.draft().body().size();
      if (isFull(messages, bytes, range)) {
        break;
      }
      messages.add(message);
    }
    Collections.reverse(messages);
    return messages;
  }

  private static boolean isFull(List<Message> messages, long bytes, Range range) {
    return messages.size() == range.messages() || (!messages.isEmpty() && bytes > range.bytes());
  }

  private void grow() {
    Message[] larger = new Message[ring.length * 2];
    for (long s = first; s <= last; s++) {
      larger[(int) (s % larger.length)] = ring[index(s)];
    }
    ring = larger;
  }

  private int index(long sequence) {
    return (int) (sequence % ring.length);
  }
}
