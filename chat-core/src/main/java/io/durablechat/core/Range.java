package io.durablechat.core;

/**
 * Which records of a room to read. However a range is anchored, its records come oldest first.
 * Reading takes as long as what is read; where only messages are wanted, not longer for what was
 * deleted between them.
 *
 * @param anchor from where
 * @param sequence the sequence it is anchored at, itself not included; 0 for {@link Anchor#LAST}
 * @param messages at most this many records, from 1 to {@value #MAX_MESSAGES}
 * @param bytes at most this many bytes of bodies; one record always fits
 * @param onlyMessages whether only messages that are there are read: not what was deleted, and not
 *     the records that delete
 */
public record Range(Anchor anchor, long sequence, int messages, int bytes, boolean onlyMessages) {
  /** The most records one page holds. */
  public static final int MAX_MESSAGES = 1000;

  /** The most bytes of bodies one page holds, unless its only record is larger. */
  public static final int MAX_BYTES = 1 << 20;

  /** From where a range is read. */
  public enum Anchor {
    /** The oldest records after a sequence. */
    AFTER,
    /** The newest records before a sequence. */
    BEFORE,
    /** The newest records. */
    LAST
  }

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException naming the one that is exceeded
   */
  public Range {
    if (sequence < 0) {
      throw new IllegalArgumentException("sequence is negative: " + sequence);
    }
    if (messages < 1 || messages > MAX_MESSAGES) {
      throw new IllegalArgumentException("messages must be 1 to " + MAX_MESSAGES + ": " + messages);
    }
    if (bytes < 1 || bytes > MAX_BYTES) {
      throw new IllegalArgumentException("bytes must be 1 to " + MAX_BYTES + ": " + bytes);
    }
  }

  /** The oldest records after a sequence. */
  public static Range after(long sequence, int messages) {
    return new Range(Anchor.AFTER, sequence, messages, MAX_BYTES, false);
  }

  /** The newest records before a sequence. */
  public static Range before(long sequence, int messages) {
    return new Range(Anchor.BEFORE, sequence, messages, MAX_BYTES, false);
  }

  /** The newest records. */
  public static Range last(int messages) {
    return new Range(Anchor.LAST, 0, messages, MAX_BYTES, false);
  }

  /** The sequence up to which a log has to be known for this to be read; 0 if none is named. */
  long reaches() {
    return switch (anchor) {
      case AFTER -> sequence;
      case BEFORE -> Math.max(0, sequence - 1);
      case LAST -> 0;
    };
  }

  /** The same range with smaller pages. */
  public Range withBytes(int newBytes) {
    return new Range(anchor, sequence, messages, newBytes, onlyMessages);
  }

  /** The same range, of messages that are there alone: its number counts only those. */
  public Range ofMessages() {
    return new Range(anchor, sequence, messages, bytes, true);
  }
}
