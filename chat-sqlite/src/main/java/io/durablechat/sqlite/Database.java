package io.durablechat.sqlite;

import io.durablechat.core.Durability;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;

/** How connections to the file are set up. */
record Database(Path file, Durability durability) {
  private static final int BUSY_MILLIS = 5000;

  /**
   * Pages of the write-ahead log, 16 MiB in all, from which on a commit checkpoints what is left to
   * do. {@link Checkpoints} does nearly all of it beside; but the log starts over only when nothing
   * is left, and beside a writer that never rests that moment would never come.
   */
  private static final int WAL_PAGES = 4096;

  /** The connection that writes. */
  Connection writer() throws SQLException {
    Connection connection = beside();
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_autocheckpoint = " + WAL_PAGES);
    }
    return connection;
  }

  /** A connection beside the writer's. */
  Connection beside() throws SQLException {
    Connection connection = config().createConnection(url());
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_autocheckpoint = 0");
    }
    return connection;
  }

  private SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(
        durability == Durability.COMMIT
            ? SQLiteConfig.SynchronousMode.FULL
            : SQLiteConfig.SynchronousMode.NORMAL);
    config.setBusyTimeout(BUSY_MILLIS);
    config.enforceForeignKeys(false);
    return config;
  }

  private String url() {
    return "jdbc:sqlite:" + file.toAbsolutePath();
  }
}
