package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.durablechat.core.Cursor;
import io.durablechat.core.Durability;
import io.durablechat.core.Entry;
import io.durablechat.core.Page;
import io.durablechat.core.Range;
import io.durablechat.core.RoomName;
import io.durablechat.sqlite.LogFile;
import io.durablechat.sqlite.SqliteMessageLog;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a power cut leaves. A killed process proves nothing about fsync, since the system keeps what
 * was written; so here the data is on a file system in a file, and that file is copied in the
 * middle of the load, with what the system had not written yet missing from it.
 */
final class PowerCutTest {
  private static final RoomName ROOM = RoomName.of("general");
  private static final String KEY = "publisher-0123456789-abcdef";
  private static final int CUT_AFTER = 400;
  private static final int IN_FLIGHT = 16;
  private static final int ATTEMPTS = 5;
  private static final int IMAGE_MIB = 48;
  private static final long DEADLINE_SECONDS = 60;

  @TempDir private Path folder;

  @BeforeEach
  void needsRoot() throws Exception {
    FileSystems.require();
  }

  /** What was left: what had been acknowledged, what of that is there, and cursors. */
  private record Left(
      Map<String, Long> acknowledged, Map<String, Long> kept, Cursor before, Cursor after) {
    Set<String> lost() {
      Set<String> lost = new HashSet<>(acknowledged.keySet());
      lost.removeAll(kept.keySet());
      return lost;
    }
  }

  @Test
  void underCommitNothingAcknowledgedIsLost() throws Exception {
    Left left = cut("commit", "commit");
    assertTrue(left.acknowledged().size() >= CUT_AFTER);
    assertEquals(Set.of(), left.lost());
    left.acknowledged().forEach((id, sequence) -> assertEquals(sequence, left.kept().get(id)));
    assertEquals(left.before().lineage(), left.after().lineage());
  }

  /** Without the fsync it is lost: this is what shows that the test above would notice. */
  @Test
  void underRelaxedSomeOfItIsLostAndTheLineageSaysSo() throws Exception {
    int lost = 0;
    for (int attempt = 0; attempt < ATTEMPTS && lost == 0; attempt++) {
      Left left = cut("relaxed", "relaxed" + attempt);
      lost = left.lost().size();
      assertNotEquals(left.before().lineage(), left.after().lineage());
    }
    assertTrue(lost > 0, "not one of " + ATTEMPTS + " power cuts took anything");
  }

  private Left cut(String durability, String name) throws Exception {
    Path place = Files.createDirectories(folder.resolve(name));
    Path copy = place.resolve("copy");
    Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    CountDownLatch enough = new CountDownLatch(CUT_AFTER);
    try (FileSystems fileSystems = new FileSystems()) {
      Path image = fileSystems.image(place.resolve("image"), IMAGE_MIB);
      Path data = fileSystems.mount(image, place.resolve("mount")).resolve("data");
      Cursor before;
      Map<String, Long> promised;
      try (ServerProcess server =
          ServerProcess.serve("--data", data.toString(), "--durability", durability)) {
        Cursor[] begun = new Cursor[1];
        Thread publisher = new Thread(() -> publish(server.port(), acknowledged, enough, begun));
        publisher.start();
        assertTrue(enough.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
        promised = Map.copyOf(acknowledged);
        // Stopped, not ended: nothing more is written while the file is copied.
        FileSystems.run("kill", "-STOP", "" + server.pid());
        Files.copy(image, copy);
        server.kill();
        publisher.join();
        before = begun[0];
      }
      Path found = fileSystems.mount(copy, place.resolve("after")).resolve("data");
      try (LogFile file = LogFile.open(found)) {
        assertEquals(List.of(), file.verify(count -> {}));
      }
      return left(found, promised, before);
    }
  }

  private static Left left(Path data, Map<String, Long> acknowledged, Cursor before) {
    Map<String, Long> kept = new ConcurrentHashMap<>();
    try (SqliteMessageLog log =
        SqliteMessageLog.open(
            data,
            Durability.COMMIT,
            InstantSource.system(),
            SqliteMessageLog.DEFAULT_RETRY_WINDOW)) {
      long after = 0;
      for (Page page = log.read(ROOM, Range.after(after, 1000));
          !page.entries().isEmpty();
          page = log.read(ROOM, Range.after(after, 1000))) {
        for (Entry message : page.entries()) {
          kept.put(message.draft().id().orElseThrow(), message.sequence());
          after = message.sequence();
        }
      }
      return new Left(acknowledged, kept, before, log.head(ROOM));
    }
  }

  /** Publishes until the line is gone. */
  private static void publish(
      int port, Map<String, Long> acknowledged, CountDownLatch enough, Cursor[] begun) {
    Semaphore inFlight = new Semaphore(IN_FLIGHT);
    try (ChatV1Client client = new ChatV1Client(port, ROOM.value())) {
      JsonObject welcome = client.hello(KEY, Optional.empty());
      begun[0] = Cursor.parse(welcome.get("cursor").getAsString(), ROOM);
      Thread listener =
          new Thread(
              () -> {
                try {
                  while (true) {
                    JsonObject ok = client.next("ok");
                    acknowledged.put(ok.get("id").getAsString(), ok.get("seq").getAsLong());
                    inFlight.release();
                    enough.countDown();
                  }
                } catch (UncheckedIOException e) {
                  inFlight.release(IN_FLIGHT);
                }
              });
      listener.start();
      for (int i = 0; listener.isAlive(); i++) {
        inFlight.acquire();
        client.publish("" + i, "message " + i);
      }
    } catch (UncheckedIOException e) {
      // The power is gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
