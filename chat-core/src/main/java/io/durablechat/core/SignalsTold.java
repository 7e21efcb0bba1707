package io.durablechat.core;

import java.util.List;

/**
 * What one session was told of its room's signals. A presence that its outbox had no room for is
 * owed: the whole of it then, since changes make no sense without those before.
 */
final class SignalsTold {
  private final Outbox outbox;

  /** The version of the presence that the session began with. */
  private long knownVersion;

  private boolean owesPresence;

  SignalsTold(Outbox outbox) {
    this.outbox = outbox;
  }

  /** The session begins, knowing who is there. */
  void onBegun(long presenceVersion) {
    owesPresence = false;
    knownVersion = presenceVersion;
  }

  /** Not to be told now, as the session is behind. */
  void miss(List<Signal> signals) {
    for (int i = 0; i < signals.size(); i++) {
      owesPresence |= signals.get(i) instanceof Presence;
    }
  }

  void tell(List<Signal> signals) {
    for (int i = 0; i < signals.size(); i++) {
      Signal signal = signals.get(i);
      if (!isKnown(signal) && !outbox.offerSignal(signal)) {
        owesPresence |= signal instanceof Presence;
      }
    }
  }

  /** Who has just joined knows of it. */
  private boolean isKnown(Signal signal) {
    return signal instanceof Presence presence && presence.version() <= knownVersion;
  }

  boolean owesPresence() {
    return owesPresence;
  }

  /** Pays what is owed, if there is room for it. */
  void tellWhole(Presence presence) {
    owesPresence = !outbox.offerSignal(presence);
  }
}
