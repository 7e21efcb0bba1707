package io.durablechat.core;

import java.time.Instant;
import java.util.Objects;

/**
 * The number and the time that something was given elsewhere: by the engine that this log is a
 * replica of.
 *
 * @param sequence its sequence, from 1 up; numbers of one room rise and may skip
 * @param at when it was kept there
 */
public record Stamp(long sequence, Instant at) {
  /**
   * Checks the sequence.
   *
   * @throws IllegalArgumentException unless it is positive
   */
  public Stamp {
    if (sequence < 1) {
      throw new IllegalArgumentException("a sequence is positive: " + sequence);
    }
    Objects.requireNonNull(at);
  }

  /**
   * Returns the sequence, which has to be above the last one of its room.
   *
   * @throws IllegalArgumentException if it is not
   */
  public long sequenceAfter(long last) {
    if (sequence <= last) {
      throw new IllegalArgumentException(
          "sequence " + sequence + " was given elsewhere, where the room ends at " + last);
    }
    return sequence;
  }
}
