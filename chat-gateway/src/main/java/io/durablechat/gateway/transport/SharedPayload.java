package io.durablechat.gateway.transport;

import io.durablechat.core.RefusedException;
import io.durablechat.gateway.limits.HeldBytes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The memory of something that is sent to several connections. It counts once for all of them, and
 * once for each address that they are of. Safe for use by several threads.
 */
public final class SharedPayload {
  /** What is shorter is small, in bytes. */
  static final int SMALL = HeldBytes.SMALL;

  private final int bytes;

  // Guarded by this.

  /** How many hold it, by address; null while nobody does: most small ones are never held. */
  private Map<Optional<Object>, Integer> holders;

  private HeldBytes.Part part;

  private SharedPayload(int bytes) {
    this.bytes = bytes;
  }

  /** Returns a payload of so many bytes. */
  public static SharedPayload of(int bytes) {
    return new SharedPayload(bytes);
  }

  int bytes() {
    return bytes;
  }

  boolean isSmall() {
    return bytes < SMALL;
  }

  /**
   * Holds it for one connection: the first one takes the room, of an address or of all.
   *
   * @param regardless whether it is held already and only has to be counted
   * @return false if there is no room
   */
  synchronized boolean hold(HeldBytes.From room, boolean regardless) {
    boolean isFirst = holders == null;
    boolean isFirstOfAddress = isFirst || !holders.containsKey(room.network());
    if (isFirstOfAddress && !claim(room, regardless)) {
      return false;
    }
    if (isFirst) {
      try {
        part = regardless ? room.takeForAllRegardless(bytes) : room.takeForAll(bytes);
      } catch (RefusedException tooMuch) {
        room.unclaim(bytes);
        return false;
      }
      holders = new HashMap<>(2);
    }
    holders.merge(room.network(), 1, Integer::sum);
    return true;
  }

  private boolean claim(HeldBytes.From room, boolean regardless) {
    if (regardless) {
      room.claimRegardless(bytes);
      return true;
    }
    return room.claim(bytes);
  }

  /** Lets go of it for one connection. */
  synchronized void release(HeldBytes.From room) {
    Integer left = holders.computeIfPresent(room.network(), (of, n) -> n > 1 ? n - 1 : null);
    if (left == null) {
      room.unclaim(bytes);
    }
    if (holders.isEmpty()) {
      part.release();
      holders = null;
    }
  }
}
