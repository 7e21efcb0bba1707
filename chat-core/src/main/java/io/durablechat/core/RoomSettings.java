package io.durablechat.core;

import java.util.concurrent.Executor;

/** What all rooms of a directory have in common. */
record RoomSettings(
    Broadcaster broadcaster,
    RoomPolicy policy,
    Executor executor,
    int maxMessageBytes,
    Allowance inbound,
    int sessionDrafts,
    long sessionBytes) {

  Allowance sessionAllowance() {
    return inbound.part(sessionDrafts, sessionBytes);
  }
}
