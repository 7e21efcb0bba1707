package io.durablechat.jetty;

import java.net.InetAddress;
import java.util.Optional;

/**
 * The one way to limits and memory for all that clients ask for, whatever they come by.
 *
 * @param throttle bounds how often
 * @param pools bounds how much at a time
 * @param pages whose turn it is to have a page of history read and put into words, which takes
 *     several times what it holds
 */
record Charging(Throttle throttle, Pools pools, FairTurns pages) {
  private static final int PAGES_AT_A_TIME = 2;

  Charging(Throttle throttle, Pools pools) {
    this(throttle, pools, new FairTurns(PAGES_AT_A_TIME));
  }

  /** What whoever comes from this address is charged; an address that is not known is nobody's. */
  Charges of(Optional<InetAddress> from) {
    return new Charges(this, from);
  }

  /** What a connection that begins is charged from now on, until it ends. */
  SessionCharges session(Optional<InetAddress> from) {
    return new SessionCharges(this, from);
  }
}
