package io.durablechat.gateway.transport;

import io.durablechat.gateway.limits.HeldBytes;

/**
 * The memory of lines that one peer was sent and has not taken. They are counted and never refused:
 * a client that makes more of them than it reads is not read from. Guarded by its sender.
 */
public final class UnreadLines {
  /** What a waiting line takes beside its characters, in bytes. */
  private static final int AROUND_A_LINE = 64;

  /** What it takes for each character: two bytes, and as much again once it is in a frame. */
  private static final int FORMS = 4;

  private final HeldBytes.From room;

  /** What they take; null while there are none. */
  private HeldBytes.Part part;

  private boolean hasEnded;

  public UnreadLines(HeldBytes.From room) {
    this.room = room;
  }

  /**
   * Notes how many wait now, or are being written.
   *
   * @param chars how long they are together, in characters
   */
  public void set(int number, int chars) {
    if (hasEnded || (part == null && number == 0)) {
      return;
    }
    if (part == null) {
      part = room.nothing();
    }
    part.set((long) FORMS * chars + (long) AROUND_A_LINE * number);
    if (number == 0) {
      part = null;
    }
  }

  /** Returns whether any are counted now. */
  public boolean isAny() {
    return part != null;
  }

  /** Returns whether nothing more should be asked of who does not read. */
  boolean isFull() {
    return room.isFull();
  }

  /** Ends it: nothing is counted any more. */
  public void end() {
    hasEnded = true;
    if (part != null) {
      part.release();
      part = null;
    }
  }
}
