package io.durablechat.jetty;

import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what requests of all clients together hold in memory: bodies that are being read, and
 * pages that are being written. Safe for use by several threads.
 */
final class HeldBytes {
  private static final int PART_OF_HEAP = 8;

  private final long max;
  private final AtomicLong free;

  private HeldBytes(long max) {
    this.max = max;
    this.free = new AtomicLong(max);
  }

  /** One part in {@value #PART_OF_HEAP} of the heap. */
  static HeldBytes ofHeap() {
    return new HeldBytes(Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
  }

  /**
   * Takes so many bytes, as a guess at what will be held.
   *
   * @throws RefusedException if that is too much for now
   */
  Part take(long bytes) {
    if (free.addAndGet(-bytes) < 0) {
      free.addAndGet(bytes);
      throw RefusedException.retryable(
          Reason.OVERLOADED, "too much is asked for at once", Duration.ofSeconds(1));
    }
    return new Part(bytes);
  }

  /** How much is held now. */
  long held() {
    return max - free.get();
  }

  /** What one request holds. */
  final class Part {
    private final AtomicLong held;

    private Part(long bytes) {
      this.held = new AtomicLong(bytes);
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
