package io.durablechat.gateway.limits;

import java.net.InetAddress;
import java.util.Optional;

/**
 * The one way to limits and memory for all that clients ask for, whatever they come by.
 *
 * @param throttle bounds how often
 * @param pools bounds how much at a time
 * @param reads turns at reading a page of history
 * @param words turns at putting one into words, which takes several times what it holds
 */
public record Charging(Throttle throttle, Pools pools, FairTurns reads, FairTurns words) {
  private static final int WORDS_AT_A_TIME = 2;

  /** As many as there are readers of the log, so that none is idle while others wait. */
  private static final int READS_AT_A_TIME =
      Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

  public Charging(Throttle throttle, Pools pools) {
    this(throttle, pools, new FairTurns(READS_AT_A_TIME), new FairTurns(WORDS_AT_A_TIME));
  }

  /** What whoever comes from this address is charged; an address that is not known is nobody's. */
  public Charges of(Optional<InetAddress> from) {
    return new Charges(this, from);
  }

  /** What a connection that begins is charged from now on, until it ends. */
  public SessionCharges session(Optional<InetAddress> from) {
    return new SessionCharges(this, from);
  }
}
