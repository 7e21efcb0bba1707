package io.durablechat.core;

import java.util.List;

/**
 * What one session was told of its room's signals. What its outbox had no room for is owed: all of
 * it then, since changes make no sense without those before, and the end of typing must be told.
 */
final class SignalsTold {
  private final Outbox outbox;

  /** The version of the presence that the session holds, or more. */
  private long knownVersion;

  private boolean owesPresence;
  private boolean owesTyping;

  SignalsTold(Outbox outbox) {
    this.outbox = outbox;
  }

  /** The session begins: it knows who is there, and not who types. */
  void onBegun(long presenceVersion, boolean isSomebodyTyping) {
    owesPresence = false;
    owesTyping = isSomebodyTyping;
    knownVersion = presenceVersion;
  }

  /** Not to be told now, as the session is behind. */
  void miss(List<Signal> signals) {
    for (int i = 0; i < signals.size(); i++) {
      owe(signals.get(i));
    }
  }

  void tell(List<Signal> signals) {
    for (int i = 0; i < signals.size(); i++) {
      Signal signal = signals.get(i);
      // A change on top of one that was missed would make the whole look old.
      if (isOwed(signal) || !outbox.offerSignal(signal)) {
        owe(signal);
      }
    }
  }

  private boolean isOwed(Signal signal) {
    return signal instanceof Presence presence
        ? owesPresence || presence.version() <= knownVersion
        : owesTyping;
  }

  private void owe(Signal signal) {
    if (signal instanceof Presence presence) {
      // Who has just joined knows of it.
      owesPresence |= presence.version() > knownVersion;
    } else {
      owesTyping = true;
    }
  }

  /** Pays what is owed, as far as there is room for it. */
  void pay(Signals signals) {
    if (owesPresence) {
      Presence whole = signals.presence();
      owesPresence = !outbox.offerSignal(whole);
      knownVersion = owesPresence ? knownVersion : whole.version();
    }
    if (owesTyping) {
      owesTyping = !outbox.offerSignal(signals.typing());
    }
  }

  boolean owes() {
    return owesPresence || owesTyping;
  }
}
