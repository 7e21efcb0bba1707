package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.jetty.RawWebSocket;
import io.durablechat.sqlite.LogFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that is killed again and again while people publish and read: nothing that was
 * acknowledged is lost, doubled or out of order, and every reader goes on exactly where it was.
 *
 * <p>{@code -Dchat.crash.cycles=100} makes it long, {@code -Dchat.crash.seed=...} repeats a run as
 * far as processes can be repeated.
 */
final class CrashTest {
  private static final int CYCLES = Integer.getInteger("chat.crash.cycles", 5);
  private static final long SEED = Long.getLong("chat.crash.seed", System.nanoTime());
  private static final List<String> ROOMS = List.of("one", "two");
  private static final int PUBLISHERS = 4;
  private static final int EACH = 100;
  private static final int IN_FLIGHT = 16;
  private static final int CURSORS_TRIED = 50;
  private static final long DEADLINE_SECONDS = 60;

  @TempDir private Path folder;
  private final Random random = new Random(SEED);
  private final List<Publisher> publishers = new ArrayList<>();
  private final List<Reader> readers = new ArrayList<>();

  @Test
  void nothingAcknowledgedIsLostDoubledOrOutOfOrder() throws Exception {
    System.out.printf(Locale.ROOT, "CrashTest: %d cycles, -Dchat.crash.seed=%d%n", CYCLES, SEED);
    for (int i = 0; i < PUBLISHERS; i++) {
      publishers.add(new Publisher(i, ROOMS.get(i % ROOMS.size())));
    }
    for (String room : ROOMS) {
      readers.add(new Reader(room));
      readers.add(new Reader(room));
    }
    for (int cycle = 0; cycle < CYCLES; cycle++) {
      runUntilKilled(cycle);
      try (LogFile file = LogFile.open(folder)) {
        assertEquals(List.of(), file.verify(count -> {}), () -> "seed " + SEED);
      }
    }
    try (ServerProcess server = serve()) {
      finish(server);
      check(server);
    }
  }

  private ServerProcess serve() throws IOException {
    return ServerProcess.serve("--data", folder.toString());
  }

