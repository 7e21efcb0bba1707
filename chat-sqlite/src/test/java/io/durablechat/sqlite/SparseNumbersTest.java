package io.durablechat.sqlite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Broadcaster;
import io.durablechat.core.Cursor;
import io.durablechat.core.Draft;
import io.durablechat.core.Durability;
import io.durablechat.core.Keep;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.MessageLog;
import io.durablechat.core.RoomName;
import io.durablechat.core.Submission;
import io.durablechat.testkit.BroadcasterContract;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.MessageLogContract;
import io.durablechat.testkit.SparseMessageLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file whose numbers have holes does all that one does whose numbers have none. */
final class SparseNumbersTest extends MessageLogContract {
  @TempDir private Path folder;

  @Override
  protected MessageLog open(InstantSource clock) {
    return SparseMessageLog.on(open(folder.resolve("contract"), clock), clock);
  }

  @Override
  protected boolean isSparse() {
    return true;
  }

  private static SqliteMessageLog open(Path folder, InstantSource clock) {
    return SqliteMessageLog.open(
        folder, Durability.COMMIT, clock, SqliteMessageLog.DEFAULT_RETRY_WINDOW);
  }

  @AfterEach
  void leavesAFileThatIsWhole() {
    try (LogFile file = LogFile.open(folder.resolve("contract"))) {
      assertEquals(List.of(), file.verify(count -> {}));
    }
  }

  private static final RoomName ROOM = RoomName.of("general");

  private final ManualClock clock = new ManualClock();

  private MessageLog sparse(String name) {
    return SparseMessageLog.on(open(folder.resolve(name), clock), clock);
  }

  private static void publish(MessageLog log, int number) {
    for (int i = 0; i < number; i++) {
      log.append(List.of(new Submission(ROOM, Member.anonymous(), Draft.text("" + i))));
    }
  }

  @Test
  void isKnownOverARestartAndToHaveBeenSetBack() throws IOException {
    Cursor first;
    try (MessageLog log = sparse("data")) {
      publish(log, 20);
      first = log.head(ROOM);
    }
    Path file = folder.resolve("data").resolve(SqliteMessageLog.FILE_NAME);
    Path copy = Files.copy(file, folder.resolve("copy"));
    try (MessageLog log = sparse("data")) {
      assertEquals(first, log.head(ROOM));
      publish(log, 1);
    }
    try (MessageLog log = sparse("data")) {
      assertEquals(first.lineage(), log.head(ROOM).lineage());
    }
    Files.copy(copy, file, StandardCopyOption.REPLACE_EXISTING);
    try (MessageLog log = sparse("data")) {
      assertEquals(first.sequence(), log.head(ROOM).sequence());
      assertNotEquals(first.lineage(), log.head(ROOM).lineage());
    }
  }

  @Test
  void isTheSameAfterExportAndImport() {
    try (MessageLog log = sparse("data")) {
      publish(log, 10);
      log.trim(ROOM, Keep.newest(6), 10);
    }
    try (LogFile file = LogFile.open(folder.resolve("data"));
        SqliteMessageLog log = open(folder.resolve("elsewhere"), clock)) {
      StoredRoom room = file.room(ROOM).orElseThrow();
      assertEquals(6, room.records());
      assertTrue(room.last() - room.trimmedThrough() > 6);
      List<StoredRecord> all = new ArrayList<>();
      file.forEach(ROOM, all::add);
      for (List<StoredRecord> part :
          List.of(
              all.subList(0, 5),
              all.subList(1, 6),
              List.of(all.get(0), all.get(2), all.get(3), all.get(4), all.get(5)))) {
        assertThrows(IllegalArgumentException.class, () -> log.importRoom(room, part.iterator()));
      }
      log.importRoom(room, all.iterator());
      try (LogFile copy = LogFile.open(folder.resolve("elsewhere"))) {
        assertEquals(Optional.of(room), copy.room(ROOM));
        List<StoredRecord> copied = new ArrayList<>();
        copy.forEach(ROOM, copied::add);
        assertEquals(all, copied);
        assertEquals(List.of(), copy.verify(count -> {}));
      }
    }
  }

  @Test
  void thoseWhoAreNamedByNothingAreForgottenHoweverManyNumbersWereSkipped() {
    try (MessageLog log = sparse("data")) {
      publish(log, ForgottenIdentities.MIN_REMOVED + 200);
      log.trim(ROOM, Keep.newest(200), ForgottenIdentities.MIN_REMOVED);
    }
    try (MessageLog log = sparse("data")) {
      assertTrue(log.tidy(), "200 are kept, and five times as many were removed");
    }
  }

  @Nested
  final class AsBroadcaster extends BroadcasterContract {
    @Override
    protected Broadcaster open() {
      InstantSource clock = InstantSource.system();
      return LocalBroadcaster.on(
          SparseMessageLog.on(SparseNumbersTest.open(folder.resolve("broadcaster"), clock), clock));
    }
  }
}
