package io.durablechat.sqlite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Decision;
import io.durablechat.core.Draft;
import io.durablechat.core.Durability;
import io.durablechat.core.Entry;
import io.durablechat.core.Keep;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.Range;
import io.durablechat.core.RoomName;
import io.durablechat.core.Submission;
import io.durablechat.testkit.ManualClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Identities of strangers go with the last that they have said. */
final class ForgottenIdentitiesTest {
  private static final RoomName ROOM = RoomName.of("room");
  private static final RoomName KEPT = RoomName.of("kept");
  private static final Member ANN = Member.guest("ann-0123456789abcdefghij");
  private static final Member BOB = Member.guest("bob-0123456789abcdefghij");
  private static final Member EVE = Member.guest("eve-0123456789abcdefghij");
  private static final Duration WINDOW = Duration.ofDays(7);

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();

  private SqliteMessageLog open() {
    return SqliteMessageLog.open(folder, Durability.RELAXED, clock, WINDOW);
  }

  private static Decision append(SqliteMessageLog log, RoomName room, Member author, Draft draft) {
    return log.append(List.of(new Submission(room, author, draft))).get(0);
  }

  private static void strangers(SqliteMessageLog log, RoomName room, int number) {
    log.append(
        IntStream.range(0, number)
            .mapToObj(i -> new Submission(room, Member.anonymous(), Draft.text("x")))
            .toList());
  }

  private void trimAll(SqliteMessageLog log) {
    clock.move(Duration.ofMillis(2));
    log.trim(ROOM, Keep.youngerThan(Duration.ofNanos(1)), 100_000);
  }

  private static int tidyAll(SqliteMessageLog log) {
    int steps = 1;
    for (; log.tidy(); steps++) {
      assertTrue(steps < 1000);
    }
    return steps;
  }

  private long identities() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:sqlite:" + folder.resolve(SqliteMessageLog.FILE_NAME));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM identity")) {
      return row.getLong(1);
    }
  }

  @Test
  void onlyThoseStayThatAreStillNamed() throws SQLException {
    try (SqliteMessageLog log = open()) {
      append(log, KEPT, ANN, Draft.text("kept"));
      Draft draft = Draft.text("x").withId("1");
      append(log, ROOM, BOB, draft);
      append(log, ROOM, EVE, Draft.text("x"));
      strangers(log, ROOM, 5000);
      trimAll(log);
      assertTrue(log.tidy(), "begun");
      append(log, KEPT, EVE, Draft.text("meanwhile"));
      strangers(log, KEPT, 1);
      tidyAll(log);
      assertEquals(4, identities(), "Ann, Bob for his id, Eve, and the last stranger");
      assertInstanceOf(Decision.Duplicate.class, append(log, ROOM, BOB, draft));
      List<Entry> kept = log.read(KEPT, Range.last(10)).entries();
      assertEquals(List.of(ANN, EVE), kept.stream().map(Entry::author).limit(2).toList());
      append(log, KEPT, Member.anonymous(), Draft.text("new"));
      assertEquals(4, log.read(KEPT, Range.last(10)).entries().size());
    }
    try (LogFile file = LogFile.open(folder)) {
      assertEquals(List.of(), file.verify(count -> {}));
    }
  }

  @Test
  void nobodyIsLookedForUntilMuchWasRemovedOverRestartsToo() throws SQLException {
    try (SqliteMessageLog log = open()) {
      strangers(log, ROOM, ForgottenIdentities.MIN_REMOVED - 1);
      trimAll(log);
      assertFalse(log.tidy());
    }
    try (SqliteMessageLog log = open()) {
      strangers(log, ROOM, 1);
      trimAll(log);
      tidyAll(log);
      assertEquals(0, identities());
      assertFalse(log.tidy());
    }
  }

  @Test
  void whatIsReadIsNoMoreThanAFewRowsForEachThatWasRemoved() {
    int[] steps = new int[2];
    for (int i = 0; i < 2; i++) {
      try (SqliteMessageLog log =
          SqliteMessageLog.open(folder.resolve("" + i), Durability.RELAXED, clock, WINDOW)) {
        log.append(
            IntStream.range(0, i == 0 ? 8000 : 32_000)
                .mapToObj(n -> new Submission(KEPT, ANN, Draft.text("x")))
                .toList());
        for (int round = 0; round < 8; round++) {
          strangers(log, ROOM, 1000);
          trimAll(log);
          steps[i] += tidyAll(log);
        }
      }
    }
    assertTrue(steps[1] <= steps[0] + 8, steps[0] + " steps beside 8,000, then " + steps[1]);
  }

  @Test
  void retentionHasItDone() throws SQLException {
    SqliteMessageLog log = open();
    try (LocalBroadcaster rooms = LocalBroadcaster.on(log, Runnable::run, Runnable::run)) {
      for (int i = 0; i < 2000; i++) {
        rooms.publish(RoomName.of("room" + i), Member.anonymous(), Draft.text("x"));
      }
      clock.move(WINDOW.plusMillis(1));
      assertEquals(2000, rooms.trim(room -> Keep.youngerThan(Duration.ofDays(1))));
      assertEquals(List.of(), log.rooms(Optional.empty(), 10));
      assertEquals(0, identities());
    }
  }
}
