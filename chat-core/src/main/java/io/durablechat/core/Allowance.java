package io.durablechat.core;

import java.util.Optional;

/**
 * Bounds what is held in memory, in items and bytes: drafts that wait to be kept, or batches for
 * those a little behind. One item larger than the bound fits when there is no other, so that the
 * limit on messages alone decides how large one may be. Safe for use by several threads.
 */
final class Allowance {
  private final Optional<Allowance> whole;
  private final int maxItems;
  private final long maxBytes;
  private int items;
  private long bytes;

  private Allowance(Optional<Allowance> whole, int maxItems, long maxBytes) {
    this.whole = whole;
    this.maxItems = maxItems;
    this.maxBytes = maxBytes;
  }

  /** The allowance of all together, bounded in bytes alone. */
  static Allowance ofAll(long maxBytes) {
    return new Allowance(Optional.empty(), Integer.MAX_VALUE, maxBytes);
  }

  /** One holder's part of this allowance. */
  Allowance part(int partItems, long partBytes) {
    return new Allowance(Optional.of(this), partItems, partBytes);
  }

  /** Takes this many bytes as one item, unless that would exceed a bound. */
  synchronized boolean tryAcquire(int size) {
    boolean full = items > 0 && (items >= maxItems || bytes + size > maxBytes);
    if (full || (whole.isPresent() && !whole.get().tryAcquire(size))) {
      return false;
    }
    items++;
    bytes += size;
    return true;
  }

  /** Gives back what one successful {@link #tryAcquire} took. */
  synchronized void release(int size) {
    items--;
    bytes -= size;
    whole.ifPresent(w -> w.release(size));
  }
}
