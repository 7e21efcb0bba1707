package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that is told to stop and started again under its clients: all come back within the time
 * that they were told, go on where they were, and nothing is lost or doubled.
 *
 * <p>{@code -Dchat.restart.clients=2000} makes it large; it prints how the clients came back.
 */
final class RestartTest {
  private static final int CLIENTS = Integer.getInteger("chat.restart.clients", 100);
  private static final int ROOMS = 20;
  private static final long DEADLINE_SECONDS = 300;
  private static final int RETRY_MILLIS = 500;
  private static final int BUCKET_MILLIS = 100;

  private final CountDownLatch joined = new CountDownLatch(CLIENTS);
  private final CountDownLatch published = new CountDownLatch(CLIENTS);
  private final CompletableFuture<ServerProcess> restarted = new CompletableFuture<>();

  /** When the clients came back, in milliseconds after they were told to. */
  private final Map<Long, Integer> returns = new TreeMap<>();

  private int connectedLate;

  @Test
  void everybodyComesBackAndNothingIsLost(@TempDir Path folder) throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    ServerProcess first = ServerProcess.serve("--data", folder.toString());
    List<Future<Client>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Client client = new Client(i, first.port());
      clients.add(threads.submit(client::chat));
    }
    assertTrue(published.await(DEADLINE_SECONDS, TimeUnit.SECONDS), "not all have published");
    first.terminate();
    try (ServerProcess second = again(folder, first.port())) {
      restarted.complete(second);
      Map<String, List<String>> heard = new TreeMap<>();
      for (Future<Client> future : clients) {
        Client client = future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        client.check();
        assertEquals(
            heard.computeIfAbsent(client.room, room -> client.texts),
            client.texts,
            "all in a room hear the same in the same order");
      }
      report();
    } finally {
      threads.shutdownNow();
    }
  }

  private static ServerProcess again(Path folder, int port) throws IOException {
    List<String> command =
        ServerProcess.command(
            List.of(),
            "serve",
            "--port",
            "" + port,
            "--limits",
            "off",
            "--data",
            folder.toString());
    return ServerProcess.await(ServerProcess.start(Map.of(), command));
  }

  private synchronized void onReturn(long millis, boolean isLate) {
    returns.merge(millis / BUCKET_MILLIS, 1, Integer::sum);
    connectedLate += isLate ? 1 : 0;
  }

  private synchronized void report() {
    System.out.printf(
        Locale.ROOT,
        "RestartTest: %d clients back, between %d and %d ms after they were told, at most %d in"
            + " %d ms; %d had to try again%n",
        CLIENTS,
        returns.keySet().stream().mapToLong(Long::longValue).min().orElseThrow() * BUCKET_MILLIS,
        (returns.keySet().stream().mapToLong(Long::longValue).max().orElseThrow() + 1)
            * BUCKET_MILLIS,
        returns.values().stream().mapToInt(Integer::intValue).max().orElseThrow(),
        BUCKET_MILLIS,
        connectedLate);
  }

  /** Somebody who says something before the restart and after it, and hears everybody. */
  private final class Client {
    private final int number;
    private final int port;
    private final String room;
    private final List<String> texts = new ArrayList<>();
    private String cursor;

    Client(int number, int port) {
      this.number = number;
      this.port = port;
      this.room = "room-" + number % ROOMS;
    }

    private String key() {
      return String.format(Locale.ROOT, "restart-test-client-%06d", number);
    }

    private int inRoom() {
      return CLIENTS / ROOMS + (number % ROOMS < CLIENTS % ROOMS ? 1 : 0);
    }

    Client chat() throws Exception {
      JsonArray after;
      long told;
      try (ChatV1Client line = new ChatV1Client(port, room)) {
        line.hello(key(), Optional.empty());
        line.next("live");
        joined.countDown();
        joined.await();
        line.publish("before", number + " before");
        JsonObject bye = readUntilBye(line);
        told = System.nanoTime();
        assertEquals(1012, bye.get("code").getAsInt());
        assertTrue(bye.get("reconnect").getAsBoolean());
        after = bye.getAsJsonArray("after");
      }
      long wait =
          ThreadLocalRandom.current().nextLong(after.get(0).getAsLong(), after.get(1).getAsLong());
      CompletableFuture.runAsync(
              () -> {}, CompletableFuture.delayedExecutor(wait, TimeUnit.MILLISECONDS))
          .get();
      try (ChatV1Client line = comeBack(told)) {
        line.publish("after", number + " after");
        while (texts.size() < 2 * inRoom()) {
          onObject(line.next());
        }
      }
      return this;
    }

    private JsonObject readUntilBye(ChatV1Client line) {
      while (true) {
        JsonObject object = line.next();
        switch (object.get("type").getAsString()) {
          case "bye" -> {
            return object;
          }
          case "ok" -> published.countDown();
          default -> onObject(object);
        }
      }
    }

    private ChatV1Client comeBack(long told) throws Exception {
      boolean isLate = false;
      while (true) {
        try {
          ChatV1Client line = new ChatV1Client(port, room);
          JsonObject answer = line.helloOrBye(key(), cursor);
          if (answer.get("type").getAsString().equals("welcome")) {
            assertEquals("exact", answer.get("resume").getAsString());
            onReturn(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - told), isLate);
            return line;
          }
          // The one that stops is still there.
          line.close();
          throw new UncheckedIOException(new IOException("told to come back once more"));
        } catch (UncheckedIOException e) {
          // It is not there yet, which a client does not know: it tries again, as clients do.
          isLate = true;
          CompletableFuture.runAsync(
                  () -> {}, CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS))
              .get();
        }
      }
    }

    private void onObject(JsonObject object) {
      if (object.get("type").getAsString().equals("message")) {
        texts.add(object.get("text").getAsString());
      }
      if (object.has("cursor")) {
        cursor = object.get("cursor").getAsString();
      }
    }

    void check() {
      Set<String> expected = new HashSet<>();
      for (int i = number % ROOMS; i < CLIENTS; i += ROOMS) {
        expected.add(i + " before");
        expected.add(i + " after");
      }
      assertEquals(expected.size(), texts.size(), "lost or doubled");
      assertEquals(expected, new HashSet<>(texts));
    }
  }
}
