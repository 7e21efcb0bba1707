package io.durablechat.core;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a draft was not published, or a member not let in. Nothing was kept. The message is short,
 * holds nothing of the inside, and may be shown to whoever asked.
 */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What the sender can do about it. */
  public enum Reason {
    /** The id was used before for another draft: choose another. */
    CONFLICT,
    /** Not allowed here: do not try again. */
    FORBIDDEN,
    /** Banned, by who moderates: do not come back. */
    BANNED,
    /** Muted, by who moderates: try again after {@link #retryAfter()}, if that is said. */
    MUTED,
    /** Only who moderates may publish in this room now. */
    LOCKED,
    /** The room goes slowly: try again after {@link #retryAfter()}. */
    SLOW_MODE,
    /** There is no such message: do not try again. */
    NOT_FOUND,
    /** The body is over the limit: send less. */
    TOO_LARGE,
    /** Too much is waiting to be kept: try again after {@link #retryAfter()}. */
    OVERLOADED,
    /** The log cannot keep anything at the moment: try again after {@link #retryAfter()}. */
    STORAGE,
    /** The session or the directory has ended: join again, elsewhere or later. */
    CLOSED
  }

  private final Reason reason;
  private final transient Optional<Duration> retryAfter;

  private RefusedException(
      Reason reason, String message, Optional<Duration> retryAfter, Throwable cause) {
    // Refusals are answers, many a second under load: a stack trace would be their main cost.
    // It is shown to clients: without words, the reason is what can be said.
    super(message == null ? word(reason) : message, cause, false, false);
    this.reason = reason;
    this.retryAfter = retryAfter;
  }

  private static String word(Reason reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** A refusal that trying again does not change. */
  public static RefusedException of(Reason reason, String message) {
    return new RefusedException(reason, message, Optional.empty(), null);
  }

  /** A refusal for now. What is told in milliseconds is rounded up: before, it is too early. */
  public static RefusedException retryable(Reason reason, String message, Duration retryAfter) {
    Duration rounded = retryAfter.plusNanos(999_999).truncatedTo(ChronoUnit.MILLIS);
    return new RefusedException(reason, message, Optional.of(rounded), null);
  }

  static RefusedException noSuchMessage() {
    return of(Reason.NOT_FOUND, "there is no such message, or not any more");
  }

  /** A refusal for now, because of a failure that is logged but not shown. */
  static RefusedException storage(Throwable cause) {
    return storage("the log cannot keep messages now", cause);
  }

  /** The same of reading. */
  static RefusedException unreadable(Throwable cause) {
    return storage("the log cannot be read now", cause);
  }

  private static RefusedException storage(String message, Throwable cause) {
    return new RefusedException(Reason.STORAGE, message, Optional.of(Duration.ofSeconds(1)), cause);
  }

  /** What the sender can do about it. */
  public Reason reason() {
    return reason;
  }

  /** How long to wait before trying again; empty if that would not help. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
