package io.durablechat.cli;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** When messages are sent. One thread runs a loop; any may ask it for a time or tell of an echo. */
interface BenchLoop {
  /** When a message of a sender is to be sent, by the meter; asked as it is about to be. */
  long intended(int sender, int sequence);

  /** Has them send until then, and returns then. */
  void runUntil(long nanos, List<BenchSender> senders) throws InterruptedException;

  /** One of the sender's own messages has come back to it. */
  void onEcho(BenchSender sender);

  /** Waits until then, or a little less. */
  private static void pause(BenchMeter meter, long until) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    LockSupport.parkNanos(until - meter.now());
  }

  /** By the clock, whatever the server does. */
  final class Open implements BenchLoop {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final BenchMeter meter;
    private final int rate;
    private final int senders;
    private final long start;

    /** How many were let go, of all senders, who take turns. */
    private long released;

    Open(BenchMeter meter, int rate, int senders, long start) {
      this.meter = meter;
      this.rate = rate;
      this.senders = senders;
      this.start = start;
    }

    @Override
    public long intended(int sender, int sequence) {
      return intended((long) sequence * senders + sender);
    }

    private long intended(long message) {
      return start + message / rate * SECOND + message % rate * SECOND / rate;
    }

    @Override
    public void runUntil(long nanos, List<BenchSender> all) throws InterruptedException {
      long now;
      do {
        now = meter.now();
        while (intended(released) < Math.min(now, nanos)) {
          all.get((int) (released++ % senders)).allow(1);
        }
        pause(meter, Math.min(intended(released), nanos));
      } while (now < nanos);
    }

    @Override
    public void onEcho(BenchSender sender) {
      // It does not wait for them.
    }
  }

  /** By echoes: as many are under way as fit into the window. */
  final class Closed implements BenchLoop {
    private final BenchMeter meter;
    private final int window;
    private boolean isStarted;

    Closed(BenchMeter meter, int window) {
      this.meter = meter;
      this.window = window;
    }

    @Override
    public long intended(int sender, int sequence) {
      return meter.now();
    }

    @Override
    public void runUntil(long nanos, List<BenchSender> all) throws InterruptedException {
      if (!isStarted) {
        isStarted = true;
        all.forEach(sender -> sender.allow(window));
      }
      while (meter.now() < nanos) {
        pause(meter, nanos);
      }
    }

    @Override
    public void onEcho(BenchSender sender) {
      if (!meter.isOver()) {
        sender.allow(1);
      }
    }
  }
}
