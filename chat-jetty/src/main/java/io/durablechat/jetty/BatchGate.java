package io.durablechat.jetty;

import io.durablechat.core.RefusedException;

/**
 * The gate that the batches of one session pass on their way to a socket: one at a time, from when
 * it is taken until it is written. What is refused is asked for again, once, when another would be
 * taken. Guarded by its sender.
 *
 * <p>Where several sessions share a connection each has a gate of its own, and batches are written
 * in the order in which they were taken. So each has its turn: a session that always has more
 * cannot keep out one that has little, nor one that is slow to ask.
 *
 * <p>A large batch needs room among what all peers have not taken. A small one is counted only once
 * its peer has not taken it for a moment, and is refused while there is no room for anything.
 *
 * @param <P> what batches are made into
 */
class BatchGate<P extends BatchGate.Payload> {
  /** A batch in the words of a dialect, for all sessions that speak it. */
  interface Payload {
    /** The memory that it takes while any session is sent it. */
    SharedPayload load();
  }

  private final HeldBytes.From room;

  /** What was taken and is not written, or null. */
  private P taken;

  /** Whether it is counted. */
  private boolean isCounted;

  /** When it was taken, in nanoseconds, if it is timed; otherwise 0. */
  private long takenAt;

  /** Whom to ask for what was refused, or null. */
  private Runnable again;

  /** How much room what was refused wants, in bytes; 0 if it only waits for what was taken. */
  private long wanted;

  /** Room that was taken for what was refused, until it comes again; or null. */
  private HeldBytes.Part reserved;

  private boolean hasEnded;

  BatchGate(HeldBytes.From room) {
    this.room = room;
  }

  /**
   * Returns whether a batch of at least so many bytes might be taken; it need not be put into words
   * if not.
   *
   * @param ask as with {@link #take}
   */
  boolean canAccept(long bytes, Runnable ask) {
    if (taken != null) {
      owe(ask, 0);
      return false;
    }
    if (hasEnded || reserved != null || room.hasRoom(bytes)) {
      return true;
    }
    owe(ask, bytes);
    return false;
  }

  /**
   * Takes a batch, until {@link #onWritten}.
   *
   * @param ask run when another would be taken, if this is not
   * @return whether it was taken
   */
  boolean take(P batch, Runnable ask) {
    if (taken != null) {
      owe(ask, 0);
      return false;
    }
    free(reserved);
    reserved = null;
    SharedPayload load = batch.load();
    boolean fits = hasEnded || (load.isSmall() ? !room.isFull() : load.hold(room, false));
    if (!fits) {
      owe(ask, load.bytes());
      return false;
    }
    isCounted = !hasEnded && !load.isSmall();
    taken = batch;
    return true;
  }

  private void owe(Runnable ask, long room) {
    again = ask;
    wanted = room;
  }

  /** The batch that was taken, or null. */
  P taken() {
    return taken;
  }

  void setTakenAt(long nanos) {
    takenAt = nanos;
  }

  /** When the batch was taken, in nanoseconds, if it is timed; otherwise 0. */
  long takenAt() {
    return takenAt;
  }

  /** Counts what was taken and is still not written, small as it may be. */
  void onWaiting() {
    if (taken != null && !isCounted && !hasEnded) {
      isCounted = taken.load().hold(room, true);
    }
  }

  /** Lets go of what was taken; returns what to run to be offered another, or null. */
  Runnable onWritten() {
    uncount();
    taken = null;
    if (again == null || wanted > 0) {
      return null;
    }
    Runnable due = again;
    again = null;
    return due;
  }

  private void uncount() {
    if (isCounted) {
      taken.load().release(room);
      isCounted = false;
    }
  }

  /**
   * Takes room for what was refused for want of it, if there is some now; returns what to run to be
   * offered it again, or null.
   */
  Runnable retry() {
    if (again == null || wanted == 0) {
      // It was not asked for again: its session has left, say.
      free(reserved);
      reserved = null;
      return null;
    }
    try {
      reserved = room.take(wanted);
    } catch (RefusedException tooMuch) {
      return null;
    }
    Runnable due = again;
    again = null;
    return due;
  }

  private static void free(HeldBytes.Part part) {
    if (part != null) {
      part.release();
    }
  }

  /** Ends it: nothing is counted and nobody is asked any more. What was taken may be written. */
  void end() {
    hasEnded = true;
    again = null;
    free(reserved);
    reserved = null;
    uncount();
  }
}
