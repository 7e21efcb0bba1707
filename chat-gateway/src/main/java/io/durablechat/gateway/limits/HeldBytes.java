package io.durablechat.gateway.limits;

import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what clients together hold in memory of one kind, see {@link Pools}. An address has a
 * quarter of it at most, so that the others have the rest; and of all, as of an address's part,
 * large pieces leave a quarter to small ones, so that who asks for little gets in beside who asks
 * for much. A large piece that is alone always fits, or it never would. Safe for use by several
 * threads.
 */
public final class HeldBytes {
  /** What is no longer than this is small, in bytes. */
  public static final int SMALL = 16 << 10;

  /** Of all that may be held, what one address may hold. */
  private static final int SHARES = 4;

  /** Below this part of all, no address can hold more than it may. */
  private static final int CROWDED = 2 * SHARES;

  private final long max;
  private final long share;
  private final AtomicLong free;

  /** What addresses hold that hold anything. */
  private final ConcurrentMap<Object, Long> shares = new ConcurrentHashMap<>();

  private HeldBytes(long max) {
    this.max = max;
    this.share = max / SHARES;
    this.free = new AtomicLong(max);
  }

  /** One part in so many of the heap. */
  public static HeldBytes ofHeap(int parts) {
    return new HeldBytes(Runtime.getRuntime().maxMemory() / parts);
  }

  /** What there is for clients of this address; empty if it is not known. */
  public From from(Optional<InetAddress> address) {
    return ofNetwork(address.map(Throttle::network));
  }

  /** What there is for clients of this {@linkplain Throttle#network network}. */
  From ofNetwork(Optional<Object> network) {
    return new From(network);
  }

  /** At most so many bytes. */
  public static HeldBytes of(long bytes) {
    return new HeldBytes(bytes);
  }

  /** How much is held now. */
  public long held() {
    return max - free.get();
  }

  /** What may be held in all. */
  public long max() {
    return max;
  }

  /** What must stay free beside a piece of this length. */
  private static long left(long of, long bytes) {
    return bytes <= SMALL ? 0 : of / SHARES;
  }

  /** Whether beside a piece there are but small ones. */
  private static boolean isAlone(long held, long own, long of) {
    return held - own <= of / SHARES;
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
  public final class From {
    private final Optional<Object> network;

    private From(Optional<Object> network) {
      this.network = network;
    }

    /**
     * Takes so many bytes, as a guess at what will be held.
     *
     * @throws RefusedException if that is too much for now
     */
    public Part take(long bytes) {
      Part part = new Part(network);
      part.add(bytes);
      return part;
    }

    /** Takes so many bytes of what there is for all, and none of the address's part. */
    public Part takeForAll(long bytes) {
      Part part = new Part(Optional.empty());
      part.add(bytes);
      return part;
    }

    /** Takes so many bytes of the address's part alone; false if that is too much for now. */
    public boolean claim(long bytes) {
      boolean fits =
          network
              .map(of -> moveShare(of, bytes))
              .filter(now -> now > share - left(share, bytes) && !isAlone(now, bytes, share))
              .isEmpty();
      if (!fits) {
        unclaim(bytes);
      }
      return fits;
    }

    /** Takes so many bytes of the address's part alone, whether or not there is room. */
    public void claimRegardless(long bytes) {
      network.ifPresent(of -> moveShare(of, bytes));
    }

    /** Takes so many bytes of what there is for all, whether or not there is room. */
    public Part takeForAllRegardless(long bytes) {
      Part part = new Part(Optional.empty());
      part.set(bytes);
      return part;
    }

    /** Nothing yet, of what is counted as it comes. */
    public Part nothing() {
      return new Part(network);
    }

    /**
     * Whether even small things should wait, since this address holds what it may, or all do and
     * this one not little. Costs next to nothing while little is held.
     */
    public boolean isFull() {
      long all = held();
      if (all < max / CROWDED) {
        return false;
      }
      return network
          .map(of -> shares.getOrDefault(of, 0L))
          .map(own -> own >= share || (all >= max && own > SMALL))
          .orElse(all >= max);
    }

    /** Gives them back. */
    public void unclaim(long bytes) {
      network.ifPresent(of -> moveShare(of, -bytes));
    }

    /** Whom it is the part of; empty if that is not known. */
    public Optional<Object> network() {
      return network;
    }

    /** Whether so many bytes could be taken just now, more or less. */
    public boolean hasRoom(long bytes) {
      return held() == 0
          || (free.get() >= bytes + left(max, bytes)
              && network
                  .map(of -> shares.getOrDefault(of, 0L) + bytes <= share - left(share, bytes))
                  .orElse(true));
    }
  }

  /** What one client holds. */
  public final class Part {
    private final Optional<Object> network;
    private final AtomicLong held = new AtomicLong();

    private Part(Optional<Object> network) {
      this.network = network;
    }

    /**
     * It turns out to be so many more. What is alone but for small pieces always fits.
     *
     * @throws RefusedException if that is too much for now; then it holds what it did
     */
    public void add(long bytes) {
      move(bytes);
      long own = held.get() + bytes;
      long ofNetwork = network.map(of -> shares.getOrDefault(of, 0L)).orElse(0L);
      boolean fits =
          (free.get() >= left(max, own) || isAlone(HeldBytes.this.held(), own, max))
              && (ofNetwork <= share - left(share, own) || isAlone(ofNetwork, own, share));
      if (!fits) {
        move(-bytes);
        throw RefusedException.retryable(
            Reason.OVERLOADED, "too much is asked for at once", Duration.ofSeconds(1));
      }
      held.addAndGet(bytes);
    }

    /** It turned out to be so much, which is not refused any more. */
    public void set(long bytes) {
      move(bytes - held.getAndSet(bytes));
    }

    private void move(long bytes) {
      free.addAndGet(-bytes);
      network.ifPresent(of -> moveShare(of, bytes));
    }

    /** It is done with; a second call is harmless. */
    public void release() {
      set(0);
    }
  }
}
