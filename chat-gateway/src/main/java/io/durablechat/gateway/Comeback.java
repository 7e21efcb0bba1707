package io.durablechat.gateway;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntSupplier;

/**
 * When those who are sent away shall come back: the more there are, the longer it takes, so that
 * whoever takes them in is not met by all of them at once. Safe for use by several threads.
 */
public final class Comeback {
  /** Not before this. */
  static final Duration MIN = Duration.ofMillis(500);

  private static final Duration AT_LEAST = Duration.ofSeconds(5);

  /** A tenth of what one core takes in. */
  private static final long PER_SECOND = 500;

  private static final long MILLIS = 1000;

  private final IntSupplier sessions;

  /** How many there were when the stop began: they become fewer while they are told. */
  private volatile int leaving;

  public Comeback(IntSupplier sessions) {
    this.sessions = sessions;
  }

  /** From now on all are sent away. */
  public void onStopping() {
    leaving = Math.max(leaving, sessions.getAsInt());
  }

  /** Within which time all shall be back. */
  Duration within() {
    Duration spread = Duration.ofMillis(leaving * MILLIS / PER_SECOND);
    return spread.compareTo(AT_LEAST) > 0 ? spread : AT_LEAST;
  }

  /** When one of them shall be back, by chance. */
  public Duration some() {
    return Duration.ofMillis(
        ThreadLocalRandom.current().nextLong(MIN.toMillis(), within().toMillis()));
  }
}
