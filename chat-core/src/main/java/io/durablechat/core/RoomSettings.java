package io.durablechat.core;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What all rooms of a directory have in common.
 *
 * @param pages for those who are given pages of the log: one that was read is held in memory until
 *     its room has come to offer it, which is later than others can be read
 */
record RoomSettings(
    Broadcaster broadcaster,
    RoomPolicy policy,
    Optional<Moderation> moderation,
    Executor executor,
    ScheduledExecutorService timer,
    Terms terms,
    Allowance inbound,
    Allowance tails,
    Turnstile pages) {

  /** What one room may hold in memory for those a little behind, in bytes. */
  private static final int TAIL_BYTES = 1 << 20;

  Allowance roomTail() {
    return tails.part(Integer.MAX_VALUE, TAIL_BYTES);
  }

  Allowance sessionAllowance() {
    return inbound.part(terms.sessionDrafts(), terms.sessionBytes());
  }
}
