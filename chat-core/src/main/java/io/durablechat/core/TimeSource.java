package io.durablechat.core;

import java.time.InstantSource;

/** A clock that has an elapsed time of its own beside the time of day, as one in a test may. */
public interface TimeSource extends InstantSource {
  /** Elapsed time, as {@link System#nanoTime}; does not jump when the time of day is set. */
  long nanos();
}
