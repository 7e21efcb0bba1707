package io.durablechat.sqlite;

/**
 * The log cannot be opened, read or copied. The message says in one line which file and why, and is
 * fit to be shown to an operator. No message was changed.
 */
public final class LogUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LogUnavailableException(String message) {
    super(message);
  }

  LogUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
