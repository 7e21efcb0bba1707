package io.durablechat.core;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One room's messages in memory: a ring that grows, in the order of their sequences. Written by one
 * thread and read by others.
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

  private Entry[] ring = new Entry[SMALLEST];
  private final RoomName name;

  /** Of those in the ring, the messages that are there. */
  private final Sequences said = new Sequences();

  /** How many were ever removed: the place of the oldest, counted from the first of all. */
  private long removed;

  private int size;

  /** The highest sequence that was removed. */
  private long trimmedThrough;

  private long last;
  private Instant lastAt = Instant.EPOCH;

  /** A room without messages, whose numbers begin after this one. */
  RoomMessages(RoomName name, long after) {
    this.name = name;
    this.trimmedThrough = after;
    this.last = after;
  }

  RoomName name() {
    return name;
  }

  /** Adds a message, numbered with the next sequence. */
  synchronized Entry append(Member author, Draft draft, Instant now) {
    return append(author, draft, last + 1, now);
  }

  /** Adds a message with the next sequence or a later one. */
  synchronized Entry append(Member author, Draft draft, long sequence, Instant now) {
    // A clock set back must not make time run backwards within a room.
    lastAt = now.isBefore(lastAt) ? lastAt : now;
    Entry entry = new Entry(sequence, last, lastAt, author, draft);
    if (size == ring.length) {
      grow();
    }
    ring[index(size)] = entry;
    size++;
    last = sequence;
    if (draft.content().isSaid()) {
      said.add(sequence);
    }
    return entry;
  }

  /** Returns whether there is such a message: said, and neither deleted nor removed since. */
  synchronized boolean hasMessage(long sequence) {
    return said.contains(sequence);
  }

  /** Changes a message that is there, and returns by how many bytes its body has grown. */
  synchronized int change(long sequence, Content change) {
    int index = index(countThrough(false, sequence) - 1);
    Entry before = ring[index];
    Entry after = before.changedBy(change);
    ring[index] = after;
    if (!after.content().isSaid()) {
      said.remove(sequence);
    }
    return after.draft().body().size() - before.draft().body().size();
  }

  synchronized Entry removeOldest() {
    int index = index(0);
    Entry oldest = ring[index];
    ring[index] = null;
    said.remove(oldest.sequence());
    trimmedThrough = oldest.sequence();
    removed++;
    size--;
    if (size == 0 && ring.length > SMALLEST) {
      ring = new Entry[SMALLEST];
    }
    return oldest;
  }

  /** Whether the oldest message need not be kept. */
  synchronized boolean isBeyond(Keep keep, Instant now) {
    if (size == 0) {
      return false;
    }
    Entry oldest = ring[index(0)];
    long most = keep.messages().orElse(Long.MAX_VALUE);
    return (size > most && (said.size() > most || !oldest.content().isSaid()))
        || (keep.age().isPresent() && oldest.at().isBefore(now.minus(keep.age().get())));
  }

  /** When the oldest message was kept; empty if there is none. */
  synchronized Optional<Instant> oldest() {
    return size == 0 ? Optional.empty() : Optional.of(ring[index(0)].at());
  }

  synchronized int size() {
    return size;
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
    int end = range.onlyMessages() ? said.size() : size;
    int next = isForwards ? countThrough(range, range.sequence()) : countBefore(range) - 1;
    int step = isForwards ? 1 : -1;
    List<Entry> entries = new ArrayList<>();
    long bytes = 0;
    boolean hasMore = false;
    for (; next >= 0 && next < end && !hasMore; next += step) {
      Entry entry = at(next, range.onlyMessages());
      bytes += entry.draft().body().size();
      hasMore = isFull(entries, bytes, range);
      if (!hasMore) {
        entries.add(entry);
      }
    }
    if (!isForwards) {
      Collections.reverse(entries);
    }
    return new Page(entries, hasMore, trimmedThrough, start.at(last));
  }

  /** The one at a place, counted from the oldest, among all or among the messages. */
  private Entry at(int place, boolean ofMessages) {
    return at(ofMessages ? countThrough(false, said.get(place)) - 1 : place);
  }

  private Entry at(int place) {
    return ring[index(place)];
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
    if (onlyMessages) {
      return said.countThrough(sequence);
    }
    if (sequence >= last) {
      return size;
    }
    long unlessSkipped = size - (last - sequence);
    if (unlessSkipped > 0 && at((int) unlessSkipped - 1).sequence() == sequence) {
      return (int) unlessSkipped;
    }
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (at(middle).sequence() <= sequence) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static boolean isFull(List<Entry> entries, long bytes, Range range) {
    return entries.size() == range.messages() || (!entries.isEmpty() && bytes > range.bytes());
  }

  synchronized Place locate(Newest newest, Cursor start) {
    int there = countThrough(newest.ofMessages(), Math.max(0, newest.before() - 1));
    if (there == 0) {
      return new Place(trimmedThrough, OptionalLong.empty(), trimmedThrough, start.at(last));
    }
    Entry first = at(Math.max(0, there - newest.count()), newest.ofMessages());
    return new Place(
        there < newest.count() ? trimmedThrough : first.previous(),
        OptionalLong.of(first.sequence()),
        trimmedThrough,
        start.at(last));
  }

  private void grow() {
    Entry[] larger = new Entry[ring.length * 2];
    for (int i = 0; i < size; i++) {
      larger[(int) ((removed + i) % larger.length)] = ring[index(i)];
    }
    ring = larger;
  }

  /** Where in the ring the one is that is at this place, counted from the oldest. */
  private int index(int place) {
    return (int) ((removed + place) % ring.length);
  }
}
