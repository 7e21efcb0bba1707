package io.durablechat.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Moves what was committed from the write-ahead log into the file, once a second, on a thread and a
 * connection of its own: a commit never waits for it.
 */
final class Checkpoints implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Checkpoints.class.getName());
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final long CLOSE_SECONDS = 5;

  /** Only what reads for long makes the write-ahead log larger. */
  private static final long GIVEN_BACK_FROM = 2 * Database.WAL_BYTES;

  private final Connection connection;
  private final Path log;
  private final Runnable alsoEachSecond;

  /** Whether the last checkpoint failed. The checkpointing thread's own. */
  private boolean failing;

  private final ScheduledExecutorService thread;

  /**
   * Begins.
   *
   * @param log the write-ahead log
   * @param thread what it runs on, shut down in the end
   * @param alsoEachSecond run before each checkpoint, on its thread
   */
  Checkpoints(
      Connection connection, Path log, ScheduledExecutorService thread, Runnable alsoEachSecond)
      throws SQLException {
    this.connection = connection;
    this.log = log;
    this.thread = thread;
    this.alsoEachSecond = alsoEachSecond;
    try (Statement statement = connection.createStatement()) {
      // While it waited for readers to go, no commit could begin.
      statement.execute("PRAGMA busy_timeout = 0");
    }
    thread.scheduleWithFixedDelay(
        this::attempt, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void attempt() {
    try {
      checkpoint();
    } catch (Throwable e) {
      // What left this would end the schedule, and the write-ahead log would grow for good.
      LOG.log(System.Logger.Level.ERROR, "A checkpoint failed; it is tried again each second", e);
    }
  }

  static ScheduledExecutorService thread() {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread named = new Thread(task, "chat-log-checkpoints");
          named.setDaemon(true);
          return named;
        });
  }

  private void checkpoint() {
    alsoEachSecond.run();
    try (Statement statement = connection.createStatement()) {
      if (movesAll(statement) && log.toFile().length() > GIVEN_BACK_FROM) {
        // Whoever reads or writes just now has it tried again in a second.
        statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      }
      failing = false;
    } catch (SQLException e) {
      // It is tried again, and nothing is lost meanwhile: the write-ahead log only grows. A full
      // disk fails every one of them, and is said once.
      LOG.log(
          failing ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
          "A checkpoint failed; it is tried again each second: {0}",
          e.getMessage());
      failing = true;
    }
  }

  private static boolean movesAll(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(PASSIVE)")) {
      row.next();
      boolean isBusy = row.getInt(1) != 0;
      return !isBusy && row.getInt(2) == row.getInt(3);
    }
  }

  @Override
  public void close() throws SQLException {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "A checkpoint was still under way");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connection.close();
  }
}
