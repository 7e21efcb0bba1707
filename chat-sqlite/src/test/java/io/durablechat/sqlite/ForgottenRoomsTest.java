package io.durablechat.sqlite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Draft;
import io.durablechat.core.Durability;
import io.durablechat.core.Entry;
import io.durablechat.core.Keep;
import io.durablechat.core.Member;
import io.durablechat.core.Range;
import io.durablechat.core.RoomName;
import io.durablechat.core.Submission;
import io.durablechat.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.ProgressHandler;

/** Rooms that strangers left, over restarts, set-backs and imports. */
final class ForgottenRoomsTest {
  private static final RoomName ROOM = RoomName.of("room");
  private static final RoomName OTHER = RoomName.of("other");
  private static final Member ANN = Member.anonymous();
  private static final Duration WINDOW = Duration.ofDays(7);

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();

  private SqliteMessageLog open() {
    return open(folder.resolve("data"));
  }

  private SqliteMessageLog open(Path where) {
    return SqliteMessageLog.open(where, Durability.COMMIT, clock, WINDOW);
  }

  private static void append(SqliteMessageLog log, RoomName room, int times) {
    log.append(
        IntStream.range(0, times)
            .mapToObj(i -> new Submission(room, ANN, Draft.text("" + i).withId(room + " " + i)))
            .toList());
  }

  private void forget(SqliteMessageLog log, RoomName room) {
    clock.move(WINDOW.plusMillis(1));
    log.trim(room, Keep.youngerThan(Duration.ofNanos(1)), 10_000);
    assertEquals(1, log.forget(Set.of(), 10));
  }

  private Path file() {
    return folder.resolve("data").resolve(SqliteMessageLog.FILE_NAME);
  }

