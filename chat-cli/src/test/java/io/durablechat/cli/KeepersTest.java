package io.durablechat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.durablechat.core.Durability;
import io.durablechat.core.RoomName;
import io.durablechat.sqlite.SqliteMessageLog;
import io.durablechat.sqlite.StoredRecord;
import io.durablechat.sqlite.StoredRoom;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
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
    long few = allocatedByVerifying(500);
    long many = allocatedByVerifying(2000);
    assertTrue(many < few + 50_000, few + " bytes for 500 rooms, and " + many + " for 2,000");
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

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
