package io.durablechat.sqlite;

import io.durablechat.core.Durability;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.SQLiteOpenMode;

/** How connections to the file are set up. */
record Database(Path file, Durability durability) {
  private static final Set<SQLiteErrorCode> MEANS_FULL =
      EnumSet.of(SQLiteErrorCode.SQLITE_FULL, SQLiteErrorCode.SQLITE_IOERR_SHMSIZE);

  private static final int BUSY_MILLIS = 5000;

  /** Longest a start is held up by looking at the file. */
  private static final Duration QUICK_CHECK = Duration.ofSeconds(2);

  /**
   * Pages of the write-ahead log, 16 MiB in all, from which on a commit checkpoints what is left to
   * do. {@link Checkpoints} does nearly all of it beside; but the log starts over only when nothing
   * is left, and beside a writer that never rests that moment would never come.
   */
  private static final int WAL_PAGES = 4096;

  /** What it takes then, and what is left of it when it starts over after it has grown larger. */
  static final long WAL_BYTES = WAL_PAGES * 4096L;

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

  /** What SQLite names the write-ahead log of a file. */
  static Path writeAheadLog(Path file) {
    return file.resolveSibling(file.getFileName() + "-wal");
  }

  /** Sees to it that what was written is on stable storage. */
  void syncWriteAheadLog() throws IOException {
    if (Files.exists(writeAheadLog(file))) {
      // SQLite holds no lock on this file that closing it here could let go of.
      try (FileChannel channel = FileChannel.open(writeAheadLog(file), StandardOpenOption.WRITE)) {
        channel.force(false);
      }
    }
  }

  /** A connection that cannot write, and leaves a file of whatever kind as it is. */
  static Connection reading(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(BUSY_MILLIS);
    boolean isAtRest = !Files.exists(writeAheadLog(file));
    if (isAtRest && !Files.isWritable(file.toAbsolutePath().getParent())) {
      // Nobody serves it, and nobody who could not write to the folder can make SQLite's index.
      return config.createConnection(
          "jdbc:sqlite:" + file.toAbsolutePath().toUri() + "?immutable=1");
    }
    return config.createConnection(url(file));
  }

  /**
   * Checks that the file is ours, and looks whether what was kept can still be read after a stop
   * out of order.
   *
   * @return what is wrong, in words; empty if nothing was found
   * @throws LogUnavailableException if the file is something else, or from a newer version
   */
  static Optional<String> damage(Path file) throws SQLException, IOException {
    Path log = writeAheadLog(file);
    // In order SQLite leaves none, or an empty one. Looked at before SQLite opens it: the first to
    // write overwrites what lies behind the damage.
    boolean isUnclean = Files.exists(log) && Files.size(log) > 0;
    if (!Files.exists(file)) {
      // SQLite would make a new file, and remove what is left of the old one.
      return isUnclean
          ? Optional.of(file + " is missing, and its write-ahead log is there")
          : Optional.empty();
    }
    Optional<String> found = hiddenCommits(file);
    try (Connection reading = reading(file)) {
      if (Schema.check(reading, file) == 0) {
        return found;
      }
      if (!isUnclean || Schema.isRelaxed(reading)) {
        // What a power cut leaves of commits that were not synced looks damaged, too. That they may
        // be missing is known, and said.
        return Optional.empty();
      }
      return found.isPresent()
          ? found
          : Schema.quickCheck(reading, QUICK_CHECK).map(what -> file + " is damaged: " + what);
    } catch (SQLException e) {
      if (found.isPresent()) {
        return found;
      }
      throw e;
    }
  }

  /** What of the write-ahead log SQLite would pass over without a word, in words. */
  static Optional<String> hiddenCommits(Path file) throws IOException {
    Path log = writeAheadLog(file);
    return WalCheck.of(log)
        .map(
            damage ->
                log
                    + " is damaged at frame "
                    + damage.frame()
                    + ": at least "
                    + damage.commits()
                    + " commits behind it cannot be read");
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
    return open(config(), WAL_PAGES);
  }

  /** A connection beside the writer's; it makes no file where somebody has deleted that. */
  Connection beside() throws SQLException {
    SQLiteConfig config = config();
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    return open(config, 0);
  }

  private Connection open(SQLiteConfig config, int checkpointAt) throws SQLException {
    Connection connection = config.createConnection(url(file));
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_autocheckpoint = " + checkpointAt);
      statement.execute("PRAGMA journal_size_limit = " + WAL_BYTES);
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
