package io.durablechat.cli;

/**
 * What was received, and what was wrong with it.
 *
 * @param deliveries different messages that came where they belong
 * @param missing those that did not come
 * @param duplicated those that had come before
 * @param outOfOrder those that came after a later one of the same sender
 * @param wrongRoom those that came where they do not belong
 */
record BenchCounts(
    long deliveries, long missing, long duplicated, long outOfOrder, long wrongRoom) {
  static final BenchCounts NONE = new BenchCounts(0, 0, 0, 0, 0);

  BenchCounts plus(BenchCounts other) {
    return new BenchCounts(
        deliveries + other.deliveries,
        missing + other.missing,
        duplicated + other.duplicated,
        outOfOrder + other.outOfOrder,
        wrongRoom + other.wrongRoom);
  }

  BenchCounts withoutMissing() {
    return new BenchCounts(deliveries, 0, duplicated, outOfOrder, wrongRoom);
  }

  boolean isSound() {
    return missing == 0 && duplicated == 0 && outOfOrder == 0 && wrongRoom == 0;
  }
}
