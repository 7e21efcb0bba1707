package io.durablechat.jetty;

import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what clients together hold in memory of one kind: bodies that are being read and pages
 * that are being written, or messages that have begun to come. Safe for use by several threads.
 */
final class HeldBytes {
  private final long max;
  private final AtomicLong free;

  private HeldBytes(long max) {
    this.max = max;
    this.free = new AtomicLong(max);
  }

  /** One part in so many of the heap. */
  static HeldBytes ofHeap(int parts) {
    return new HeldBytes(Runtime.getRuntime().maxMemory() / parts);
  }

  /**
   * Takes so many bytes, as a guess at what will be held.
   *
   * @throws RefusedException if that is too much for now
   */
  Part take(long bytes) {
    Part part = new Part();
    part.add(bytes);
    return part;
  }

  /** How much is held now. */
  long held() {
    return max - free.get();
  }

  /** How much may be held besides. */
  long free() {
    return free.get();
  }

  /** What one request holds. */
  final class Part {
    private final AtomicLong held = new AtomicLong();

    /**
     * It turns out to be so many more.
     *
     * @throws RefusedException if that is too much for now; then it holds what it did
     */
    void add(long bytes) {
      if (free.addAndGet(-bytes) < 0) {
        free.addAndGet(bytes);
        throw RefusedException.retryable(
            Reason.OVERLOADED, "too much is asked for at once", Duration.ofSeconds(1));
      }
      held.addAndGet(bytes);
    }

    /** It turned out to be so much. */
    void set(long bytes) {
      free.addAndGet(held.getAndSet(bytes) - bytes);
    }

    /** It is done with; a second call is harmless. */
    void release() {
      set(0);
    }
  }
}
