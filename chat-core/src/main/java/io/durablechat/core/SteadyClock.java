package io.durablechat.core;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A clock that may be set, and knows it: what cannot be taken back, such as removing what is old,
 * is not done by a time that came by a jump until that time has proved to stay.
 *
 * <p>It jumps if in a while it goes more than a minute more or less than elapsed time does, as when
 * somebody sets it, or the machine slept. The new time is believed once it has gone evenly for an
 * hour, and the old one at once if it comes back. Each jump is logged, once.
 *
 * <p>All methods may be called from any thread, and none blocks.
 */
public final class SteadyClock implements InstantSource {
  /** For how long a clock has to go evenly after a jump to be believed. */
  public static final Duration PROVED_AFTER = Duration.ofHours(1);

  /** What is less is no jump: clocks are corrected a little all the time. */
  private static final Duration JUMP = Duration.ofMinutes(1);

  private static final System.Logger LOG = System.getLogger(SteadyClock.class.getName());

  private final InstantSource wall;
  private final LongSupplier nanos;
  private final Instant began;
  private final long origin;

  // Guarded by this.

  /** How far the believed time of day is ahead of what it was plus what has elapsed. */
  private Duration ahead = Duration.ZERO;

  private Optional<Jump> jump = Optional.empty();

  /**
   * A jump that has not proved to stay.
   *
   * @param ahead as above, of the time of day since
   * @param at when it was noticed, in elapsed time
   */
  private record Jump(Duration ahead, Duration at) {}

  private SteadyClock(InstantSource wall, LongSupplier nanos) {
    this.wall = Objects.requireNonNull(wall);
    this.nanos = nanos;
    this.began = wall.instant();
    this.origin = nanos.getAsLong();
  }

  /** The system's clock. */
  public static SteadyClock system() {
    return of(InstantSource.system());
  }

  /**
   * A clock that watches this one, against its own elapsed time if it is a {@link TimeSource}, or
   * else the system's; this one itself if it is steady.
   */
  public static SteadyClock of(InstantSource clock) {
    if (clock instanceof SteadyClock steady) {
      return steady;
    }
    return clock instanceof TimeSource time
        ? new SteadyClock(time, time::nanos)
        : new SteadyClock(clock, System::nanoTime);
  }

  /** The time of day, jumps included: what things are dated by, and what grants expire by. */
  @Override
  public Instant instant() {
    return wall.instant();
  }

  /**
   * The time that it is at least: the time of day, or, if it has jumped ahead and that is not
   * believed yet, what it would be without. What is old by this is old.
   */
  public Instant earliest() {
    Instant now;
    Instant earliest;
    Optional<Jump> noticed;
    synchronized (this) {
      Duration elapsed = elapsed();
      now = wall.instant();
      noticed = look(elapsed, Duration.between(began.plus(elapsed), now));
      Instant believed = began.plus(elapsed).plus(ahead);
      earliest = jump.isPresent() && believed.isBefore(now) ? believed : now;
    }
    noticed.ifPresent(this::tell);
    return earliest;
  }

  /** Believes the time of day, or not; returns a jump that is new. */
  private Optional<Jump> look(Duration elapsed, Duration found) {
    boolean isProved =
        jump.filter(j -> isSame(j.ahead(), found))
            .filter(j -> elapsed.minus(j.at()).compareTo(PROVED_AFTER) >= 0)
            .isPresent();
    if (isProved || isSame(ahead, found)) {
      ahead = found;
      jump = Optional.empty();
      return Optional.empty();
    }
    Optional<Jump> known = jump.filter(j -> isSame(j.ahead(), found));
    jump = Optional.of(new Jump(found, known.map(Jump::at).orElse(elapsed)));
    return known.isPresent() ? Optional.empty() : jump;
  }

  private static boolean isSame(Duration one, Duration other) {
    return one.minus(other).abs().compareTo(JUMP) <= 0;
  }

  private void tell(Jump noticed) {
    Duration by = noticed.ahead().minus(aheadNow());
    LOG.log(
        System.Logger.Level.WARNING,
        "The clock jumped {0} by {1} s: it was set, or this machine slept. Nothing is removed or"
            + " forgotten for its age by the new time until that has stayed for {2} minutes",
        by.isNegative() ? "back" : "ahead",
        Long.toString(by.abs().toSeconds()),
        Long.toString(PROVED_AFTER.toMinutes()));
  }

  private synchronized Duration aheadNow() {
    return ahead;
  }

  /** A time that goes as elapsed time does and never jumps; it may be another than that of day. */
  Instant even() {
    return began.plus(elapsed());
  }

  private Duration elapsed() {
    return Duration.ofNanos(nanos.getAsLong() - origin);
  }
}
