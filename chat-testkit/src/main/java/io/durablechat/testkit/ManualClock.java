package io.durablechat.testkit;

import io.durablechat.core.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * A clock that stands still until a test moves it. Starts at 2026-01-02T03:04:05Z.
 *
 * <p>Threads: any thread may read it, one at a time may move it.
 */
public final class ManualClock implements TimeSource {
  private volatile Instant now = Instant.parse("2026-01-02T03:04:05Z");
  private volatile long nanos = Duration.ofDays(1).toNanos();

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public long nanos() {
    return nanos;
  }

  /**
   * Lets time pass: moves the time of day and the elapsed time alike. A negative duration moves
   * both back.
   */
  public void move(Duration by) {
    long later = nanos + by.toNanos();
    nanos = later;
    now = now.plus(by);
  }

  /** Sets the time of day, as an operator may, while the elapsed time stands still. */
  public void jump(Duration by) {
    now = now.plus(by);
  }
}
