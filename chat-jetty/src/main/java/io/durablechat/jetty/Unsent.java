package io.durablechat.jetty;

import io.durablechat.core.RefusedException;

/**
 * What one connection was given and its peer has not taken, as far as it is large: that finds room
 * among what all peers have not taken, or is refused and asked for again once there is room. What
 * is small is bounded by how many connections there are. Guarded by its sender.
 */
final class Unsent {
  /** Less is not counted, in bytes: with that many small messages anybody has to be served. */
  private static final int SMALL = 16 << 10;

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

  /** Something that takes memory, which several connections may share. */
  static final class Load {
    private static final Load NONE = new Load(0);

    private final int bytes;

    // Guarded by this.
    private int holders;
    private HeldBytes.Part part;

    private Load(int bytes) {
      this.bytes = bytes;
    }

    /** So many bytes. */
    static Load of(int bytes) {
      return bytes < SMALL ? NONE : new Load(bytes);
    }

    /** The first to hold it takes the room for all. */
    private synchronized boolean hold(HeldBytes.From room) {
      if (holders == 0) {
        try {
          part = room.take(bytes);
        } catch (RefusedException tooMuch) {
          return false;
        }
      }
      holders++;
      return true;
    }

    private synchronized void release() {
      holders--;
      if (holders == 0) {
        part.release();
      }
    }
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
      held.release();
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
