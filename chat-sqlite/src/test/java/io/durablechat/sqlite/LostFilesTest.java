package io.durablechat.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Draft;
import io.durablechat.core.Durability;
import io.durablechat.core.Member;
import io.durablechat.core.Range;
import io.durablechat.core.RoomName;
import io.durablechat.core.Submission;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.SteppedExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a log whose files are taken away, or damaged while nobody uses them. */
final class LostFilesTest {
  private static final RoomName ROOM = RoomName.of("Küche");
  private static final Member ANN = Member.guest("ann-0123456789abcdefghij").named("Ann");
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int HEADER = 32;
  private static final int FRAME = 24 + 4096;
  private static final int MESSAGES = 12;
  private static final int PROCESS_SECONDS = 60;

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();

  /** Of the log that was opened last. */
  private SteppedExecutor eachSecond;

  private SqliteMessageLog open(Path data, Durability durability) {
    eachSecond = new SteppedExecutor();
    return SqliteMessageLog.open(
        data, durability, clock, SqliteMessageLog.DEFAULT_RETRY_WINDOW, eachSecond, false);
  }

  private SqliteMessageLog open() {
    return open(data(), Durability.COMMIT);
  }

  private Path data() {
    return folder.resolve("data");
  }

  private Path file(String suffix) {
    return data().resolve(SqliteMessageLog.FILE_NAME + suffix);
  }

  private static void append(SqliteMessageLog log, String text) {
    log.append(List.of(new Submission(ROOM, ANN, Draft.text(text))));
  }

  private static long kept(SqliteMessageLog log) {
    return log.head(ROOM).sequence();
  }

