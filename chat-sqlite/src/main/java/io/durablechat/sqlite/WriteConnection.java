package io.durablechat.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The connection that writes, one transaction at a time. Used by one thread at a time. */
final class WriteConnection implements AutoCloseable {
  private final Connection connection;
  private final Runnable onUndone;

  /**
   * Writes on this connection.
   *
   * @param onUndone run when a transaction has failed: what was remembered may not be in the file
   */
  WriteConnection(Connection connection, Runnable onUndone) {
    this.connection = connection;
    this.onUndone = onUndone;
  }

  PreparedStatement prepare(String sql) throws SQLException {
    return connection.prepareStatement(sql);
  }

  /** Does the work as one act, or nothing of it. */
  <T> T transaction(Work<T> work) {
    try {
      // By hand: the driver's own transactions begin as the last one ends, and one that is always
      // open would keep the write-ahead log from ever starting over.
      execute("BEGIN IMMEDIATE");
      T result = work.run();
      execute("COMMIT");
      return result;
    } catch (SQLException e) {
      undo();
      throw new LogFailureException(e);
    } catch (RuntimeException | Error e) {
      undo();
      throw e;
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void undo() {
    onUndone.run();
    try {
      execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLite has rolled back by itself, as it does when the disk is full.
      System.getLogger(WriteConnection.class.getName())
          .log(System.Logger.Level.DEBUG, "Nothing to roll back", e);
    }
  }

  /** Does what frees room in the file, and has zeros written over what was there. */
  <T> T withoutTraces(Work<T> work) throws SQLException {
    // Not always on: to retention it would be a write for each page that it frees.
    execute("PRAGMA secure_delete = ON");
    try {
      return work.run();
    } finally {
      execute("PRAGMA secure_delete = OFF");
    }
  }

  /** The key of the row that was inserted last. */
  long lastKey() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT last_insert_rowid()")) {
      row.next();
      return row.getLong(1);
    }
  }

  static void update(PreparedStatement statement, long... values) throws SQLException {
    set(statement, values);
    statement.executeUpdate();
  }

  static void set(PreparedStatement statement, long... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setLong(i + 1, values[i]);
    }
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      Schema.end(connection);
    }
  }
}
