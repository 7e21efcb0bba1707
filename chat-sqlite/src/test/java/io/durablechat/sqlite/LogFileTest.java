package io.durablechat.sqlite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Body;
import io.durablechat.core.Content;
import io.durablechat.core.Decision;
import io.durablechat.core.Draft;
import io.durablechat.core.Durability;
import io.durablechat.core.Keep;
import io.durablechat.core.Member;
import io.durablechat.core.Range;
import io.durablechat.core.RoomName;
import io.durablechat.core.Submission;
import io.durablechat.testkit.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What those who look after a log do with its file. */
final class LogFileTest {
  private static final RoomName ROOM = RoomName.of("Küche");
  private static final RoomName OTHER = RoomName.of("other");
  private static final Member ANN = Member.guest("ann-0123456789abcdefghij").named("Ann");
  private static final Draft KNOWN = Draft.text("known").withId("id 1");

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();
  private Path data;

  @BeforeEach
  void fill() {
    data = folder.resolve("data");
    try (SqliteMessageLog log = open(data)) {
      append(log, ROOM, Draft.text("old").withId("id old"));
      append(log, ROOM, Draft.text("rewritten").withId("id 0").rewritten(Body.text("***")));
      clock.move(Duration.ofSeconds(1));
      append(log, ROOM, KNOWN);
      append(log, ROOM, Draft.of(Content.plain(Body.binary(ByteBuffer.wrap(new byte[] {0, -1})))));
      append(log, OTHER, Draft.text("x").inReplyTo(3));
      log.trim(ROOM, Keep.newest(3), 100);
    }
  }

  private SqliteMessageLog open(Path where) {
    return SqliteMessageLog.open(
        where, Durability.COMMIT, clock, SqliteMessageLog.DEFAULT_RETRY_WINDOW);
  }

  private static Decision append(SqliteMessageLog log, RoomName room, Draft draft) {
    return log.append(List.of(new Submission(room, ANN, draft))).get(0);
  }

  private static List<StoredRecord> messages(LogFile file, RoomName room) {
    List<StoredRecord> messages = new ArrayList<>();
    file.forEach(room, messages::add);
    return messages;
  }

  private static List<StoredRoom> rooms(LogFile file) {
    List<StoredRoom> rooms = new ArrayList<>();
    file.forEachRoom(rooms::add);
    assertEquals(rooms.size(), file.rooms());
    assertEquals(rooms.stream().mapToLong(StoredRoom::records).sum(), file.records());
    assertEquals(rooms.stream().mapToLong(StoredRoom::lastAt).max().orElse(0), file.lastAt());
    return rooms;
  }

  private static List<String> verify(Path data) {
    try (LogFile file = LogFile.open(data)) {
      return file.verify(count -> {});
    }
  }

  @Test
  void aRoomIsTheSameAfterExportAndImport() {
    Path elsewhere = folder.resolve("elsewhere");
    try (LogFile file = LogFile.open(data);
        SqliteMessageLog log = open(elsewhere)) {
      for (StoredRoom room : rooms(file)) {
        log.importRoom(room, messages(file, room.name()).iterator());
      }
      // As if it had always been there: numbers, ids, and what comes next.
      assertEquals(new Decision.Duplicate(3), append(log, ROOM, KNOWN));
      assertEquals(
          new Decision.Duplicate(2), append(log, ROOM, Draft.text("rewritten").withId("id 0")));
      assertEquals(
          new Decision.Duplicate(1), append(log, ROOM, Draft.text("old").withId("id old")));
      assertEquals(1, log.read(ROOM, Range.last(10)).trimmedThrough());
      assertEquals(4, log.head(ROOM).sequence());
      try (LogFile copy = LogFile.open(elsewhere)) {
        assertEquals(rooms(file), rooms(copy));
        assertEquals(messages(file, ROOM), messages(copy, ROOM));
        assertEquals(messages(file, OTHER), messages(copy, OTHER));
      }
    }
    assertEquals(List.of(), verify(elsewhere));
  }

