package io.durablechat.jetty;

import java.net.InetAddress;
import java.util.Optional;

/**
 * The one way to limits and memory for all that clients ask for, whatever they come by.
 *
 * @param throttle bounds how often
 * @param pools bounds how much at a time
 */
record Charging(Throttle throttle, Pools pools) {
  /** What whoever comes from this address is charged; an address that is not known is nobody's. */
  Charges of(Optional<InetAddress> from) {
    return new Charges(this, from);
  }
}
