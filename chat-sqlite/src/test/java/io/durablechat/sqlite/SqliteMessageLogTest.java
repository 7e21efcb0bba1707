package io.durablechat.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Broadcaster;
import io.durablechat.core.Cursor;
import io.durablechat.core.Decision;
import io.durablechat.core.Draft;
import io.durablechat.core.Durability;
import io.durablechat.core.Entry;
import io.durablechat.core.Keep;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.MessageLog;
import io.durablechat.core.Newest;
import io.durablechat.core.Range;
import io.durablechat.core.Receipt;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.core.Submission;
import io.durablechat.testkit.BroadcasterContract;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.MessageLogContract;
import io.durablechat.testkit.SteppedExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SqliteMessageLogTest extends MessageLogContract {
  private static final RoomName ROOM = RoomName.of("Küche");
  private static final Member ANN = Member.guest("ann-0123456789abcdefghij").named("Ann");

  private final ManualClock clock = new ManualClock();
  @TempDir private Path folder;

  @Override
  protected MessageLog open(InstantSource source) {
    return open(folder.resolve("contract"), source);
  }

  private static SqliteMessageLog open(Path folder, InstantSource source) {
    return SqliteMessageLog.open(
        folder, Durability.COMMIT, source, SqliteMessageLog.DEFAULT_RETRY_WINDOW);
  }

  private SqliteMessageLog open() {
    return open(folder.resolve("data"), clock);
  }

  private static Decision append(MessageLog log, Draft draft) {
    return log.append(List.of(new Submission(ROOM, ANN, draft))).get(0);
  }

  @Test
  void aDirectoryClosesTheLogItWasOpenedOn() {
    Path data = folder.resolve("owned");
    for (int i = 1; i <= 2; i++) {
      try (RoomDirectory rooms = RoomDirectory.open(SqliteMessageLog.open(data))) {
        assertEquals(Durability.COMMIT, rooms.terms().durability());
        assertEquals(SqliteMessageLog.DEFAULT_RETRY_WINDOW, rooms.terms().retryWindow());
        Receipt kept = rooms.room("general").publish(ANN, "hello").toCompletableFuture().join();
        assertEquals(i, kept.sequence());
        // It is in use, and says so without harm to the one who uses it.
        assertThrows(
            LogUnavailableException.class, () -> RoomDirectory.open(SqliteMessageLog.open(data)));
      }
    }
  }

  @Nested
  final class AsBroadcaster extends BroadcasterContract {
    @Override
    protected Broadcaster open() {
      return LocalBroadcaster.on(
          SqliteMessageLogTest.open(folder.resolve("broadcaster"), InstantSource.system()));
    }
  }

  @Test
  void keepsEverythingOverARestart() {
    Draft draft = Draft.text("hello").withId("1").inReplyTo(7);
    Cursor head;
    try (SqliteMessageLog log = open()) {
      append(log, draft);
      append(log, Draft.text("world"));
      head = log.head(ROOM);
    }
    try (SqliteMessageLog log = open()) {
      assertEquals(head, log.head(ROOM));
      List<Entry> messages = log.read(ROOM, Range.last(10)).entries();
      assertEquals(
          List.of(draft, Draft.text("world")), messages.stream().map(Entry::draft).toList());
      assertEquals(ANN, messages.get(0).author());
      assertEquals(1, assertInstanceOf(Decision.Duplicate.class, append(log, draft)).sequence());
      assertEquals(
          3,
          assertInstanceOf(Decision.Kept.class, append(log, Draft.text("!"))).entry().sequence());
    }
  }

  @Test
  void forgetsIdsAfterTheRetryWindowAndNotBefore() {
    Draft draft = Draft.text("hello").withId("1");
    try (SqliteMessageLog log = open()) {
      append(log, draft);
      clock.move(log.retryWindow().plus(Duration.ofMillis(1)));
      assertInstanceOf(Decision.Kept.class, append(log, draft));
      assertEquals(2, assertInstanceOf(Decision.Duplicate.class, append(log, draft)).sequence());
    }
  }

  @Test
  void aBatchThatFailsLeavesNothing() throws SQLException {
    try (SqliteMessageLog log = open()) {
      append(log, Draft.text("before"));
      try (Connection other = DriverManager.getConnection(url());
          Statement statement = other.createStatement()) {
        statement.execute(
            "CREATE TRIGGER full BEFORE INSERT ON message WHEN NEW.body = CAST('no' AS BLOB)"
                + " BEGIN SELECT RAISE(ABORT, 'disk on fire'); END");
      }
      List<Submission> batch =
          List.of(
              new Submission(ROOM, ANN, Draft.text("half")),
              new Submission(RoomName.of("new"), Member.anonymous(), Draft.text("half")),
              new Submission(ROOM, ANN, Draft.text("no")));
      assertThrows(RuntimeException.class, () -> log.append(batch));
      assertEquals(1, log.head(ROOM).sequence());
      assertEquals(0, log.head(RoomName.of("new")).sequence());
      Decision next = append(log, Draft.text("after"));
      assertEquals(2, assertInstanceOf(Decision.Kept.class, next).entry().sequence());
      log.append(batch.subList(1, 2));
      assertEquals(1, log.head(RoomName.of("new")).sequence());
    }
  }

  @Test
  void theWriteAheadLogStartsOverUnderAWriterThatNeverRests() throws IOException {
    try (SqliteMessageLog log = open()) {
      Draft draft = Draft.text("x".repeat(3000));
      for (int i = 0; i < 10_000; i++) {
        append(log, draft);
        log.read(ROOM, Range.last(2));
      }
      // Each append writes three pages and more: well over 100 MiB in all.
      long size = Files.size(folder.resolve("data").resolve(SqliteMessageLog.FILE_NAME + "-wal"));
      assertTrue(size < 32 << 20, size + " bytes");
    }
  }

  private long grownBesideAReader(SqliteMessageLog log) throws IOException {
    Path file = folder.resolve("data").resolve(SqliteMessageLog.FILE_NAME + "-wal");
    append(log, Draft.text("first"));
    try (LogFile reading = LogFile.open(folder.resolve("data"))) {
      Draft draft = Draft.text("x".repeat(1 << 20));
      for (int i = 0; i < 48; i++) {
        append(log, draft);
      }
      assertEquals(1, reading.records());
    }
    return Files.size(file);
  }

  private void assertGivenBack() throws IOException {
    long size = Files.size(folder.resolve("data").resolve(SqliteMessageLog.FILE_NAME + "-wal"));
    assertTrue(size < 17 << 20, size + " bytes");
  }

  @Test
  void whatAReaderMadeTheWriteAheadLogGrowByIsGivenBackAtRest() throws IOException {
    SteppedExecutor eachSecond = new SteppedExecutor();
    try (SqliteMessageLog log =
        SqliteMessageLog.open(
            folder.resolve("data"),
            Durability.COMMIT,
            clock,
            SqliteMessageLog.DEFAULT_RETRY_WINDOW,
            eachSecond,
            false)) {
      assertTrue(grownBesideAReader(log) > 48 << 20);
      eachSecond.advance(Duration.ofSeconds(1));
      assertGivenBack();
      append(log, Draft.text("last"));
      assertEquals(50, log.head(ROOM).sequence());
    }
  }

  @Test
  void whatAReaderMadeTheWriteAheadLogGrowByIsGivenBackUnderAWriterToo() throws IOException {
    try (SqliteMessageLog log =
        SqliteMessageLog.open(
            folder.resolve("data"),
            Durability.COMMIT,
            clock,
            SqliteMessageLog.DEFAULT_RETRY_WINDOW,
            new SteppedExecutor(),
            false)) {
      assertTrue(grownBesideAReader(log) > 48 << 20);
      for (int i = 0; i < 3; i++) {
        append(log, Draft.text("later"));
      }
      assertGivenBack();
    }
  }

  @Test
  void aBatchMayTouchMoreRoomsThanAreRemembered() {
    try (SqliteMessageLog log = open()) {
      for (int round = 1; round <= 2; round++) {
        List<Submission> batch = new ArrayList<>();
        batch.add(new Submission(ROOM, ANN, Draft.text("first")));
        for (int i = 0; i < 10_001; i++) {
          batch.add(new Submission(RoomName.of("room" + i), ANN, Draft.text("x")));
        }
        batch.add(new Submission(ROOM, ANN, Draft.text("last")));
        log.append(batch);
        assertEquals(2L * round, log.head(ROOM).sequence());
        assertEquals(round, log.head(RoomName.of("room7")).sequence());
      }
    }
  }

  @Test
  void anyProgramThatReadsSqliteCanReadIt() throws SQLException {
    try (SqliteMessageLog log = open()) {
      append(log, Draft.text("Grüße"));
      try (Connection other = DriverManager.getConnection(url());
          Statement statement = other.createStatement();
          ResultSet row =
              statement.executeQuery(
                  "SELECT datetime(message.at / 1000, 'unixepoch'), message.name, CAST(body AS TEXT)"
                      + " FROM message JOIN room ON room.id = message.key >> 36"
                      + " WHERE room.name = 'Küche' ORDER BY key DESC LIMIT 20")) {
        assertTrue(row.next());
        assertEquals("2026-01-02 03:04:05", row.getString(1));
        assertEquals("Ann", row.getString(2));
        assertEquals("Grüße", row.getString(3));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"COMMIT", "RELAXED"})
  void onlyACrashUnderRelaxedBeginsANewLineage(Durability durability) throws IOException {
    Path data = folder.resolve("data");
    Path crashed = Files.createDirectories(folder.resolve("crashed"));
    long lineage;
    try (SqliteMessageLog log = open(data, durability)) {
      append(log, Draft.text("a"));
      lineage = log.head(ROOM).lineage();
      // What a killed process leaves behind.
      for (String suffix : List.of("", "-wal")) {
        String file = SqliteMessageLog.FILE_NAME + suffix;
        Files.copy(data.resolve(file), crashed.resolve(file));
      }
      Files.copy(data.resolve(DirectoryLock.FILE_NAME), crashed.resolve(DirectoryLock.FILE_NAME));
    }
    try (SqliteMessageLog log = open(data, durability)) {
      assertEquals(lineage, log.head(ROOM).lineage());
    }
    try (SqliteMessageLog log = open(crashed, Durability.COMMIT)) {
      assertEquals(durability == Durability.COMMIT, lineage == log.head(ROOM).lineage());
      assertEquals(1, log.head(ROOM).sequence());
      lineage = log.head(ROOM).lineage();
    }
    try (SqliteMessageLog log = open(crashed, Durability.COMMIT)) {
      assertEquals(lineage, log.head(ROOM).lineage());
    }
  }

  private SqliteMessageLog open(Path where, Durability durability) {
    return SqliteMessageLog.open(where, durability, clock, SqliteMessageLog.DEFAULT_RETRY_WINDOW);
  }

  @Test
  void whatAPageDoesNotGiveIsNotRead() throws IOException {
    String large = "z".repeat(100_000);
    try (SqliteMessageLog log = open()) {
      for (int i = 1; i <= 9; i++) {
        append(log, Draft.text(i == 3 || i == 6 ? large : "" + i));
      }
    }
    damage('z');
    try (SqliteMessageLog log = open()) {
      assertThrows(LogFailureException.class, () -> log.read(ROOM, Range.last(9)));
      for (boolean ofMessages : List.of(true, false)) {
        assertReads(log, List.of(4L, 5L), Range.after(3, 2), ofMessages);
        assertReads(log, List.of(4L, 5L), Range.after(3, 9).withBytes(100), ofMessages);
        assertReads(log, List.of(4L, 5L), Range.before(6, 9).withBytes(100), ofMessages);
        assertReads(log, List.of(7L, 8L, 9L), Range.last(9).withBytes(100), ofMessages);
      }
      assertEquals(1, log.locate(ROOM, Newest.messages(8)).position());
      assertEquals(2, log.locate(ROOM, Newest.records(7)).position());
    }
  }

  private static void assertReads(
      SqliteMessageLog log, List<Long> sequences, Range range, boolean ofMessages) {
    List<Entry> read = log.read(ROOM, ofMessages ? range.ofMessages() : range).entries();
    assertEquals(sequences, read.stream().map(Entry::sequence).toList());
  }

  /** Makes bodies unreadable that are so long that they have pages of their own. */
  private void damage(char content) throws IOException {
    Path file = folder.resolve("data").resolve(SqliteMessageLog.FILE_NAME);
    byte[] bytes = Files.readAllBytes(file);
    int page = 4096;
    for (int start = 0; start < bytes.length; start += page) {
      int own = 0;
      for (int i = start; i < start + page; i++) {
        own += bytes[i] == content ? 1 : 0;
      }
      if (own > page - 5) {
        Arrays.fill(bytes, start, start + page, (byte) 0);
      }
    }
    Files.write(file, bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aFileOfAnOldVersionIsBroughtUpToDate(int version) throws SQLException {
    List<Long> runs;
    try (SqliteMessageLog log = open()) {
      for (int i = 1; i <= 200; i++) {
        append(log, Draft.text("" + i));
      }
      if (version == 2) {
        for (int i = 11; i <= 200; i++) {
          if (i % 50 > 3) {
            append(log, Draft.deletion(i));
          }
        }
        append(log, Draft.text("last"));
        log.append(List.of(new Submission(RoomName.of("other"), ANN, Draft.text("x"))));
        log.append(List.of(new Submission(RoomName.of("other"), ANN, Draft.deletion(1))));
      }
      runs = quiet();
      assertEquals(version == 1 ? 0 : 12, runs.size());
    }
    try (Connection other = DriverManager.getConnection(url());
        Statement statement = other.createStatement()) {
      statement.execute("DROP TABLE quiet");
      statement.execute("DROP TABLE summary");
      statement.execute("DROP INDEX room_by_first");
      statement.execute("DROP INDEX room_emptied");
      for (String column : List.of("base", "said", "first_at")) {
        statement.execute("ALTER TABLE room DROP COLUMN " + column);
      }
      statement.execute("PRAGMA user_version = " + version);
    }
    try (SqliteMessageLog log = open()) {
      assertEquals(runs, quiet());
      assertEquals(version == 1 ? 180 : 4, log.locate(ROOM, Newest.messages(20)).position());
      append(log, Draft.text("and on"));
    }
    try (LogFile file = LogFile.open(folder.resolve("data"))) {
      assertEquals(List.of(), file.verify(count -> {}));
    }
  }

  /** Where each run of records that say nothing ends, and the record before it. */
  private List<Long> quiet() throws SQLException {
    List<Long> runs = new ArrayList<>();
    try (Connection other = DriverManager.getConnection(url());
        Statement statement = other.createStatement();
        ResultSet row = statement.executeQuery("SELECT last, before FROM quiet ORDER BY last")) {
      while (row.next()) {
        runs.add(row.getLong(1));
        runs.add(row.getLong(2));
      }
    }
    return runs;
  }

  @Test
  void publishingNotesNothingOfWhereNothingIsSaid() throws SQLException {
    try (SqliteMessageLog log = open()) {
      for (int i = 1; i <= 5; i++) {
        append(log, Draft.text("" + i));
      }
      assertEquals(List.of(), quiet());
      append(log, Draft.deletion(3));
      append(log, Draft.deletion(5));
      append(log, Draft.deletion(4));
      // One run: 3, 4 and 5, and what deleted them.
      assertEquals(2, quiet().size());
      append(log, Draft.text("9"));
      assertEquals(2, quiet().size());
      log.trim(ROOM, Keep.newest(1), 100);
      assertEquals(List.of(), quiet());
    }
  }

  @Test
  void aFolderIsUsedByOneAtATime() {
    try (SqliteMessageLog log = open()) {
      assertEquals(0, log.head(ROOM).sequence());
      String message = assertThrows(LogUnavailableException.class, this::open).getMessage();
      assertTrue(message.startsWith("another process uses " + folder.resolve("data")), message);
      // And it stays held: to be refused is not to let go of it.
      assertFalse(canBeLockedByAnother(folder.resolve("data").resolve(DirectoryLock.FILE_NAME)));
    }
    open().close();
  }

  /** As another process sees it: locks of one's own do not count in the kernel's table. */
  private static boolean canBeLockedByAnother(Path file) {
    try {
      Object inode = Files.getAttribute(file, "unix:ino");
      return Files.readAllLines(Path.of("/proc/locks")).stream()
          .noneMatch(line -> line.contains(":" + inode + " "));
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  @Test
  void whatIsNoLogIsLeftAsItIs() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Path file = data.resolve(SqliteMessageLog.FILE_NAME);
    byte[] garbage = "this is not a database, and somebody may need it".repeat(100).getBytes(UTF_8);
    Files.write(file, garbage);
    String message = assertThrows(LogUnavailableException.class, this::open).getMessage();
    assertTrue(message.startsWith("cannot open " + file), message);
    assertEquals(1, message.lines().count(), message);
    assertArrayEquals(garbage, Files.readAllBytes(file));
  }

  @Test
  void anotherProgramsDatabaseIsLeftAsItIs() throws IOException, SQLException {
    Files.createDirectories(folder.resolve("data"));
    try (Connection other = DriverManager.getConnection(url());
        Statement statement = other.createStatement()) {
      statement.execute("CREATE TABLE precious (value TEXT)");
    }
    Path file = folder.resolve("data").resolve(SqliteMessageLog.FILE_NAME);
    byte[] before = Files.readAllBytes(file);
    String message = assertThrows(LogUnavailableException.class, this::open).getMessage();
    assertArrayEquals(before, Files.readAllBytes(file));
    assertTrue(message.endsWith("is a database, but not one of Durable Chat"), message);
  }

  @Test
  void aNewerVersionsFileIsLeftAsItIs() throws SQLException {
    open().close();
    try (Connection other = DriverManager.getConnection(url());
        Statement statement = other.createStatement()) {
      statement.execute("PRAGMA user_version = 99");
    }
    String message = assertThrows(LogUnavailableException.class, this::open).getMessage();
    assertTrue(message.contains("written by a newer version (schema 99"), message);
  }

  @Test
  void aFolderThatCannotBeIsSaid() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    String message =
        assertThrows(LogUnavailableException.class, () -> open(file.resolve("data"), clock))
            .getMessage();
    assertTrue(message.startsWith("cannot make the folder"), message);
  }

  private String url() {
    return "jdbc:sqlite:" + folder.resolve("data").resolve(SqliteMessageLog.FILE_NAME);
  }
}