  @Test
  void anImportIsIntoAnEmptyRoomAndWhole() {
    try (LogFile file = LogFile.open(data);
        SqliteMessageLog log = open(folder.resolve("elsewhere"))) {
      StoredRoom room = file.room(ROOM).orElseThrow();
      List<StoredRecord> all = messages(file, ROOM);
      for (List<StoredRecord> part :
          List.of(all.subList(1, 3), all.subList(2, 4), List.of(all.get(1), all.get(3)))) {
        assertThrows(IllegalArgumentException.class, () -> log.importRoom(room, part.iterator()));
      }
      assertEquals(0, log.head(ROOM).sequence());
      append(log, ROOM, Draft.text("here before"));
      String message =
          assertThrows(IllegalArgumentException.class, () -> log.importRoom(room, all.iterator()))
              .getMessage();
      assertEquals("room Küche is not empty", message);
      assertEquals(1, log.head(ROOM).sequence());
    }
  }

  @Test
  void aBackupIsMadeBesideTheServerAndBeginsANewLineage() throws IOException {
    Path restored = Files.createDirectories(folder.resolve("restored"));
    Path backup = restored.resolve(SqliteMessageLog.FILE_NAME);
    try (SqliteMessageLog log = open(data)) {
      try (LogFile file = LogFile.open(data)) {
        file.backUp(backup);
        assertTrue(
            assertThrows(LogUnavailableException.class, () -> file.backUp(backup))
                .getMessage()
                .endsWith("exists already: nothing was overwritten"));
      }
      append(log, ROOM, Draft.text("later"));
      long lineage = log.head(ROOM).lineage();
      assertEquals(List.of(), verify(restored));
      long newLineage;
      try (SqliteMessageLog served = open(restored)) {
        assertEquals(4, served.head(ROOM).sequence());
        newLineage = served.head(ROOM).lineage();
        assertNotEquals(lineage, newLineage);
      }
      try (SqliteMessageLog again = open(restored)) {
        assertEquals(newLineage, again.head(ROOM).lineage());
      }
    }
    try (var files = Files.list(restored)) {
      assertEquals(2, files.count(), "the log and its lock, and nothing left over");
    }
  }

  @Test
  void aFileThatWasSetBackOrCopiedBeginsANewLineage() throws IOException {
    Path file = data.resolve(SqliteMessageLog.FILE_NAME);
    Path old = Files.copy(file, folder.resolve("old.db"));
    long lineage = lineage(data);
    assertEquals(lineage, lineage(data), "a restart");
    try (SqliteMessageLog log = open(data)) {
      append(log, ROOM, Draft.text("seen after the copy"));
    }

    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    Files.copy(file, elsewhere.resolve(SqliteMessageLog.FILE_NAME));
    assertNotEquals(lineage, lineage(elsewhere), "a copy");

    Files.copy(old, file, StandardCopyOption.REPLACE_EXISTING);
    long second = lineage(data);
    assertNotEquals(lineage, second, "set back");
    assertEquals(second, lineage(data));

    Files.copy(old, file, StandardCopyOption.REPLACE_EXISTING);
    assertNotEquals(lineage, lineage(data), "set back once more");
  }

  @Test
  void aFileThatWasSetBackToACopyOfTheSameRunBeginsANewLineage() throws IOException {
    Path copy = folder.resolve("copy.db");
    long lineage;
    try (SqliteMessageLog log = open(data)) {
      lineage = log.head(ROOM).lineage();
      try (LogFile file = LogFile.open(data)) {
        file.backUp(copy);
      }
      append(log, ROOM, Draft.text("seen after the copy"));
    }
    // As another tool would have made it.
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM meta WHERE key = 'backup'");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    Files.copy(copy, file(), StandardCopyOption.REPLACE_EXISTING);
    assertNotEquals(lineage, lineage(data));
  }

