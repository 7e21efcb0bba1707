package io.durablechat.core;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that moves when a test moves it. Safe for use by several threads. */
public final class ManualClock implements InstantSource {
  private volatile Instant now = Instant.parse("2026-01-02T03:04:05Z");

  @Override
  public Instant instant() {
    return now;
  }

  /** Moves the clock, also backwards, as an operator may. */
  public void move(Duration by) {
    now = now.plus(by);
  }
}
