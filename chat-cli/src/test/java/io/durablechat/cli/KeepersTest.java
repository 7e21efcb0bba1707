package io.durablechat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.durablechat.core.Draft;
import io.durablechat.core.Durability;
import io.durablechat.core.Keep;
import io.durablechat.core.Member;
import io.durablechat.core.RoomName;
import io.durablechat.core.Submission;
import io.durablechat.sqlite.SqliteMessageLog;
import io.durablechat.sqlite.StoredRecord;
import io.durablechat.sqlite.StoredRoom;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What those who look after a log do with many rooms. */
final class KeepersTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Path data, String... args) {
    CommandLine command =
        ChatCli.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return ChatCli.execute(command, Map.of("CHAT_DATA", data.toString()), args);
  }

  private static SqliteMessageLog open(Path data) {
    return SqliteMessageLog.open(
        data, Durability.RELAXED, InstantSource.system(), SqliteMessageLog.DEFAULT_RETRY_WINDOW);
  }

  @Test
  void verifyHoldsNoMoreHoweverManyRoomsThereAre() {
    long few = allocatedByVerifying(200);
    long many = allocatedByVerifying(800);
    assertTrue(many < few + 150_000, few + " bytes for 200 rooms, and " + many + " for 800");
  }

  /** Of rooms without a message, so that it is for the rooms themselves. */
  private long allocatedByVerifying(int rooms) {
    Path data = folder.resolve("" + rooms);
    try (SqliteMessageLog log = open(data)) {
      for (int i = 0; i < rooms; i++) {
        log.importRoom(
            new StoredRoom(RoomName.of("room" + i), 3, 3, 0, 0),
            List.<StoredRecord>of().iterator());
      }
    }
    assertEquals(0, run(data, "verify"), "for the first time, with all that it loads");
    long before = allocated();
    assertEquals(0, run(data, "verify"));
    return allocated() - before;
  }

  @Test
  void allRoomsGoIntoOneFileAndComeBackFromIt() throws IOException {
    Path data = folder.resolve("data");
    try (SqliteMessageLog log = open(data)) {
      for (String room : List.of("b", "a", "empty", "Küche")) {
        for (int i = 0; i < room.length(); i++) {
          Draft draft = Draft.text(room + i).withId("" + i);
          log.append(List.of(new Submission(RoomName.of(room), Member.anonymous(), draft)));
        }
      }
      log.trim(RoomName.of("Küche"), Keep.newest(2), 100);
    }
    Path first = folder.resolve("first.jsonl");
    Path second = folder.resolve("second.jsonl");
    assertEquals(0, run(data, "export", "--all-rooms", "--to", "" + first), err::toString);
    Path elsewhere = folder.resolve("elsewhere");
    assertEquals(0, run(elsewhere, "import", "--from", "" + first), err::toString);
    assertEquals(
        List.of(
            "room Küche: 2 messages",
            "room a: 1 messages",
            "room b: 1 messages",
            "room empty: 5 messages"),
        out.toString().lines().toList());
    assertEquals(0, run(elsewhere, "export", "--all-rooms", "--to", "" + second));
    assertEquals(Files.readAllLines(first), Files.readAllLines(second));
    assertEquals(0, run(elsewhere, "verify"));

    assertEquals(1, run(elsewhere, "import", "--from", "" + first));
    assertEquals("chat-cli: room Küche is not empty: nothing was imported", err.toString().strip());
  }

  @Test
  void whatIsWrongInALaterRoomIsSaidWithWhatWasImported() throws IOException {
    String room =
        """
        {"export":1,"room":"%s","trimmedThrough":0,"last":1,"lastAt":1,"messages":1}
        {"seq":1,"prev":0,"at":1,"from":{"id":"x:y"},"kind":"message","text":"a"}
        """;
    Path export = folder.resolve("export");
    Files.writeString(
        export,
        String.format(Locale.ROOT, room, "a")
            + String.format(Locale.ROOT, room, "b")
            + String.format(Locale.ROOT, room, "a"));
    assertEquals(1, run(folder.resolve("data"), "import", "--from", "" + export));
    assertEquals(
        "chat-cli: line 5: room a is not empty: the 2 rooms before it were imported, and nothing"
            + " else",
        err.toString().strip());

    err.getBuffer().setLength(0);
    Files.writeString(export, String.format(Locale.ROOT, room, "a") + "{\"export\":1}\n");
    assertEquals(1, run(folder.resolve("other"), "import", "--from", "" + export));
    assertEquals(
        "chat-cli: line 3: not a line of an export: the room before it was imported, and nothing"
            + " else",
        err.toString().strip());

    err.getBuffer().setLength(0);
    Files.writeString(
        export, String.format(Locale.ROOT, room, "a") + String.format(Locale.ROOT, room, "b"));
    assertEquals(1, run(folder.resolve("third"), "import", "--room", "c", "--from", "" + export));
    assertEquals(
        "chat-cli: line 3: --room is for one room, and another begins here: the room before it was"
            + " imported, and nothing else",
        err.toString().strip());
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
