package io.durablechat.core;

import java.util.concurrent.Executor;

/** What all rooms of a directory have in common. */
record RoomSettings(
    Broadcaster broadcaster, RoomPolicy policy, Executor executor, Terms terms, Allowance inbound) {

  Allowance sessionAllowance() {
    return inbound.part(terms.sessionDrafts(), terms.sessionBytes());
  }
}
