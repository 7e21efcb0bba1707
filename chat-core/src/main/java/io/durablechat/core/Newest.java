package io.durablechat.core;

/**
 * The newest records of a room up to a number of them, as something to {@linkplain
 * Broadcaster#locate locate}.
 *
 * @param count how many, from 1 to {@value #MAX_COUNT}
 * @param before records from this sequence on do not count
 * @param ofMessages whether only messages that are there count: what was deleted, and the records
 *     that delete, do not
 */
public record Newest(int count, long before, boolean ofMessages) {
  /** The most that can be counted. */
  public static final int MAX_COUNT = Start.MAX_MESSAGES;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the one that is out of bounds
   */
  public Newest {
    if (count < 1 || count > MAX_COUNT) {
      throw new IllegalArgumentException("count must be 1 to " + MAX_COUNT + ": " + count);
    }
    if (before < 0) {
      throw new IllegalArgumentException("before is negative: " + before);
    }
  }

  /** The newest messages that are there. */
  public static Newest messages(int count) {
    return new Newest(count, Long.MAX_VALUE, true);
  }

  /** The newest records, whatever they are. */
  public static Newest records(int count) {
    return new Newest(count, Long.MAX_VALUE, false);
  }

  /** The same, of those with a sequence below this one. */
  public Newest before(long sequence) {
    return new Newest(count, sequence, ofMessages);
  }

  /** The same, of those up to this sequence. */
  public Newest through(long sequence) {
    return before(sequence == Long.MAX_VALUE ? sequence : sequence + 1);
  }
}