  private void runUntilKilled(int cycle) throws Exception {
    // Somewhere between the first acknowledgement and the last; sometimes before the first.
    int acknowledged = random.nextInt(PUBLISHERS * EACH);
    CountDownLatch until = new CountDownLatch(acknowledged);
    List<Thread> threads = new ArrayList<>();
    try (ServerProcess server = serve()) {
      for (Publisher publisher : publishers) {
        publisher.write(cycle);
        threads.add(start(() -> publisher.run(server.port(), until)));
      }
      for (Reader reader : readers) {
        threads.add(start(() -> reader.run(server.port())));
      }
      assertTrue(until.await(DEADLINE_SECONDS, TimeUnit.SECONDS), "seed " + SEED);
      server.kill();
    }
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
      assertTrue(!thread.isAlive(), "a client did not notice the end");
    }
    for (Publisher publisher : publishers) {
      assertEquals(Optional.empty(), publisher.wrong, () -> "seed " + SEED);
    }
    for (Reader reader : readers) {
      assertEquals(Optional.empty(), reader.wrong, () -> "seed " + SEED);
    }
  }

  /** A client's part, which ends as its server does. */
  private static Thread start(Runnable part) {
    Thread thread =
        new Thread(
            () -> {
              try {
                part.run();
              } catch (UncheckedIOException | AssertionError e) {
                // The line is gone: so was the plan.
              }
            });
    thread.start();
    return thread;
  }

  /** Everybody publishes what is left, and reads to the end. */
  private void finish(ServerProcess server) throws InterruptedException {
    for (Publisher publisher : publishers) {
      CountDownLatch left = new CountDownLatch(publisher.unacknowledged().size());
      start(() -> publisher.run(server.port(), left));
      assertTrue(left.await(DEADLINE_SECONDS, TimeUnit.SECONDS), "seed " + SEED);
      assertEquals(Optional.empty(), publisher.wrong, () -> "seed " + SEED);
    }
  }

  private void check(ServerProcess server) {
    for (String room : ROOMS) {
      Map<String, Long> kept = new HashMap<>();
      long last = 0;
      for (JsonObject message : wholeRoom(server.port(), room)) {
        long sequence = message.get("seq").getAsLong();
        assertEquals(last + 1, sequence, () -> room + ", seed " + SEED);
        last = sequence;
        assertEquals(
            null,
            kept.put(
                message.getAsJsonObject("from").get("id").getAsString()
                    + "/"
                    + message.get("id").getAsString(),
                sequence),
            () -> "kept twice: " + message + ", seed " + SEED);
      }
      long published = 0;
      for (Publisher publisher : publishers) {
        if (publisher.room.equals(room)) {
          published += publisher.acknowledged.size();
          publisher.acknowledged.forEach(
              (id, sequence) ->
                  assertEquals(
                      sequence, kept.get(publisher.identity + "/" + id), () -> "seed " + SEED));
        }
      }
      assertEquals(published, kept.size(), () -> "seed " + SEED);
      assertEquals((long) PUBLISHERS / ROOMS.size() * EACH * CYCLES, published);
      checkReaders(server.port(), room, last);
    }
  }

  private void checkReaders(int port, String room, long last) {
    for (Reader reader : readers) {
      if (reader.room.equals(room)) {
        reader.readTo(port, last);
        assertEquals(Optional.empty(), reader.wrong, () -> "seed " + SEED);
        for (int i = 0; i < CURSORS_TRIED && !reader.cursors.isEmpty(); i++) {
          String cursor = reader.cursors.get(random.nextInt(reader.cursors.size()));
          try (ChatV1Client client = new ChatV1Client(port, room)) {
            JsonObject welcome = client.hello(reader.key, Optional.of(cursor));
            assertEquals("exact", welcome.get("resume").getAsString(), () -> "seed " + SEED);
          }
        }
      }
    }
  }

  private static List<JsonObject> wholeRoom(int port, String room) {
    List<JsonObject> messages = new ArrayList<>();
    String after = "start";
    boolean more = true;
    while (more) {
      String path = "/room/" + room + "/messages?limit=1000&after=" + after;
      try (RawWebSocket answer =
          RawWebSocket.request(
              port, List.of("GET " + path + " HTTP/1.1", "Host: localhost:" + port))) {
        JsonObject page = JsonParser.parseString(answer.body()).getAsJsonObject();
        JsonArray array = page.getAsJsonArray("messages");
        for (JsonElement message : array) {
          messages.add(message.getAsJsonObject());
        }
        after = page.get("cursor").getAsString();
        more = page.get("more").getAsBoolean();
      }
    }
    return messages;
  }

  /** Publishes its messages, and those again that were not acknowledged before the server died. */
  private static final class Publisher {
    private final String key;
    private final String room;
    private final Map<String, Long> acknowledged = new HashMap<>();
    private final List<String> written = new ArrayList<>();
    private String identity = "";
    private Optional<String> wrong = Optional.empty();

    private Publisher(int number, String room) {
      this.key = "publisher-0123456789-" + number + "-abcdef";
      this.room = room;
    }

    private void write(int cycle) {
      IntStream.range(0, EACH).forEach(i -> written.add(cycle + "-" + i));
    }

    private synchronized List<String> unacknowledged() {
      return written.stream().filter(id -> !acknowledged.containsKey(id)).toList();
    }

    private void run(int port, CountDownLatch until) {
      List<String> ids = unacknowledged();
      Semaphore inFlight = new Semaphore(IN_FLIGHT);
      try (ChatV1Client client = new ChatV1Client(port, room)) {
        JsonObject welcome = client.hello(key, Optional.empty());
        identity = welcome.getAsJsonObject("you").get("id").getAsString();
        Thread listener = start(() -> listen(client, ids.size(), inFlight, until));
        for (String id : ids) {
          if (!inFlight.tryAcquire(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            return;
          }
          client.publish(id, "message " + id);
        }
        listener.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void listen(
        ChatV1Client client, int expected, Semaphore inFlight, CountDownLatch until) {
      try {
        for (int i = 0; i < expected; ) {
          JsonObject object = client.next();
          String type = object.get("type").getAsString();
          if (type.equals("ok")) {
            onOk(object);
            inFlight.release();
            until.countDown();
            i++;
          } else if (type.equals("error")) {
            wrong = Optional.of(object.toString());
          }
        }
      } finally {
        // Whoever waits for room notices the end at its next word.
        inFlight.release(IN_FLIGHT);
      }
    }

    private synchronized void onOk(JsonObject ok) {
      Long before = acknowledged.put(ok.get("id").getAsString(), ok.get("seq").getAsLong());
      if (before != null && before != ok.get("seq").getAsLong()) {
        wrong = Optional.of("another sequence than " + before + ": " + ok);
      }
    }
  }

  /** Reads from its cursor on, each time the server is there. */
  private static final class Reader {
    private final String key = "reader-0123456789abcdefghij";
    private final String room;
    private final List<String> cursors = new ArrayList<>();
    private final Map<Long, String> seen = new LinkedHashMap<>();
    private long last;
    private Optional<String> wrong = Optional.empty();

    private Reader(String room) {
      this.room = room;
    }

    private void run(int port) {
      readTo(port, Long.MAX_VALUE);
    }

    private void readTo(int port, long end) {
      try (ChatV1Client client = new ChatV1Client(port, room)) {
        Optional<String> cursor =
            cursors.isEmpty() ? Optional.empty() : Optional.of(cursors.get(cursors.size() - 1));
        JsonObject welcome = client.hello(key, cursor);
        if (cursor.isEmpty()) {
          cursors.add(welcome.get("cursor").getAsString());
          last = welcome.get("head").getAsLong();
        } else if (!welcome.get("resume").getAsString().equals("exact")) {
          wrong = Optional.of("resumed as " + welcome);
        }
        while (last < end) {
          onMessage(client.next("message"));
        }
      }
    }

    private void onMessage(JsonObject message) {
      if (message.get("prev").getAsLong() != last) {
        wrong = Optional.of("after " + last + " came " + message);
      }
      last = message.get("seq").getAsLong();
      String before = seen.put(last, message.get("text").getAsString());
      if (before != null) {
        wrong = Optional.of("came twice: " + message);
      }
      if (message.has("cursor")) {
        cursors.add(message.get("cursor").getAsString());
      }
    }
  }
}
