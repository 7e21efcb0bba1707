package io.durablechat.sqlite;

import io.durablechat.core.Durability;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteJDBCLoader;

/** How connections to the file are set up. */
record Database(Path file, Durability durability) {
  private static final Set<SQLiteErrorCode> MEANS_FULL =
      EnumSet.of(SQLiteErrorCode.SQLITE_FULL, SQLiteErrorCode.SQLITE_IOERR_SHMSIZE);

  private static final int BUSY_MILLIS = 5000;

  /**
   * Pages of the write-ahead log, 16 MiB in all, from which on a commit checkpoints what is left to
   * do. {@link Checkpoints} does nearly all of it beside; but the log starts over only when nothing
   * is left, and beside a writer that never rests that moment would never come.
   */
  private static final int WAL_PAGES = 4096;

  /**
   * Loads SQLite itself, which the driver unpacks into a temporary folder.
   *
   * @throws LogUnavailableException if it cannot, saying where
   */
  static void loadLibrary() {
    try {
      SQLiteJDBCLoader.initialize();
    } catch (Exception | LinkageError e) {
      String folder = System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir"));
      throw new LogUnavailableException(
          "cannot load SQLite from "
              + folder
              + ": it must be writable and may not be mounted noexec;"
              + " -Dorg.sqlite.tmpdir=DIR names another folder",
          e);
    }
  }

  /** What it is to an operator that the file cannot be opened. */
  static LogUnavailableException unavailable(Path file, Exception failure) {
    if (failure instanceof LogUnavailableException said) {
      return said;
    }
    String reason = failure instanceof IOException io ? Reasons.of(io) : failure.getMessage();
    if (failure instanceof SQLiteException sqlite && MEANS_FULL.contains(sqlite.getResultCode())) {
      reason = "the disk is full";
    }
    return new LogUnavailableException("cannot open " + file + ": " + reason, failure);
  }

  /** Sees to it that what was written is on stable storage. */
  void syncWriteAheadLog() throws IOException {
    Path log = file.resolveSibling(file.getFileName() + "-wal");
    if (Files.exists(log)) {
      // SQLite holds no lock on this file that closing it here could let go of.
      try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
        channel.force(false);
      }
    }
  }

  /** A connection that cannot write, and leaves a file of whatever kind as it is. */
  static Connection reading(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(BUSY_MILLIS);
    boolean isAtRest = !Files.exists(file.resolveSibling(file.getFileName() + "-wal"));
    if (isAtRest && !Files.isWritable(file.toAbsolutePath().getParent())) {
      // Nobody serves it, and nobody who could not write to the folder can make SQLite's index.
      return config.createConnection(
          "jdbc:sqlite:" + file.toAbsolutePath().toUri() + "?immutable=1");
    }
    return config.createConnection(url(file));
  }

  /** A connection to a file that nobody else uses, and that stays one file. */
  static Connection alone(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.DELETE);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    return config.createConnection(url(file));
  }

  /** The connection that writes. */
  Connection writer() throws SQLException {
    return open(WAL_PAGES);
  }

  /** A connection beside the writer's. */
  Connection beside() throws SQLException {
    return open(0);
  }

  private Connection open(int checkpointAt) throws SQLException {
    Connection connection = config().createConnection(url(file));
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_autocheckpoint = " + checkpointAt);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
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

  private static String url(Path file) {
    return "jdbc:sqlite:" + file.toAbsolutePath();
  }
}
