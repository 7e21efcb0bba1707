package io.durablechat.gateway;

import io.durablechat.gateway.limits.SeldomSaid;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Elapsed time that peers can be judged by: that in which this process was there to notice what
 * they did. While it stands still, since it was stopped, its machine sleeps or a collection of
 * garbage takes long, their bytes wait in sockets, and silence is nobody's fault. So the time of a
 * standstill does not count, nor do the seconds after it, in which what came meanwhile is read.
 *
 * <p>A standstill shows by a tick that comes late. Between ticks this time may run a little ahead
 * of what the next tick finds: peers are given more time by that, never less.
 *
 * <p>One thread ticks; any may ask for the time.
 */
public final class WakingTime implements LongSupplier {
  /** A tick, due each second, that comes so late tells of a standstill. */
  static final Duration LATE = Duration.ofSeconds(3);

  /** For so long after a standstill nobody is judged. */
  static final Duration TO_READ = Duration.ofSeconds(5);

  /** Standstills that are told of. */
  private static final Duration TOLD = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(WakingTime.class);

  private final LongSupplier nanos;
  private final SeldomSaid lines = new SeldomSaid();
  private volatile Tick last;

  /** The waking time at the last tick that came after a rest; the ticking thread's own. */
  private long restedAt;

  /**
   * What is known since a tick.
   *
   * @param at when it came, in elapsed time
   * @param waking this time, then
   * @param restsUntil when this time goes on, in elapsed time
   * @param awakeSince since when ticks have come in time, in elapsed time
   */
  private record Tick(long at, long waking, long restsUntil, long awakeSince) {
    private long counted(long now) {
      long most = now - (restsUntil - at > 0 ? restsUntil : at);
      return Math.max(0, Math.min(most, LATE.toNanos()));
    }
  }

  /**
   * Time that begins now.
   *
   * @param nanos elapsed time, as {@link System#nanoTime}
   */
  public WakingTime(LongSupplier nanos) {
    this.nanos = nanos;
    long now = nanos.getAsLong();
    last = new Tick(now, now, now, now);
    restedAt = now - TO_READ.toNanos();
  }

  /** In nanoseconds from an arbitrary origin. */
  @Override
  public long getAsLong() {
    Tick tick = last;
    return tick.waking() + tick.counted(nanos.getAsLong());
  }

  /** Since when there has been no standstill, on the clock that this time was made of. */
  public long awakeSince() {
    long now = nanos.getAsLong();
    Tick tick = last;
    return isLate(tick, now) ? now : tick.awakeSince();
  }

  /** About a second has passed. */
  public void onTick() {
    long now = nanos.getAsLong();
    Tick tick = last;
    if (isLate(tick, now)) {
      last = afterStandstill(tick, now);
      tell(Duration.ofNanos(now - tick.at()), now);
    } else {
      last = new Tick(now, tick.waking() + tick.counted(now), tick.restsUntil(), tick.awakeSince());
    }
  }

  /** However often it stands still, time goes on: who is gone is found out at last. */
  private Tick afterStandstill(Tick tick, long now) {
    if (tick.waking() - restedAt < TO_READ.toNanos()) {
      return new Tick(now, tick.waking() + Connections.TICK.toNanos(), now, now);
    }
    restedAt = tick.waking();
    return new Tick(now, tick.waking(), now + TO_READ.toNanos(), now);
  }

  private static boolean isLate(Tick tick, long now) {
    return now - tick.at() > LATE.toNanos();
  }

  private void tell(Duration stood, long now) {
    if (stood.compareTo(TOLD) > 0 && lines.said(now) > 0) {
      LOG.warn(
          "This process stood still for {} s: it was stopped, its machine slept, or memory or"
              + " processors were short. Nobody is held to have been silent meanwhile",
          stood.toSeconds());
    }
  }
}
