package io.durablechat.core;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How much of a room's history is kept. What is beyond either bound may be removed, the oldest
 * first; sequences are never used again.
 *
 * <p>A number is one of messages that are there. What was deleted does not count, nor do the
 * records that delete: they go with the messages around them, and before them where a room has more
 * records than the number and begins with such.
 *
 * @param age records older than this go
 * @param messages messages beyond the newest so many go
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

  /** The newest so many messages. */
  public static Keep newest(long messages) {
    return new Keep(Optional.empty(), OptionalLong.of(messages));
  }
}
