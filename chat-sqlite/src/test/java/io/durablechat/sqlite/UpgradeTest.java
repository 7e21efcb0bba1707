package io.durablechat.sqlite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Draft;
import io.durablechat.core.Durability;
import io.durablechat.core.Entry;
import io.durablechat.core.Keep;
import io.durablechat.core.Member;
import io.durablechat.core.MessageLog.Aged;
import io.durablechat.core.Range;
import io.durablechat.core.RoomName;
import io.durablechat.core.Submission;
import io.durablechat.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of version 2, as it was written before rooms knew what they hold. */
final class UpgradeTest {
  private static final RoomName KITCHEN = RoomName.of("kitchen");
  private static final RoomName EMPTY = RoomName.of("empty");

  private static final String VERSION_2 =
      """
      CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE room (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
        last_seq INTEGER NOT NULL, last_at INTEGER NOT NULL, trimmed_through INTEGER NOT NULL)
        STRICT;
      CREATE TABLE identity (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT;
      CREATE TABLE message (key INTEGER PRIMARY KEY, prev INTEGER NOT NULL, at INTEGER NOT NULL,
        author INTEGER NOT NULL REFERENCES identity (id), name TEXT, kind INTEGER NOT NULL,
        is_text INTEGER NOT NULL, id TEXT, refers_to INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
      CREATE TABLE publish_id (room INTEGER NOT NULL, author INTEGER NOT NULL, id TEXT NOT NULL,
        seq INTEGER NOT NULL, at INTEGER NOT NULL, digest BLOB NOT NULL,
        PRIMARY KEY (room, author, id)) STRICT, WITHOUT ROWID;
      CREATE INDEX publish_id_by_age ON publish_id (at);
      INSERT INTO meta VALUES ('lineage', '42');
      INSERT INTO identity VALUES (1, 'anon:ann');
      INSERT INTO room VALUES (1, 'kitchen', 4, 4000, 1), (2, 'empty', 9, 100, 9);
      INSERT INTO message VALUES (68719476738, 1, 2000, 1, NULL, 1, 1, NULL, 0, x'61'),
        (68719476739, 2, 3000, 1, NULL, 4, 1, NULL, 0, x''),
        (68719476740, 3, 4000, 1, NULL, 3, 1, NULL, 3, x'');
      PRAGMA application_id = 1145268300;
      PRAGMA user_version = 2;
      """;

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();

  @BeforeEach
  void write() throws SQLException, IOException {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:sqlite:" + folder.resolve(SqliteMessageLog.FILE_NAME));
        Statement statement = connection.createStatement()) {
      for (String change : VERSION_2.strip().split(";\\s*\n", -1)) {
        statement.executeUpdate(change);
      }
    }
    Files.writeString(
        folder.resolve(DirectoryLock.FILE_NAME), "+0000000000000000042 0000000000000000013\n");
  }

  private List<String> verify() {
    try (LogFile file = LogFile.open(folder)) {
      assertEquals(2, file.rooms());
      return file.verify(count -> {});
    }
  }

  @Test
  void goesOnAsIfItHadAlwaysBeenOfThisVersion() {
    assertEquals(List.of(), verify(), "while nobody has served it yet");
    try (SqliteMessageLog log =
        SqliteMessageLog.open(folder, Durability.COMMIT, clock, Duration.ofDays(7))) {
      assertEquals(42, log.head(KITCHEN).lineage());
      assertEquals(4, log.head(KITCHEN).sequence());
      assertEquals(
          List.of(KITCHEN),
          log.roomsOlderThan(Duration.ofDays(1), Optional.empty(), 10).stream()
              .map(Aged::room)
              .toList());
      assertFalse(log.hasBeyond(KITCHEN, Keep.newest(1)), "one message is there");
      log.append(List.of(new Submission(KITCHEN, Member.anonymous(), Draft.text("b"))));
      assertEquals(3, log.trim(KITCHEN, Keep.newest(1), 10), "with what was deleted after it");
      List<Entry> left = log.read(KITCHEN, Range.last(10)).entries();
      assertEquals(List.of("b"), left.stream().map(m -> m.draft().body().text()).toList());
      assertEquals(1, log.forget(Set.of(), 10));
      assertEquals(List.of(KITCHEN), log.rooms(Optional.empty(), 10));
      assertTrue(log.head(EMPTY).sequence() >= 9);
      assertEquals(5, log.head(KITCHEN).sequence());
    }
    try (LogFile file = LogFile.open(folder)) {
      assertEquals(List.of(), file.verify(count -> {}));
    }
    try (SqliteMessageLog log =
        SqliteMessageLog.open(folder, Durability.COMMIT, clock, Duration.ofDays(7))) {
      assertEquals(42, log.head(KITCHEN).lineage());
    }
  }
}
