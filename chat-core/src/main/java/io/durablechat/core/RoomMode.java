package io.durablechat.core;

import java.time.Duration;
import java.util.Objects;

/**
 * How a room goes, as who moderates it wants it.
 *
 * @param isLocked whether only who moderates may publish
 * @param slow how long a member waits between two messages; zero if not at all
 */
public record RoomMode(boolean isLocked, Duration slow) {
  /** Everybody may publish, as fast as they like. */
  public static final RoomMode FREE = new RoomMode(false, Duration.ZERO);

  /** Checks that there is a time. */
  public RoomMode {
    Objects.requireNonNull(slow);
  }
}
