package io.durablechat.sqlite;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is done each second beside a log. */
final class CheckpointsTest {
  private static final int PATIENCE_SECONDS = 20;

  @Test
  void oneThatFailsIsNotTheLast() throws SQLException, InterruptedException {
    CountDownLatch begun = new CountDownLatch(2);
    Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    try (Checkpoints checkpoints =
        new Checkpoints(
            connection,
            Path.of("none"),
            Checkpoints.thread(),
            () -> {
              begun.countDown();
              throw new IllegalStateException("a mistake");
            })) {
      assertTrue(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS), checkpoints::toString);
    }
  }
}
