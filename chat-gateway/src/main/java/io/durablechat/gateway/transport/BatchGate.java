package io.durablechat.gateway.transport;

import io.durablechat.core.RefusedException;
import io.durablechat.gateway.limits.HeldBytes;

/**
 * The gate that the batches of one session pass on their way to a socket: one at a time, from when
 * it is taken until it is written. What is refused is asked for again, once, when another would be
 * taken. Any thread may call any method, except as said.
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
public abstract class BatchGate<P extends BatchGate.Payload> {
  /** A batch in the words of a dialect, for all sessions that speak it. */
  public interface Payload {
    /** The memory that it takes while any session is sent it. */
    SharedPayload load();
  }

  private final HeldBytes.From room;

  // Guarded by the sender.

  /** What was taken and is not written, or null. */
  private P taken;

  /** Whether it is counted. */
  private boolean isCounted;

  /** Whom to ask for what was refused, or null. */
  private Runnable again;

  /** How much room what was refused wants, in bytes; 0 if it only waits for what was taken. */
  private long wanted;

  /** Room that was taken for what was refused, until it comes again; or null. */
  private HeldBytes.Part reserved;

  private boolean hasEnded;

  protected BatchGate(HeldBytes.From room) {
    this.room = room;
  }

  /** The sender, whose lock guards its gates. */
  protected abstract Object sender();

  /** Returns whether nothing more will be sent; guarded by the sender. */
  protected abstract boolean isShut();

  /** Puts what was taken after all that waits; guarded by the sender. */
  protected abstract void enqueue();

  /** Writes what waits, as far as the socket takes it. */
  protected abstract void flush();

  /**
   * Returns whether a batch of at least so many bytes might be taken; it need not be put into words
   * if not.
   *
   * @param ask as with {@link #offer}
   */
  public final boolean canAccept(long bytes, Runnable ask) {
    if (bytes < SharedPayload.SMALL) {
      return true;
    }
    synchronized (sender()) {
      if (isShut()) {
        return false;
      }
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
  }

  /**
   * Takes a batch if no other that it took waits or is being written, and there is room for it.
   *
   * @param ask run once after a refusal, when another would be taken; not if nothing will be taken
   *     any more
   * @return whether it was taken
   */
  public final boolean offer(P batch, Runnable ask) {
    synchronized (sender()) {
      if (isShut() || !take(batch, ask)) {
        return false;
      }
      enqueue();
    }
    flush();
    return true;
  }

  private boolean take(P batch, Runnable ask) {
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

  /** The batch that was taken, or null; guarded by the sender. */
  protected final P taken() {
    return taken;
  }

  /** Counts what was taken and is still not written, small as it may be; guarded by the sender. */
  protected final void onWaiting() {
    if (taken != null && !isCounted && !hasEnded) {
      isCounted = taken.load().hold(room, true);
    }
  }

  /**
   * Lets go of what was taken; returns what to run to be offered another, or null. Guarded by the
   * sender.
   */
  public final Runnable onTakenWritten() {
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

  /** Returns whether a batch was refused for want of room, and is still to be asked for. */
  public final boolean isShortOfRoom() {
    synchronized (sender()) {
      return again != null && wanted > 0;
    }
  }

  /** About a second has passed: what was refused for want of room is asked for if there is some. */
  public final void onTick() {
    Runnable due;
    synchronized (sender()) {
      // At once would be dear: in a large room that is busy, many take a moment.
      onWaiting();
      due = isShut() ? null : retry();
    }
    if (due != null) {
      due.run();
    }
  }

  private Runnable retry() {
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
  public final void end() {
    synchronized (sender()) {
      hasEnded = true;
      again = null;
      free(reserved);
      reserved = null;
      uncount();
    }
  }
}
