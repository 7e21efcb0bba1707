package io.durablechat.core;

import java.util.Optional;

/**
 * Bounds what waits to be kept, in drafts and bytes; counted before the mailbox. One draft larger
 * than the bound fits when nothing else waits, so that the limit on messages alone decides how
 * large one may be. Safe for use by several threads.
 */
final class Allowance {
  private final Optional<Allowance> whole;
  private final int maxDrafts;
  private final long maxBytes;
  private int drafts;
  private long bytes;

  private Allowance(Optional<Allowance> whole, int maxDrafts, long maxBytes) {
    this.whole = whole;
    this.maxDrafts = maxDrafts;
    this.maxBytes = maxBytes;
  }

  /** The allowance of all senders together, bounded in bytes alone. */
  static Allowance ofAll(long maxBytes) {
    return new Allowance(Optional.empty(), Integer.MAX_VALUE, maxBytes);
  }

  /** One sender's part of this allowance. */
  Allowance part(int partDrafts, long partBytes) {
    return new Allowance(Optional.of(this), partDrafts, partBytes);
  }

  /** Takes this many bytes as one draft, unless that would exceed a bound. */
  synchronized boolean tryAcquire(int size) {
    boolean full = drafts > 0 && (drafts >= maxDrafts || bytes + size > maxBytes);
    if (full || (whole.isPresent() && !whole.get().tryAcquire(size))) {
      return false;
    }
    drafts++;
    bytes += size;
    return true;
  }

  /** Gives back what one successful {@link #tryAcquire} took. */
  synchronized void release(int size) {
    drafts--;
    bytes -= size;
    whole.ifPresent(w -> w.release(size));
  }
}
