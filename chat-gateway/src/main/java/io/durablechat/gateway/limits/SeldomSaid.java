package io.durablechat.gateway.limits;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** What may happen without end, and is to be logged once a minute at most. Thread-safe. */
public final class SeldomSaid {
  private static final Duration BETWEEN_LINES = Duration.ofMinutes(1);

  private final AtomicLong count = new AtomicLong();
  private long saidAt;
  private boolean isSaid;

  /**
   * It has happened once more.
   *
   * @param now elapsed time, in nanoseconds
   * @return how often since the last line, for a line now; 0 for none now
   */
  public long said(long now) {
    count.incrementAndGet();
    synchronized (this) {
      if (isSaid && now - saidAt < BETWEEN_LINES.toNanos()) {
        return 0;
      }
      isSaid = true;
      saidAt = now;
      return count.getAndSet(0);
    }
  }
}
