package io.durablechat.core;

import java.time.Duration;
import java.time.Instant;

/** A clock that moves when a test moves it. Safe for use by several threads. */
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

  /** Time passes; also backwards. */
  public void move(Duration by) {
    long later = nanos + by.toNanos();
    nanos = later;
    now = now.plus(by);
  }

  /** Sets the clock, as an operator may, while no time passes. */
  public void jump(Duration by) {
    now = now.plus(by);
  }
}
