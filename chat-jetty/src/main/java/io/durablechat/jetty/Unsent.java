package io.durablechat.jetty;

import io.durablechat.core.RefusedException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one connection was given and its peer has not taken. What is large finds room among what all
 * peers have not taken, or is refused and asked for again once there is room. What is small is
 * counted only if its peer has not taken it for a moment, and refused while there is no room for
 * anything. Lines are counted and never refused: whoever makes more of them than it reads is not
 * read from. Guarded by its sender.
 */
final class Unsent {
  /** What is shorter is small, in bytes. */
  static final int SMALL = HeldBytes.SMALL;

  /** What a waiting line takes beside its characters, in bytes. */
  private static final int AROUND_A_LINE = 64;

  /** What it takes for each character: two bytes, and as much again once it is in a frame. */
  private static final int FORMS = 4;

  private final HeldBytes.From room;

  /** What lines take that wait; null while none do. */
  private HeldBytes.Part lines;

  /** Something small that was taken and not counted yet, or null. */
  private Load small;

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
    private final int bytes;

    // Guarded by this.
    /** Null while nobody holds it: most small ones are never held. */
    private Map<Optional<Object>, Integer> holders;

    private HeldBytes.Part part;

    private Load(int bytes) {
      this.bytes = bytes;
    }

    /** So many bytes. */
    static Load of(int bytes) {
      return new Load(bytes);
    }

    private boolean isSmall() {
      return bytes < SMALL;
    }

    /**
     * The first to hold it takes the room, of an address or of all.
     *
     * @param regardless whether it is held already and only has to be counted
     */
    private synchronized boolean hold(HeldBytes.From room, boolean regardless) {
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

    private synchronized void release(HeldBytes.From room) {
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
    if (ended) {
      return true;
    }
    boolean taken = load.isSmall() ? !room.isFull() : load.hold(room, false);
    if (!taken) {
      owed = again;
      owedBytes = load.bytes;
    } else if (load.isSmall()) {
      small = load;
    } else {
      held = load;
    }
    return taken;
  }

  /** What was taken last is still not written: now it counts, small as it may be. */
  void onWaiting() {
    if (small != null && !ended) {
      small.hold(room, true);
      held = small;
      small = null;
    }
  }

  /** The peer has taken it. */
  void onTaken() {
    small = null;
    if (held != null) {
      held.release(room);
      held = null;
    }
  }

  /** So many lines wait now, or are being written, which have so many characters together. */
  void onLines(int number, int chars) {
    if (ended || (lines == null && number == 0)) {
      return;
    }
    if (lines == null) {
      lines = room.nothing();
    }
    lines.set((long) FORMS * chars + (long) AROUND_A_LINE * number);
    if (number == 0) {
      lines = null;
    }
  }

  /** Whether lines are counted now. */
  boolean countsLines() {
    return lines != null;
  }

  /** Whether nothing more should be asked of who does not read. */
  boolean isFull() {
    return room.isFull();
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
    free(lines);
    lines = null;
    onTaken();
  }
}
