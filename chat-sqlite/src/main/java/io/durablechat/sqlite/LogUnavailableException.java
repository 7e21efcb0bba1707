package io.durablechat.sqlite;

/**
 * The log cannot be opened, read or copied. The message says in one line which file and why, and is
 * fit to be shown to an operator. No message was changed.
 */
public final class LogUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean damaged;

  LogUnavailableException(String message) {
    this(message, false);
  }

  private LogUnavailableException(String message, boolean damaged) {
    super(message);
    this.damaged = damaged;
  }

  LogUnavailableException(String message, Throwable cause) {
    super(message, cause);
    damaged = false;
  }

  /** Some of what was kept cannot be read; what can be may be opened all the same. */
  static LogUnavailableException damaged(String message) {
    return new LogUnavailableException(message, true);
  }

  /**
   * Whether the log was found damaged by an unclean stop or the disk, and {@link
   * SqliteMessageLog#openDamaged} would open what is left.
   */
  public boolean isDamaged() {
    return damaged;
  }
}
