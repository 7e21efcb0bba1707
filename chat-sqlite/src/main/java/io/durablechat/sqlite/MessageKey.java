package io.durablechat.sqlite;

/** A room's id and a sequence in one number, ordered by room and then by sequence. */
final class MessageKey {
  private static final int SEQUENCE_BITS = 36;
  static final long MAX_SEQUENCE = (1L << SEQUENCE_BITS) - 1;

  /** The last sequence of a room that is put back: half of all are left for what comes. */
  static final long MAX_IMPORTED = MAX_SEQUENCE / 2;

  private static final long MAX_ROOM = (1L << (63 - SEQUENCE_BITS)) - 1;

  private MessageKey() {}

  /**
   * The key of a message.
   *
   * @throws IllegalStateException past 2^36 messages in a room, or 2^27 rooms
   */
  static long of(long room, long sequence) {
    if (room > MAX_ROOM || sequence > MAX_SEQUENCE) {
      throw new IllegalStateException("the log is full: room " + room + ", sequence " + sequence);
    }
    return room << SEQUENCE_BITS | sequence;
  }

  /** The key that a range ends at: sequences past the largest possible mean that one. */
  static long bound(long room, long sequence) {
    return room << SEQUENCE_BITS | Math.min(sequence, MAX_SEQUENCE);
  }

  static long sequence(long key) {
    return key & MAX_SEQUENCE;
  }
}
