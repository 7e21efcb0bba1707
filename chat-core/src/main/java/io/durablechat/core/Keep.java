package io.durablechat.core;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How much of a room's history is kept. What is beyond either bound may be removed, the oldest
 * first; sequences are never used again.
 *
 * @param age records older than this go
 * @param messages records beyond the newest so many go
 */
public record Keep(Optional<Duration> age, OptionalLong messages) {
  /** Everything. */
  public static final Keep FOREVER = new Keep(Optional.empty(), OptionalLong.empty());

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException unless they are positive
   */
  public Keep {
    if (age.isPresent() && (age.get().isNegative() || age.get().isZero())) {
      throw new IllegalArgumentException("age must be positive: " + age.get());
    }
    if (messages.isPresent() && messages.getAsLong() < 1) {
      throw new IllegalArgumentException("messages must be positive: " + messages.getAsLong());
    }
  }

  /** What is no older than this. */
  public static Keep youngerThan(Duration age) {
    return new Keep(Optional.of(age), OptionalLong.empty());
  }

  /** The newest so many. */
  public static Keep newest(long messages) {
    return new Keep(Optional.empty(), OptionalLong.of(messages));
  }
}