  private static void assertNothingMoreIsKept(SqliteMessageLog log) {
    assertFalse(log.canKeep());
    String message =
        assertThrows(LogUnavailableException.class, () -> append(log, "lost")).getMessage();
    assertTrue(message.contains("was deleted, moved or replaced"), message);
    assertEquals(1, message.lines().count(), message);
    assertThrows(LogUnavailableException.class, log::probe);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-wal"})
  void aFileThatIsDeletedIsNoticedWithinASecond(String suffix) throws IOException {
    try (SqliteMessageLog log = open()) {
      append(log, "a");
      eachSecond.advance(SECOND);
      assertTrue(log.canKeep());
      Files.delete(file(suffix));
      eachSecond.advance(SECOND);
      assertNothingMoreIsKept(log);
    }
  }

  @Test
  void aFileThatIsReplacedIsNoticedWithinASecond() throws IOException {
    try (SqliteMessageLog log = open()) {
      append(log, "a");
      Path copy = Files.copy(file(""), folder.resolve("copy"));
      Files.move(copy, file(""), StandardCopyOption.REPLACE_EXISTING);
      eachSecond.advance(SECOND);
      assertNothingMoreIsKept(log);
    }
  }

  @Test
  void aFolderThatIsMovedIsNoticedAndFoundAgainOnceItIsBack() throws IOException {
    try (SqliteMessageLog log = open()) {
      append(log, "a");
      Path elsewhere = Files.move(data(), folder.resolve("elsewhere"));
      eachSecond.advance(SECOND);
      assertNothingMoreIsKept(log);
      assertThrows(LogUnavailableException.class, () -> kept(log));
      Files.move(elsewhere, data());
      eachSecond.advance(SECOND);
      assertTrue(log.canKeep());
      append(log, "b");
      assertEquals(2, kept(log));
    }
    try (SqliteMessageLog log = open(data(), Durability.COMMIT)) {
      assertEquals(2, kept(log));
    }
  }

  @Test
  void noFileIsMadeInPlaceOfOneThatWasDeleted() throws IOException {
    try (SqliteMessageLog log = open()) {
      append(log, "a");
      Files.delete(file(""));
      // Nobody has looked yet, and this is the first to read.
      assertThrows(RuntimeException.class, () -> kept(log));
      assertFalse(Files.exists(file("")));
    }
  }

  @Test
  void aDeletedLockKeepsOthersOutAllTheSameAndIsPutBack() throws Exception {
    Path lock = data().resolve(DirectoryLock.FILE_NAME);
    try (SqliteMessageLog log = open()) {
      append(log, "a");
      long lineage = log.head(ROOM).lineage();
      assertEquals("another process uses", otherProcess());
      Files.delete(lock);
      assertEquals("another process uses", otherProcess());
      Files.deleteIfExists(lock);
      eachSecond.advance(SECOND);
      assertTrue(Files.exists(lock));
      assertEquals("another process uses", otherProcess());
      append(log, "b");
      assertEquals(lineage, log.head(ROOM).lineage());
    }
    assertEquals("opened", otherProcess());
  }

  /** What becomes of another process that opens the log. */
  private String otherProcess() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Another.class.getName(),
                data().toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(PROCESS_SECONDS, TimeUnit.SECONDS));
    return said;
  }

  /** The other process. */
  static final class Another {
    private Another() {}

    public static void main(String[] args) {
      try (SqliteMessageLog log =
          SqliteMessageLog.open(
              Path.of(args[0]), Durability.COMMIT, new ManualClock(), Duration.ofDays(1))) {
        System.out.print(log.canKeep() ? "opened" : "lost");
      } catch (LogUnavailableException e) {
        System.out.print(e.getMessage().replaceFirst(" /.*", ""));
      }
    }
  }

  /** Leaves what a killed process leaves, with nothing moved into the file. */
  private long crash(Durability durability) throws IOException {
    Path running = folder.resolve("running");
    try (SqliteMessageLog log = open(running, durability)) {
      for (int i = 0; i < MESSAGES; i++) {
        append(log, "message " + i);
      }
      Files.createDirectories(data());
      for (String name : List.of("chat.db", "chat.db-wal", DirectoryLock.FILE_NAME)) {
        Files.copy(running.resolve(name), data().resolve(name));
      }
      return log.head(ROOM).lineage();
    }
  }

  private static int frames(byte[] wal) {
    return (wal.length - HEADER) / FRAME;
  }

  /** The frames, from 0 up, that end a commit. */
  private static List<Integer> commits(byte[] wal) {
    List<Integer> commits = new ArrayList<>();
    for (int i = 0; i < frames(wal); i++) {
      int at = HEADER + i * FRAME + 4;
      if ((wal[at] | wal[at + 1] | wal[at + 2] | wal[at + 3]) != 0) {
        commits.add(i);
      }
    }
    return commits;
  }

  private void write(byte[] wal) throws IOException {
    Files.write(file("-wal"), wal);
    Files.deleteIfExists(file("-shm"));
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] flipped = bytes.clone();
    flipped[at] ^= 0x10;
    return flipped;
  }

  @Test
  void oneBitThatHidesWhatWasKeptIsNoticedAndNothingIsChanged() throws IOException {
    crash(Durability.COMMIT);
    byte[] wal = Files.readAllBytes(file("-wal"));
    byte[] database = Files.readAllBytes(file(""));
    List<Integer> commits = commits(wal);
    int lastCommitBegins = commits.get(commits.size() - 2) + 1;
    assertTrue(commits.size() > MESSAGES);
    for (int frame = 0; frame < lastCommitBegins; frame++) {
      // In its page, its checksum, its salt.
      for (int at : new int[] {24 + 2000, 20, 10}) {
        byte[] damaged = flipped(wal, HEADER + frame * FRAME + at);
        // The last commit but one cannot be told by its checksum alone once that is what is wrong.
        boolean isTold = frame < lastCommitBegins - 1 || at > 24;
        if (isTold) {
          write(damaged);
          assertRefused();
          assertArrayEquals(damaged, Files.readAllBytes(file("-wal")));
          assertArrayEquals(database, Files.readAllBytes(file("")));
        }
      }
    }
    for (int at : new int[] {1, 18, 25}) {
      write(flipped(wal, at));
      assertRefused();
    }
    write(wal);
    try (SqliteMessageLog log = open()) {
      assertEquals(MESSAGES, kept(log));
    }
  }

  private void assertRefused() {
    LogUnavailableException e = assertThrows(LogUnavailableException.class, this::open);
    assertTrue(e.isDamaged(), e::getMessage);
    assertTrue(e.getMessage().startsWith(file("-wal") + " is damaged at frame "), e::getMessage);
    assertEquals(1, e.getMessage().lines().count(), e::getMessage);
    LogUnavailableException read =
        assertThrows(LogUnavailableException.class, () -> LogFile.open(data()));
    assertTrue(read.getMessage().contains(" is damaged at frame "), read::getMessage);
  }

  @Test
  void aLastCommitThatWasCutShortIsNoDamage() throws IOException {
    crash(Durability.COMMIT);
    byte[] wal = Files.readAllBytes(file("-wal"));
    List<Integer> commits = commits(wal);
    int begins = HEADER + (commits.get(commits.size() - 2) + 1) * FRAME;
    byte[] database = Files.readAllBytes(file(""));
    byte[] lock = Files.readAllBytes(data().resolve(DirectoryLock.FILE_NAME));
    List<byte[]> torn = new ArrayList<>();
    for (int end = begins; end < wal.length; end += 1000) {
      torn.add(Arrays.copyOf(wal, end));
      // As a file system leaves it that has made the file longer, and not written yet.
      torn.add(Arrays.copyOf(torn.get(torn.size() - 1), wal.length));
      torn.add(flipped(wal, end));
    }
    long lineage = 0;
    for (byte[] bytes : torn) {
      Files.write(file(""), database);
      Files.write(data().resolve(DirectoryLock.FILE_NAME), lock);
      write(bytes);
      try (SqliteMessageLog log = open()) {
        assertTrue(kept(log) >= MESSAGES - 1);
        assertTrue(lineage == 0 || lineage == log.head(ROOM).lineage());
        lineage = log.head(ROOM).lineage();
      }
    }
  }

  @Test
  void whatIsLeftOfADamagedLogIsOpenedIfToldTo() throws IOException {
    long lineage = crash(Durability.COMMIT);
    byte[] wal = Files.readAllBytes(file("-wal"));
    byte[] damaged = flipped(wal, HEADER + (commits(wal).get(8) + 1) * FRAME + 24);
    write(damaged);
    assertRefused();
    try (SqliteMessageLog log =
        SqliteMessageLog.openDamaged(data(), Durability.COMMIT, clock, Duration.ofDays(1))) {
      assertNotEquals(lineage, log.head(ROOM).lineage());
      lineage = log.head(ROOM).lineage();
      assertTrue(kept(log) > 0 && kept(log) < MESSAGES);
      assertEquals(kept(log), log.read(ROOM, Range.last(MESSAGES)).entries().size());
      append(log, "next");
    }
    try (var files = Files.list(data())) {
      Path copy = files.filter(f -> f.toString().contains("-wal.")).findFirst().orElseThrow();
      assertArrayEquals(damaged, Files.readAllBytes(copy));
    }
    try (SqliteMessageLog log = open()) {
      assertEquals(lineage, log.head(ROOM).lineage());
    }
  }

  @Test
  void aWriteAheadLogWithoutItsFileIsNotRemoved() throws IOException {
    crash(Durability.COMMIT);
    byte[] wal = Files.readAllBytes(file("-wal"));
    Files.delete(file(""));
    LogUnavailableException e = assertThrows(LogUnavailableException.class, this::open);
    assertTrue(e.isDamaged(), e::getMessage);
    assertTrue(e.getMessage().startsWith(file("") + " is missing"), e::getMessage);
    assertArrayEquals(wal, Files.readAllBytes(file("-wal")));
    assertFalse(Files.exists(file("")));
  }

  @Test
  void damageAfterACrashUnderRelaxedBeginsANewLineageAsEver() throws IOException {
    crash(Durability.RELAXED);
    byte[] wal = Files.readAllBytes(file("-wal"));
    write(flipped(wal, HEADER + (commits(wal).get(8) + 1) * FRAME + 24));
    try (SqliteMessageLog log = open()) {
      assertTrue(kept(log) < MESSAGES);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"COMMIT", "RELAXED"})
  void aCrashAloneIsNoDamage(Durability durability) throws IOException {
    crash(durability);
    try (SqliteMessageLog log = open()) {
      assertEquals(MESSAGES, kept(log));
    }
  }

  @Test
  void aDamagedPageIsNoticedAfterACrash() throws IOException {
    try (SqliteMessageLog log = open()) {
      for (int i = 0; i < 100; i++) {
        append(log, "x".repeat(1000));
      }
    }
    byte[] database = Files.readAllBytes(file(""));
    // One of messages, far from the end.
    int page = database.length / 4096 / 2;
    Arrays.fill(database, page * 4096, (page + 1) * 4096, (byte) 77);
    Path crashed = Files.createDirectories(folder.resolve("crashed"));
    try (SqliteMessageLog log = open()) {
      append(log, "y");
      Files.copy(file("-wal"), crashed.resolve("chat.db-wal"));
      Files.copy(data().resolve(DirectoryLock.FILE_NAME), crashed.resolve(DirectoryLock.FILE_NAME));
    }
    Files.write(crashed.resolve("chat.db"), database);
    LogUnavailableException e =
        assertThrows(LogUnavailableException.class, () -> open(crashed, Durability.COMMIT));
    assertTrue(e.isDamaged(), e::getMessage);
    assertTrue(e.getMessage().startsWith(crashed.resolve("chat.db") + " is damaged: "));
  }
}
