package io.durablechat.jetty;

import java.net.InetAddress;
import java.util.Optional;

/**
 * The one way to limits and memory for all that clients ask for, whatever they come by.
 *
 * @param throttle bounds how often
 * @param pools bounds how much at a time
 * @param pages those pages of history that are put into words just now: it takes several times what
 *     they hold
 */
record Charging(Throttle throttle, Pools pools, Turns pages) {
  private static final int PAGES_AT_A_TIME = 2;

  Charging(Throttle throttle, Pools pools) {
    this(throttle, pools, new Turns(PAGES_AT_A_TIME));
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
