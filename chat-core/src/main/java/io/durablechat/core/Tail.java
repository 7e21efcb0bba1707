package io.durablechat.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The newest batches of a room, for sessions that are a little behind: they are given what others
 * were given, already encoded, without a read of the log. Bounded for the room and for all rooms
 * together; what does not fit is read from the log. Used on the room's strand alone.
 */
final class Tail {
  private final Allowance allowance;
  private final Deque<Batch> batches = new ArrayDeque<>();

  /** Joined batches that are remembered at a time: they are not counted. */
  private static final int MAX_JOINED = 8;

  /** Batches joined for one write, by the sequence they begin with: those behind share them too. */
  private final Map<Long, Batch> joined = new HashMap<>();

  Tail(Allowance allowance) {
    this.allowance = allowance;
  }

  /** Adds the batch after the newest. */
  void add(Batch batch) {
    joined.clear();
    while (!allowance.tryAcquire(batch.cost())) {
      if (batches.isEmpty()) {
        // Other rooms have it all. Whoever asks for this batch finds nothing here.
        return;
      }
      allowance.release(batches.removeFirst().cost());
    }
    batches.addLast(batch);
  }

  void clear() {
    joined.clear();
    batches.forEach(batch -> allowance.release(batch.cost()));
    batches.clear();
  }

  /** What follows the sequence, as much as one write takes; empty if some of it is not here. */
  Optional<Batch> after(long sequence) {
    if (batches.isEmpty() || sequence < batches.getFirst().entries().get(0).previous()) {
      return Optional.empty();
    }
    Iterator<Batch> newer = batches.iterator();
    while (newer.hasNext()) {
      Optional<Batch> first = newer.next().after(sequence);
      if (first.isPresent()) {
        if (joined.size() == MAX_JOINED) {
          joined.clear();
        }
        return Optional.of(
            joined.computeIfAbsent(
                first.get().entries().get(0).sequence(), s -> join(first.get(), newer)));
      }
    }
    return Optional.empty();
  }

  private static Batch join(Batch first, Iterator<Batch> newer) {
    List<Entry> entries = new ArrayList<>(first.entries());
    long bytes = first.bytes();
    Batch last = first;
    while (newer.hasNext()) {
      Batch next = newer.next();
      bytes += next.bytes();
      if (bytes > Batch.MAX_BYTES) {
        break;
      }
      entries.addAll(next.entries());
      last = next;
    }
    return last == first ? first : Batch.of(entries, last.cursor());
  }
}
