package io.durablechat.sqlite;

import java.sql.Connection;
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

  private final Connection connection;
  private final Runnable alsoEachSecond;

  /** Whether the last checkpoint failed. The checkpointing thread's own. */
  private boolean failing;

  private final ScheduledExecutorService thread;

  /**
   * Begins.
   *
   * @param thread what it runs on, shut down in the end
   * @param alsoEachSecond run before each checkpoint, on its thread
   */
  Checkpoints(Connection connection, ScheduledExecutorService thread, Runnable alsoEachSecond) {
    this.connection = connection;
    this.thread = thread;
    this.alsoEachSecond = alsoEachSecond;
    thread.scheduleWithFixedDelay(
        this::checkpoint, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
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
      statement.execute("PRAGMA wal_checkpoint(PASSIVE)");
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
