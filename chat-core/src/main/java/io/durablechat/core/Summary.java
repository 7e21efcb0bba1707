package io.durablechat.core;

import java.util.Objects;

/**
 * What a room's log comes to, so that whoever needs to know that need not read all of it.
 *
 * @param through the last record that it takes into account
 * @param body whatever its writer reads back
 */
public record Summary(long through, Body body) {
  /**
   * Checks the sequence.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Summary {
    if (through < 0) {
      throw new IllegalArgumentException("sequence is negative: " + through);
    }
    Objects.requireNonNull(body);
  }
}
