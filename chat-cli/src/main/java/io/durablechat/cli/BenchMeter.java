package io.durablechat.cli;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * The clock of a run, and what is measured by it. Times are in nanoseconds since it was made. May
 * be used by several threads.
 */
final class BenchMeter {
  private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);
  private static final int DIGITS = 3;

  private final long origin = System.nanoTime();
  private final Recorder echoes = new Recorder(LONGEST_MICROS, DIGITS);
  private final Recorder deliveries = new Recorder(LONGEST_MICROS, DIGITS);
  private final LongAdder echoed = new LongAdder();
  private final LongAdder delivered = new LongAdder();
  private volatile long from = Long.MAX_VALUE;
  private volatile long to = Long.MAX_VALUE;

  BenchMeter() {}

  long now() {
    return System.nanoTime() - origin;
  }

  /** Measures from then on, for so long. */
  void measure(long nanos, Duration time) {
    from = nanos;
    to = nanos + time.toNanos();
  }

  boolean isOver() {
    return now() >= to;
  }

  /**
   * Counts a delivery of the measured time, and how long it took if it was meant to be sent in it.
   *
   * @param isEcho whether it came to its own sender
   */
  void onDelivered(BenchMessage message, boolean isEcho) {
    long now = now();
    if (isMeasured(now)) {
      delivered.increment();
      if (isEcho) {
        echoed.increment();
      }
    }
    if (isMeasured(message.intended())) {
      long micros =
          Math.min(TimeUnit.NANOSECONDS.toMicros(now - message.intended()), LONGEST_MICROS);
      deliveries.recordValue(micros);
      if (isEcho) {
        echoes.recordValue(micros);
      }
    }
  }

  private boolean isMeasured(long nanos) {
    return nanos >= from && nanos < to;
  }

  /** How long echoes took, in microseconds; what has been asked for is forgotten. */
  Histogram echoes() {
    return echoes.getIntervalHistogram();
  }

  /** How long all deliveries took, likewise. */
  Histogram deliveries() {
    return deliveries.getIntervalHistogram();
  }

  long echoed() {
    return echoed.sum();
  }

  long delivered() {
    return delivered.sum();
  }
}