  private Connection connection() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file());
  }

  @Test
  void nothingOfItIsLeftButANumber() throws SQLException {
    try (SqliteMessageLog log = open()) {
      append(log, ROOM, 5);
      forget(log, ROOM);
    }
    try (Connection connection = connection();
        Statement statement = connection.createStatement()) {
      for (String table : List.of("room", "message", "publish_id")) {
        try (ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
          assertEquals(0, row.getLong(1), table);
        }
      }
    }
    try (LogFile file = LogFile.open(folder.resolve("data"))) {
      assertEquals(List.of(), file.verify(count -> {}));
    }
  }

  @Test
  void itsNumbersDoNotComeBackAfterARestart() {
    long lineage;
    try (SqliteMessageLog log = open()) {
      append(log, ROOM, 5);
      append(log, OTHER, 1);
      lineage = log.head(ROOM).lineage();
      forget(log, ROOM);
    }
    try (SqliteMessageLog log = open()) {
      assertEquals(lineage, log.head(ROOM).lineage(), "it is not taken for one that was set back");
      long head = log.head(ROOM).sequence();
      assertTrue(head >= 5);
      append(log, ROOM, 1);
      Entry message = log.read(ROOM, Range.last(10)).entries().get(0);
      assertTrue(message.sequence() > head);
      assertEquals(head, message.previous());
      assertEquals(1, log.head(OTHER).sequence());
    }
    try (SqliteMessageLog log = open()) {
      assertEquals(lineage, log.head(ROOM).lineage());
    }
  }

  @Test
  void aFileThatWasSetBackIsKnownAlthoughRoomsWereForgotten() throws IOException {
    try (SqliteMessageLog log = open()) {
      append(log, ROOM, 100);
      forget(log, ROOM);
      append(log, OTHER, 1);
    }
    Path copy = Files.copy(file(), folder.resolve("copy.db"));
    long lineage;
    try (SqliteMessageLog log = open()) {
      lineage = log.head(ROOM).lineage();
      append(log, RoomName.of("seen after the copy"), 1);
      forget(log, OTHER);
    }
    Files.copy(copy, file(), StandardCopyOption.REPLACE_EXISTING);
    try (SqliteMessageLog log = open()) {
      assertNotEquals(lineage, log.head(ROOM).lineage());
    }
  }

  @Test
  void anImportAfterItBeginsANewLineage() {
    Path elsewhere = folder.resolve("elsewhere");
    StoredRoom stored = new StoredRoom(ROOM, 3, 3, 0, 0);
    long lineage;
    try (SqliteMessageLog log = open(elsewhere)) {
      lineage = log.head(ROOM).lineage();
      log.importRoom(stored, List.<StoredRecord>of().iterator());
    }
    try (SqliteMessageLog log = open(elsewhere)) {
      assertEquals(lineage, log.head(ROOM).lineage(), "nothing was ever forgotten");
    }
    try (SqliteMessageLog log = open()) {
      append(log, ROOM, 5);
      lineage = log.head(ROOM).lineage();
      forget(log, ROOM);
      log.importRoom(stored, List.<StoredRecord>of().iterator());
      assertEquals(3, log.head(ROOM).sequence());
    }
    try (SqliteMessageLog log = open()) {
      assertNotEquals(lineage, log.head(ROOM).lineage(), "number 4 is another message's now");
      append(log, ROOM, 1);
      assertEquals(4, log.head(ROOM).sequence());
    }
  }

  @Test
  void aFailureLeavesRoomAndFloorAsTheyWere() throws SQLException {
    try (SqliteMessageLog log = open()) {
      append(log, ROOM, 5);
      clock.move(WINDOW.plusMillis(1));
      log.trim(ROOM, Keep.youngerThan(Duration.ofNanos(1)), 10);
      try (Connection connection = connection();
          Statement statement = connection.createStatement()) {
        statement.execute(
            "CREATE TRIGGER full BEFORE DELETE ON room BEGIN SELECT RAISE(ABORT, 'no'); END");
      }
      assertThrows(LogFailureException.class, () -> log.forget(Set.of(), 10));
      assertEquals(5, log.head(ROOM).sequence());
      assertEquals(0, log.head(OTHER).sequence());
      append(log, OTHER, 1);
      assertEquals(1, log.head(OTHER).sequence());
    }
  }

  @Test
  void whatIsLookedForIsFoundWithoutReadingTheOtherRooms() throws SQLException {
    try (SqliteMessageLog log = open()) {
      long[] few = steps(log, "few", 500);
      long[] many = steps(log, "many", 2000);
      for (int query = 0; query < few.length; query++) {
        assertTrue(many[query] <= few[query] + 20, few[query] + " steps, then " + many[query]);
      }
    }
  }

  /** What SQLite does to find the one room too old, and the one to be forgotten, beside others. */
  private long[] steps(SqliteMessageLog log, String prefix, int rooms) throws SQLException {
    RoomName old = RoomName.of(prefix + " old");
    RoomName left = RoomName.of(prefix + " left");
    clock.move(Duration.ofMillis(1));
    append(log, old, 1);
    append(log, left, 1);
    clock.move(WINDOW.plusMillis(1));
    log.trim(left, Keep.youngerThan(Duration.ofNanos(1)), 10);
    log.append(
        IntStream.range(0, rooms)
            .mapToObj(i -> new Submission(RoomName.of(prefix + i), ANN, Draft.text("x")))
            .toList());
    long now = clock.instant().toEpochMilli();
    try (Connection connection = connection();
        PreparedStatement older = connection.prepareStatement(Reader.SELECT_OLDER);
        PreparedStatement idle = connection.prepareStatement(ForgottenRooms.SELECT)) {
      older.setLong(1, now);
      older.setLong(2, now - WINDOW.toMillis() - 1);
      older.setString(3, "");
      older.setInt(4, 500);
      idle.setLong(1, now);
      long[] steps = {steps(connection, older, old), steps(connection, idle, left)};
      assertEquals(1, log.forget(Set.of(), 10));
      return steps;
    }
  }

  private static long steps(Connection connection, PreparedStatement query, RoomName found)
      throws SQLException {
    long[] steps = {0};
    ProgressHandler.setHandler(
        connection,
        1,
        new ProgressHandler() {
          @Override
          protected int progress() {
            steps[0]++;
            return 0;
          }
        });
    try (ResultSet row = query.executeQuery()) {
      assertTrue(row.next());
      assertEquals(found.value(), row.getString("name"));
      assertFalse(row.next());
    } finally {
      ProgressHandler.clearHandler(connection);
    }
    return steps[0];
  }
}
