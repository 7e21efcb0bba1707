package io.durablechat.core;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntToLongFunction;

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

  /** Of those in the ring, the messages that are there. */
  private final Sequences said = new Sequences();

  private long first;
  private long last;
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
    if (draft.kind().isSaid()) {
      said.add(last);
    }
    return message;
  }

  /** Whether there is such a message: said, and neither deleted nor removed since. */
  synchronized boolean hasMessage(long sequence) {
    return sequence >= first && sequence <= last && ring[index(sequence)].draft().kind().isSaid();
  }

  /** Blanks a message that is there, and returns it as it was. */
  synchronized Message delete(long sequence) {
    Message target = ring[index(sequence)];
    ring[index(sequence)] = target.deleted();
    said.remove(sequence);
    return target;
  }

  synchronized Message removeOldest() {
    int index = index(first);
    Message oldest = ring[index];
    ring[index] = null;
    said.remove(first);
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

  synchronized int size() {
    return (int) (last - first + 1);
  }

  /** How many messages are there: without what was deleted, and what deletes. */
  synchronized int said() {
    return said.size();
  }

  synchronized long last() {
    return last;
  }

  synchronized Page read(Range range, Cursor start) {
    boolean isForwards = range.anchor() == Range.Anchor.AFTER;
    IntToLongFunction of = range.onlyMessages() ? said::get : index -> first + index;
    int end = range.onlyMessages() ? said.size() : size();
    int next = isForwards ? countThrough(range, range.sequence()) : countBefore(range) - 1;
    int step = isForwards ? 1 : -1;
    List<Message> messages = new ArrayList<>();
    long bytes = 0;
    boolean hasMore = false;
    for (; next >= 0 && next < end && !hasMore; next += step) {
      Message message = ring[index(of.applyAsLong(next))];
      bytes += message.draft().body().size();
      hasMore = isFull(messages, bytes, range);
      if (!hasMore) {
        messages.add(message);
      }
    }
    if (!isForwards) {
      Collections.reverse(messages);
    }
    return new Page(messages, hasMore, first - 1, start.at(last));
  }

  private int countBefore(Range range) {
    return countThrough(
        range, range.anchor() == Range.Anchor.LAST ? last : Math.max(0, range.sequence() - 1));
  }

  private int countThrough(Range range, long sequence) {
    return countThrough(range.onlyMessages(), sequence);
  }

  /** How many of what is wanted there are up to a sequence. */
  private int countThrough(boolean onlyMessages, long sequence) {
    return onlyMessages
        ? said.countThrough(sequence)
        : (int) Math.max(0, Math.min(last, sequence) - first + 1);
  }

  private static boolean isFull(List<Message> messages, long bytes, Range range) {
    return messages.size() == range.messages() || (!messages.isEmpty() && bytes > range.bytes());
  }

  synchronized Place locate(Newest newest, Cursor start) {
    int there = countThrough(newest.ofMessages(), Math.max(0, newest.before() - 1));
    int oldest = Math.max(0, there - newest.count());
    OptionalLong found =
        there == 0
            ? OptionalLong.empty()
            : OptionalLong.of(newest.ofMessages() ? said.get(oldest) : first + oldest);
    long position = there < newest.count() ? first - 1 : found.orElseThrow() - 1;
    return new Place(position, found, first - 1, start.at(last));
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
