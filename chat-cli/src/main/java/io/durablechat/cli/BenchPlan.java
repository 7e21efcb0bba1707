package io.durablechat.cli;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * What to do to a server.
 *
 * @param conns connections, dealt out to the rooms in turn
 * @param senders how many of them, the first, send as well
 * @param rate messages a second of all senders together, in an open loop
 * @param window messages that each sender keeps under way, in a closed loop; one of the two is
 *     there
 */
record BenchPlan(
    BenchTarget target,
    int conns,
    int senders,
    Optional<Integer> rate,
    Optional<Integer> window,
    BenchDialect dialect,
    int size,
    Duration warmup,
    Duration duration) {

  int rooms() {
    return target.rooms().size();
  }

  /** The number of the room that a connection is in. */
  int room(int connection) {
    return connection % rooms();
  }

  URI url(int connection) {
    return target.rooms().get(room(connection));
  }
}
