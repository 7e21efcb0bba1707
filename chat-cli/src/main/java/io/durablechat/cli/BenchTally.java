package io.durablechat.cli;

import java.util.BitSet;

/**
 * What one connection has received, checked against what it must receive: all that the senders of
 * its room have sent, once, in the order of each. May be used by several threads.
 *
 * <p>Senders are dealt out to rooms in turn: number {@code s} is in room {@code s % rooms}.
 */
final class BenchTally {
  private final int room;
  private final int rooms;

  /** By sender of this room: one past the highest sequence that has come. */
  private final int[] next;

  /** By sender of this room: what has been passed over, if anything was. */
  private final BitSet[] passedOver;

  private long received;
  private long duplicated;
  private long outOfOrder;
  private long wrongRoom;

  BenchTally(int room, int rooms, int senders) {
    this.room = room;
    this.rooms = rooms;
    int here = (senders - room + rooms - 1) / rooms;
    next = new int[here];
    passedOver = new BitSet[here];
  }

  /** Counts one, and returns whether it belongs here and had not come before. */
  synchronized boolean onDelivered(BenchMessage message) {
    if (message.room() != room) {
      wrongRoom++;
      return false;
    }
    int sender = message.sender() / rooms;
    int sequence = message.sequence();
    if (sequence < next[sender] && !isPassedOver(sender, sequence)) {
      duplicated++;
      return false;
    }
    received++;
    if (sequence < next[sender]) {
      outOfOrder++;
      passedOver[sender].clear(sequence);
    } else {
      passOver(sender, next[sender], sequence);
      next[sender] = sequence + 1;
    }
    return true;
  }

  private boolean isPassedOver(int sender, int sequence) {
    return passedOver[sender] != null && passedOver[sender].get(sequence);
  }

  private void passOver(int sender, int from, int to) {
    if (from == to) {
      return;
    }
    if (passedOver[sender] == null) {
      passedOver[sender] = new BitSet();
    }
    passedOver[sender].set(from, to);
  }

  /** How many different messages have come that belong here. */
  synchronized long received() {
    return received;
  }

  /** How many messages a sender of this room must have sent, as far as can be seen from here. */
  synchronized int known(int sender) {
    return next[sender / rooms];
  }

  /**
   * What is to be said of all that came.
   *
   * @param sent how many messages each sender has sent, of all rooms
   */
  synchronized BenchCounts counts(int[] sent) {
    long missing = 0;
    for (int i = 0; i < next.length; i++) {
      missing += Math.max(0, sent[i * rooms + room] - next[i]);
      missing += passedOver[i] == null ? 0 : passedOver[i].cardinality();
    }
    return new BenchCounts(received, missing, duplicated, outOfOrder, wrongRoom);
  }
}
