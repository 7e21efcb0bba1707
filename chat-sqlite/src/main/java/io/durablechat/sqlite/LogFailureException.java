package io.durablechat.sqlite;

import java.sql.SQLException;

/** SQLite could not do what the log asked; nothing of it was kept. */
final class LogFailureException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LogFailureException(SQLException cause) {
    super(cause.getMessage(), cause);
  }
}