  @Test
  void aRestartKeepsTheLineageWhateverTheLanguage() {
    Locale before = Locale.getDefault();
    try {
      // Where numbers are written in other digits.
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      long lineage = lineage(data);
      assertEquals(lineage, lineage(data));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aRoomThatCannotBeIsNotImported() {
    try (SqliteMessageLog log = open(folder.resolve("elsewhere"))) {
      for (long[] numbers :
          new long[][] {{0, 1, 0}, {2, 1, -1}, {-1, 0, 1}, {0, (1L << 36) - 1, (1L << 36) - 1}}) {
        StoredRoom room = new StoredRoom(ROOM, numbers[0], numbers[1], 0, numbers[2]);
        assertThrows(
            IllegalArgumentException.class,
            () -> log.importRoom(room, Collections.emptyIterator()));
      }
      append(log, ROOM, Draft.text("first"));
      assertEquals(1, log.head(ROOM).sequence());
    }
  }

  @Test
  void readsOneMomentBesideAWriter() {
    try (SqliteMessageLog log = open(data);
        LogFile file = LogFile.open(data)) {
      append(log, OTHER, Draft.text("later"));
      assertEquals(1, file.room(OTHER).orElseThrow().records());
    }
  }

  private long lineage(Path where) {
    try (SqliteMessageLog log = open(where)) {
      return log.head(ROOM).lineage();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DELETE FROM message WHERE key & 0xFFFFFFFFF = 3 | room Küche, sequence 4: names 3 as the",
        "UPDATE message SET key = key + 5 WHERE id = 'id 1' | room Küche, sequence 4",
        "UPDATE message SET prev = 0 WHERE id = 'id 1' | room Küche, sequence 3: names 0 as the",
        "UPDATE message SET at = at - 5000 WHERE id = 'id 1' | room Küche, sequence 3: was kept",
        "UPDATE message SET kind = 9 WHERE id = 'id 1' | room Küche, sequence 3: is of no known"
            + " kind",
        "UPDATE message SET body = x'ff' WHERE id = 'id 1' | room Küche, sequence 3: is a text"
            + " that",
        "UPDATE message SET author = 77 WHERE id = 'id 1' | room Küche, sequence 3: has no author",
        "UPDATE message SET id = 'id 2' WHERE id = 'id 1' | room Küche, sequence 3: id id 1 is rem",
        "UPDATE room SET last_seq = 9 WHERE name = 'other' | room other: ends at sequence 1, not at"
            + " 9",
        "UPDATE room SET said = 4 WHERE id = 1 | room Küche: holds something else than it says",
        "UPDATE room SET first_at = NULL WHERE id = 1 | room Küche: holds something else than it",
        "DELETE FROM room WHERE name = 'other' | a message of room number 2, which there is not",
        "INSERT INTO quiet VALUES ((1 << 36) + 3, (1 << 36) + 2) | room Küche: it is noted wrongly",
        "UPDATE room SET trimmed_through = 3 WHERE id = 1 | room Küche, sequence 2: was removed, or"
      })
  void verifyNamesThePlace(String damage, String finding) throws SQLException {
    assertEquals(List.of(), verify(data));
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement()) {
      assertTrue(statement.executeUpdate(damage) > 0);
    }
    List<String> findings = verify(data);
    assertFalse(findings.isEmpty());
    assertTrue(findings.stream().anyMatch(f -> f.startsWith(finding)), findings::toString);
  }

  @Test
  void aTornPageIsFound() throws IOException {
    byte[] bytes = Files.readAllBytes(file());
    for (int page = 1; page < bytes.length / 4096; page++) {
      byte[] torn = bytes.clone();
      for (int i = 0; i < 4096; i++) {
        torn[page * 4096 + i] = (byte) (i * 31);
      }
      Files.write(file(), torn);
      List<String> findings;
      try {
        findings = verify(data);
      } catch (LogUnavailableException e) {
        findings = List.of(e.getMessage());
      }
      assertFalse(findings.isEmpty(), "page " + page);
      findings.forEach(finding -> assertEquals(1, finding.lines().count(), finding));
    }
  }

  @Test
  void whereThereIsNoLogIsSaid() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Files.createFile(empty.resolve(SqliteMessageLog.FILE_NAME));
    assertThrows(LogUnavailableException.class, () -> LogFile.open(empty));
    String message =
        assertThrows(LogUnavailableException.class, () -> LogFile.open(folder)).getMessage();
    assertEquals("there is no log in " + folder, message);
  }

  private Path file() {
    return data.resolve(SqliteMessageLog.FILE_NAME);
  }
}
