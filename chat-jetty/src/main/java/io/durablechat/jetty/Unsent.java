package io.durablechat.jetty;

import io.durablechat.core.RefusedException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one connection was given and its peer has not taken, as far as it is large: that finds room
 * among what all peers have not taken, or is refused and asked for again once there is room. What
 * is small is bounded by how many connections there are. Guarded by its sender.
 */
final class Unsent {
  /** Less is not counted, in bytes: with that many small messages anybody has to be served. */
  static final int SMALL = 16 << 10;

  private final HeldBytes.From room;

  /** What is held, or null. */
  private Load held;

  /** Room that was taken for what was refused, until it comes again; or null. */
  private HeldBytes.Part reserved;

  /** Whom to ask for what was refused, or null; and how much that was. */
  private Runnable owed;

  private long owedBytes;
  private boolean ended;

  Unsent(HeldBytes.From room) {
    this.room = room;
  }

  /**
   * Something that takes memory, which several connections may share: it counts once for all of
   * them, and once for each address that they are of.
   */
  static final class Load {
    private static final Load NONE = new Load(0);

    private final int bytes;

    // Guarded by this.
    private final Map<Optional<Object>, Integer> holders = new HashMap<>(2);
    private HeldBytes.Part part;

    private Load(int bytes) {
      this.bytes = bytes;
    }

    /** So many bytes. */
    static Load of(int bytes) {
      return bytes < SMALL ? NONE : new Load(bytes);
    }

    /** The first to hold it takes the room, of an address or of all. */
    private synchronized boolean hold(HeldBytes.From room) {
      boolean isFirstOfAddress = !holders.containsKey(room.network());
      if (isFirstOfAddress && !room.claim(bytes)) {
        return false;
      }
      if (holders.isEmpty()) {
        try {
          part = room.takeForAll(bytes);
        } catch (RefusedException tooMuch) {
          room.unclaim(bytes);
          return false;
        }
      }
      holders.merge(room.network(), 1, Integer::sum);
      return true;
    }

    private synchronized void release(HeldBytes.From room) {
      Integer left = holders.computeIfPresent(room.network(), (of, n) -> n > 1 ? n - 1 : null);
      if (left == null) {
        room.unclaim(bytes);
      }
      if (holders.isEmpty()) {
        part.release();
      }
    }
  }

  /**
   * Whether it is worth the while to put into words what is at least so large.
   *
   * @param again as with {@link #hold}
   */
  boolean isWorthTrying(long bytes, Runnable again) {
    if (ended || reserved != null || room.hasRoom(bytes)) {
      return true;
    }
    owed = again;
    owedBytes = bytes;
    return false;
  }

  /**
   * Holds this, and nothing else, until {@link #onTaken}.
   *
   * @param again whom to ask for it once there is room, if there is none now
   */
  boolean hold(Load load, Runnable again) {
    free(reserved);
    reserved = null;
    if (load == Load.NONE || ended) {
      return true;
    }
    if (!load.hold(room)) {
      owed = again;
      owedBytes = load.bytes;
      return false;
    }
    held = load;
    return true;
  }

  /** The peer has taken it. */
  void onTaken() {
    if (held != null) {
      held.release(room);
      held = null;
    }
  }

  /** Whom to ask now for what was refused, if there is room: that is taken for it. Null if not. */
  Runnable retry() {
    Runnable due = owed;
    if (due == null) {
      // It was not asked for again: who has left, say.
      free(reserved);
      reserved = null;
      return null;
    }
    try {
      reserved = room.take(owedBytes);
    } catch (RefusedException tooMuch) {
      return null;
    }
    owed = null;
    return due;
  }

  private static void free(HeldBytes.Part part) {
    if (part != null) {
      part.release();
    }
  }

  /** The connection is gone. */
  void end() {
    ended = true;
    owed = null;
    free(reserved);
    reserved = null;
    onTaken();
  }
}
