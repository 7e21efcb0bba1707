package io.durablechat.jetty;

import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what clients together hold in memory of one kind: bodies that are being read and pages
 * that are being written, messages that have begun to come, or what is not taken yet. An address
 * has a part of it at most, so that the others have the rest. Safe for use by several threads.
 */
final class HeldBytes {
  /** Of all that may be held, what one address may hold. */
  private static final int SHARES = 4;

  /** It is never less than this: what the largest message takes by default. */
  private static final long LEAST_SHARE = 16 << 20;

  private final long max;
  private final long share;
  private final AtomicLong free;

  /** What addresses hold that hold anything. */
  private final ConcurrentMap<Object, Long> shares = new ConcurrentHashMap<>();

  private HeldBytes(long max) {
    this.max = max;
    this.share = Math.max(max / SHARES, LEAST_SHARE);
    this.free = new AtomicLong(max);
  }

  /** One part in so many of the heap. */
  static HeldBytes ofHeap(int parts) {
    return new HeldBytes(Runtime.getRuntime().maxMemory() / parts);
  }

  /** What there is for clients of this address; empty if it is not known. */
  From from(Optional<InetAddress> address) {
    return new From(address.map(Throttle::network));
  }

  /** How much is held now. */
  long held() {
    return max - free.get();
  }

  private long moveShare(Object network, long bytes) {
    Long now =
        shares.compute(
            network,
            (same, before) -> {
              long after = (before == null ? 0 : before) + bytes;
              return after == 0 ? null : after;
            });
    return now == null ? 0 : now;
  }

  /** Clients of one address. */
  final class From {
    private final Optional<Object> network;

    private From(Optional<Object> network) {
      this.network = network;
    }

    /**
     * Takes so many bytes, as a guess at what will be held.
     *
     * @throws RefusedException if that is too much for now
     */
    Part take(long bytes) {
      Part part = new Part(network);
      part.add(bytes);
      return part;
    }

    /** Takes so many bytes of what there is for all, and none of the address's part. */
    Part takeForAll(long bytes) {
      Part part = new Part(Optional.empty());
      part.add(bytes);
      return part;
    }

    /** Takes so many bytes of the address's part alone; false if that is too much for now. */
    boolean claim(long bytes) {
      boolean fits =
          network
              .map(of -> moveShare(of, bytes))
              .filter(now -> now > share && now > bytes)
              .isEmpty();
      if (!fits) {
        unclaim(bytes);
      }
      return fits;
    }

    /** Gives them back. */
    void unclaim(long bytes) {
      network.ifPresent(of -> moveShare(of, -bytes));
    }

    /** Whom it is the part of; empty if that is not known. */
    Optional<Object> network() {
      return network;
    }

    /** Whether so many bytes could be taken just now, more or less. */
    boolean hasRoom(long bytes) {
      return held() == 0
          || (free.get() >= bytes
              && network.map(of -> shares.getOrDefault(of, 0L) + bytes <= share).orElse(true));
    }
  }

  /** What one client holds. */
  final class Part {
    private final Optional<Object> network;
    private final AtomicLong held = new AtomicLong();

    private Part(Optional<Object> network) {
      this.network = network;
    }

    /**
     * It turns out to be so many more. What is alone always fits, or it never would.
     *
     * @throws RefusedException if that is too much for now; then it holds what it did
     */
    void add(long bytes) {
      move(bytes);
      long own = held.get() + bytes;
      long ofNetwork = network.map(of -> shares.getOrDefault(of, 0L)).orElse(0L);
      boolean fits =
          (free.get() >= 0 || HeldBytes.this.held() <= own)
              && (ofNetwork <= share || ofNetwork <= own);
      if (!fits) {
        move(-bytes);
        throw RefusedException.retryable(
            Reason.OVERLOADED, "too much is asked for at once", Duration.ofSeconds(1));
      }
      held.addAndGet(bytes);
    }

    /** It turned out to be so much, which is not refused any more. */
    void set(long bytes) {
      move(bytes - held.getAndSet(bytes));
    }

    private void move(long bytes) {
      free.addAndGet(-bytes);
      network.ifPresent(of -> moveShare(of, bytes));
    }

    /** It is done with; a second call is harmless. */
    void release() {
      set(0);
    }
  }
}
