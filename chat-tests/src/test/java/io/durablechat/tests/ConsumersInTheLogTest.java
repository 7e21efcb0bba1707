package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.durablechat.core.CloseReason;
import io.durablechat.core.Member;
import io.durablechat.core.Outbox;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.Start;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is logged of those who are given messages one at a time; core cannot see the JDK's log. */
@Timeout(60)
final class ConsumersInTheLogTest {
  private static final Member ANN = Member.user("ann", "Ann");

  private final BlockingQueue<LogRecord> lines = new LinkedBlockingQueue<>();
  private final Logger logger = Logger.getLogger("io.durablechat.core.BlockingOutbox");
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private final ExecutorService pool = Executors.newSingleThreadExecutor();
  private final RoomDirectory rooms = RoomDirectory.inMemory();

  ConsumersInTheLogTest() {
    logger.addHandler(handler);
  }

  @AfterEach
  void stop() {
    rooms.close();
    pool.shutdown();
    logger.removeHandler(handler);
  }

  private LogRecord line() throws InterruptedException {
    return lines.poll(20, TimeUnit.SECONDS);
  }

  private static String text(LogRecord line) {
    return new SimpleFormatter().formatMessage(line);
  }

  @Test
  void whyAConsumerHasFailed() throws InterruptedException {
    IllegalStateException failure = new IllegalStateException("on purpose");
    Outbox outbox =
        Outbox.each(
            pool,
            message -> {
              throw failure;
            });
    rooms.room("general").join(ANN, Start.live(), outbox);
    rooms.room("general").publish(ANN, "hello");
    LogRecord line = line();
    assertEquals("A consumer of room general failed; it leaves", text(line));
    assertSame(failure, line.getThrown());
  }

  @Test
  void whyItIsGivenNoMoreUnlessTheRoomsClose() throws InterruptedException {
    rooms.drain(CloseReason.policy("closed for today"));
    rooms.room("general").join(ANN, Start.live(), Outbox.each(pool, message -> {}));
    assertEquals(
        "A consumer of a room is given no more messages: closed for today (1008)", text(line()));
    CompletableFuture<Void> joined = new CompletableFuture<>();
    try (RoomDirectory others = RoomDirectory.inMemory()) {
      others
          .room("general")
          .join(ANN, Start.live(), Outbox.each(pool, message -> joined.complete(null)));
      others.room("general").publish(ANN, "hello");
      joined.join();
    }
    assertEquals(0, lines.size());
  }
}
