package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.Broadcaster;
import io.durablechat.core.Cursor;
import io.durablechat.core.Draft;
import io.durablechat.core.Durability;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.core.Submission;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.jetty.ChatServer;
import io.durablechat.jetty.RawWebSocket;
import io.durablechat.sqlite.SqliteMessageLog;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

/**
 * What keeping a message costs, and reading many: publishes of 100 bytes to 1000 rooms, with and
 * without ids, at 1, 10, 100 and 1000 in flight, through {@link Broadcaster#publish} and by bare
 * SQLite with the same schema, the same statements and one commit for all in flight. Not run with
 * the tests; see {@code docs/performance.md}.
 */
final class LogBenchmark {
  private static final int ROOMS = 1000;
  private static final String TEXT = "x".repeat(100);
  private static final Member ANN = Member.guest("ann-0123456789abcdefghij");
  private static final Duration WARM_UP = Duration.ofSeconds(2);
  private static final Duration MEASURED = Duration.ofSeconds(4);
  private static final int ROUNDS = 3;
  private static final int REPLAYED = 100_000;
  private static final int REPLAYS = 7;

  @TempDir private Path folder;

  @Test
  void keeping() throws Exception {
    System.out.println("| in flight | ids | bare SQLite /s | publish /s | ratio |");
    System.out.println("|---|---|---|---|---|");
    for (int inFlight : new int[] {1, 10, 100, 1000}) {
      for (boolean ids : new boolean[] {false, true}) {
        double[] bare = new double[ROUNDS];
        double[] ours = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
          String name = inFlight + "-" + ids + "-" + round;
          bare[round] = bare(folder.resolve("bare" + name), inFlight, ids);
          ours[round] = ours(folder.resolve("ours" + name), inFlight, ids);
        }
        Arrays.sort(bare);
        Arrays.sort(ours);
        System.out.printf(
            Locale.ROOT,
            "| %d | %s | %,.0f | %,.0f | %.2f |%n",
            inFlight,
            ids ? "yes" : "no",
            bare[ROUNDS / 2],
            ours[ROUNDS / 2],
            bare[ROUNDS / 2] / ours[ROUNDS / 2]);
      }
    }
  }

  private static SqliteMessageLog open(Path data) {
    return SqliteMessageLog.open(
        data, Durability.COMMIT, InstantSource.system(), SqliteMessageLog.DEFAULT_RETRY_WINDOW);
  }

  private static double ours(Path data, int inFlight, boolean ids) throws InterruptedException {
    List<RoomName> rooms = new ArrayList<>();
    for (int i = 0; i < ROOMS; i++) {
      rooms.add(RoomName.of("room " + i));
    }
    Semaphore free = new Semaphore(inFlight);
    try (Broadcaster broadcaster = LocalBroadcaster.on(open(data))) {
      long counted = 0;
      long begun = System.nanoTime();
      long from = begun + WARM_UP.toNanos();
      long until = from + MEASURED.toNanos();
      for (long i = 0, now = begun; now < until; i++, now = System.nanoTime()) {
        free.acquire();
        Draft draft = Draft.text(TEXT);
        broadcaster
            .publish(rooms.get((int) (i % ROOMS)), ANN, ids ? draft.withId("id-" + i) : draft)
            .whenComplete((receipt, e) -> free.release());
        counted += now >= from ? 1 : 0;
      }
      free.acquire(inFlight);
      return perSecond(counted, System.nanoTime() - from);
    }
  }

  private static double bare(Path data, int inFlight, boolean ids) throws SQLException {
    open(data).close();
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    String url = "jdbc:sqlite:" + data.resolve(SqliteMessageLog.FILE_NAME);
    try (Connection connection = config.createConnection(url);
        Statement statement = connection.createStatement();
        BareLog log = new BareLog(connection)) {
      statement.execute("PRAGMA wal_autocheckpoint = 4096");
      long counted = 0;
      long begun = System.nanoTime();
      long from = begun + WARM_UP.toNanos();
      long until = from + MEASURED.toNanos();
      long i = 0;
      for (long now = begun; now < until; now = System.nanoTime()) {
        statement.execute("BEGIN IMMEDIATE");
        for (int j = 0; j < inFlight; j++, i++) {
          log.append(i, ids);
        }
        statement.execute("COMMIT");
        counted += now >= from ? inFlight : 0;
      }
      return perSecond(counted, System.nanoTime() - from);
    }
  }

  /** The statements of the log, with nothing around them. */
  private static final class BareLog implements AutoCloseable {
    private final long[] last = new long[ROOMS];
    private final byte[] body = TEXT.getBytes(UTF_8);
    private final byte[] digest = new byte[32];
    private final PreparedStatement message;
    private final PreparedStatement find;
    private final PreparedStatement id;
    private final PreparedStatement room;

    private BareLog(Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute("INSERT INTO identity VALUES (1, 'ann')");
        statement.execute("BEGIN");
        for (int i = 0; i < ROOMS; i++) {
          statement.execute("INSERT INTO room VALUES (" + (i + 1) + ", 'room " + i + "', 0, 0, 0)");
        }
        statement.execute("COMMIT");
      }
      message =
          connection.prepareStatement(
              "INSERT INTO message (key, prev, at, author, name, kind, is_text, id, refers_to,"
                  + " body) VALUES (?, ?, ?, 1, NULL, 1, 1, ?, 0, ?)");
      find =
          connection.prepareStatement(
              "SELECT seq, at, digest FROM publish_id WHERE room = ? AND author = 1 AND id = ?");
      id = connection.prepareStatement("INSERT INTO publish_id VALUES (?, 1, ?, ?, ?, ?)");
      room = connection.prepareStatement("UPDATE room SET last_seq = ?, last_at = ? WHERE id = ?");
    }

    private void append(long number, boolean ids) throws SQLException {
      int index = (int) (number % ROOMS);
      long sequence = ++last[index];
      long now = System.currentTimeMillis();
      String key = "id-" + number;
      if (ids) {
        find.setLong(1, index + 1);
        find.setString(2, key);
        find.executeQuery().close();
      }
      message.setLong(1, (index + 1L) << 36 | sequence);
      message.setLong(2, sequence - 1);
      message.setLong(3, now);
      message.setString(4, ids ? key : null);
      message.setBytes(5, body);
      message.executeUpdate();
      if (ids) {
        id.setLong(1, index + 1);
        id.setString(2, key);
        id.setLong(3, sequence);
        id.setLong(4, now);
        id.setBytes(5, digest);
        id.executeUpdate();
      }
      room.setLong(1, sequence);
      room.setLong(2, now);
      room.setLong(3, index + 1);
      room.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
      message.close();
      find.close();
      id.close();
      room.close();
    }
  }

  /** All of a room with 100,000 messages to one client of chat.v1, over a real socket. */
  @Test
  void replaying() throws Exception {
    RoomName room = RoomName.of("room");
    Cursor start = fill(room);
    try (Broadcaster broadcaster = LocalBroadcaster.on(open(folder));
        RoomDirectory rooms = RoomDirectory.open(broadcaster);
        ChatServer server =
            ChatServer.of(rooms)
                .port(0)
                .endpoint(EndpointSettings.DEFAULT.limits(Limits.OFF))
                .build()) {
      server.start();
      for (int round = 0; round < REPLAYS; round++) {
        long begun = System.nanoTime();
        long count = replay(server.port(), start);
        System.out.printf(
            Locale.ROOT,
            "| replay | %d messages | %,.0f /s |%n",
            count,
            perSecond(count, System.nanoTime() - begun));
      }
    }
  }

  private Cursor fill(RoomName room) {
    try (SqliteMessageLog log = open(folder)) {
      Submission submission = new Submission(room, ANN, Draft.text(TEXT));
      for (int i = 0; i < REPLAYED / ROOMS; i++) {
        log.append(Collections.nCopies(ROOMS, submission));
      }
      return log.head(room).at(0);
    }
  }

  private static long replay(int port, Cursor start) {
    try (RawWebSocket client = RawWebSocket.chatV1(port, start.room().value())) {
      client.send("{\"type\":\"hello\",\"cursor\":\"" + start.token() + "\"}");
      long count = 0;
      while (true) {
        String frame = client.receiveText();
        if (frame.contains("\"type\":\"live\"")) {
          return count;
        }
        count += frame.contains("\"type\":\"message\"") ? frame.lines().count() : 0;
      }
    }
  }

  private static double perSecond(long count, long nanos) {
    return count * 1e9 / nanos;
  }
}
