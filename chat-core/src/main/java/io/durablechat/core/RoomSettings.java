package io.durablechat.core;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** What all rooms of a directory have in common. */
record RoomSettings(
    Broadcaster broadcaster,
    RoomPolicy policy,
    Optional<Moderation> moderation,
    Executor executor,
    ScheduledExecutorService timer,
    Terms terms,
    Allowance inbound,
    Allowance tails) {

  /** What one room may hold in memory for those a little behind, in bytes. */
  private static final int TAIL_BYTES = 1 << 20;

  Allowance roomTail() {
    return tails.part(Integer.MAX_VALUE, TAIL_BYTES);
  }

  Allowance sessionAllowance() {
    return inbound.part(terms.sessionDrafts(), terms.sessionBytes());
  }
}
