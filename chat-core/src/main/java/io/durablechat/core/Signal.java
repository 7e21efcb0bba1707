package io.durablechat.core;

/**
 * What a room tells beside its log, and keeps nowhere. A signal that finds an outbox full is not
 * told later; what holds then is: who types, and all of who is there.
 *
 * <p>Signals are immutable, and shared by all sessions they are told to.
 */
public abstract sealed class Signal permits Presence, Typing {
  private final EncodedForms<Signal> forms = new EncodedForms<>();

  /**
   * The signal in this encoding; computed at the first call for it and shared by all others, so the
   * result must not change.
   */
  public final <T> T as(Encoding<T> encoding) {
    return forms.of(this, encoding, encoding::encode);
  }

  /**
   * A form in which sessions are told. Told apart by identity: use one object for all sessions.
   *
   * @param <T> what a signal becomes
   */
  @FunctionalInterface
  public interface Encoding<T> {
    /** Encodes the signal into something that is safe to share and never {@code null}. */
    T encode(Signal signal);
  }
}
