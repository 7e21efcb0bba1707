package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A small server with its standard limits, and strangers who use them to the full: it lives on,
 * others chat on meanwhile, and when the strangers have gone nothing of it is left. What others
 * felt is printed, not judged: that depends on the machine.
 */
final class StrangersTest {
  /** In one go, which limits let one session have. */
  private static final int ROUND_TRIPS = 150;

  private static final Duration MEASURED = Duration.ofSeconds(3);
  private static final long KEPT_BYTES = 20 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private int addresses;

  private static ServerProcess serve(int megabytes, Path folder) throws IOException {
    Path standard = Files.createFile(folder.resolve("limits"));
    return ServerProcess.serve(
        List.of("-Xmx" + megabytes + "m"),
        "--limits",
        standard.toString(),
        "--trusted-proxy",
        "127.0.0.1",
        "--data",
        folder.resolve("data").toString());
  }

  /** What others feel: round trips in a room of theirs, and how soon {@code /healthz} answers. */
  private record Felt(long p50, long p99, long health) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "p50 %.1f ms, p99 %.1f ms, /healthz at most %.0f ms",
          p50 / 1e6,
          p99 / 1e6,
          health / 1e6);
    }
  }

  /** Each session comes from an address of its own, which nobody has come from before. */
  private Felt felt(int port) throws Exception {
    List<Long> took = new ArrayList<>();
    long health = 0;
    long end = System.nanoTime() + MEASURED.toNanos();
    while (System.nanoTime() < end) {
      String address = "203.0." + (addresses >> 8) + "." + (addresses++ & 0xff);
      try (ChatV1Client client = new ChatV1Client(port, "theirs", address)) {
        client.hello("somebody-else-at-" + address, Optional.empty());
        client.next("live");
        for (int i = 0; i < ROUND_TRIPS; i++) {
          long begun = System.nanoTime();
          client.publish("" + i, "message " + i);
          assertEquals("message " + i, client.next("message").get("text").getAsString());
          took.add(System.nanoTime() - begun);
        }
      }
      long begun = System.nanoTime();
      HttpResponse<String> answer =
          http.send(request(port, "/healthz").build(), HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode());
      health = Math.max(health, System.nanoTime() - begun);
    }
    Collections.sort(took);
    return new Felt(took.get(took.size() / 2), took.get(took.size() * 99 / 100), health);
  }

  private HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("X-Forwarded-For", "192.0.2.5")
        .timeout(PATIENCE);
  }

  /** Posts, pages and history of others find their place. */
  private void assertHttpWorks(int port) throws IOException, InterruptedException {
    HttpResponse<String> posted =
        http.send(
            request(port, "/room/theirs/messages")
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("posted"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(201, posted.statusCode(), posted.body());
    HttpResponse<String> page =
        http.send(
            request(port, "/room/theirs/messages?limit=1").build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(200, page.statusCode(), page.body());
    assertTrue(page.body().contains("posted"), page.body());
    try (ChatV1Client client = new ChatV1Client(port, "theirs", "192.0.2.6")) {
      client.hello("somebody-else-0123456789", Optional.empty());
      JsonObject history = ChatV1Client.object("history");
      history.addProperty("id", "h");
      client.say(history);
      assertTrue(client.next("history").has("messages"));
    }
  }

  /** What strangers do. */
  private interface Attack {
    void begin(Strangers strangers) throws IOException;
  }

  private void attacked(String what, int megabytes, Path folder, Attack attack) throws Exception {
    try (ServerProcess server = serve(megabytes, folder)) {
      felt(server.port());
      Felt quiet = felt(server.port());
      long before = server.usedHeapBytes();
      Felt then;
      long gone;
      try (Strangers strangers = new Strangers(server.port())) {
        attack.begin(strangers);
        then = felt(server.port());
        assertHttpWorks(server.port());
        gone = strangers.gone();
      }
      try (ChatV1Client client = new ChatV1Client(server.port(), "theirs", "192.0.2.4")) {
        client.hello("somebody-else-0123456789", Optional.empty());
        client.next("live");
      }
      long after = server.usedHeapBytes();
      // Who is not read from for a moment is found gone after it.
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (after >= before + KEPT_BYTES && System.nanoTime() < deadline) {
        after = server.usedHeapBytes();
      }
      System.out.printf(
          Locale.ROOT,
          "StrangersTest: %s, %d MB: in peace %s; meanwhile %s; %d cut off; heap %d KiB before,"
              + " %d KiB after%n",
          what,
          megabytes,
          quiet,
          then,
          gone,
          before >> 10,
          after >> 10);
      assertTrue(after < before + KEPT_BYTES, "heap: " + before + " before, " + after + " after");
      assertTrue(server.isAlive());
      server.terminate();
      String log = server.log();
      assertTrue(!log.contains("\tat ") && !log.contains("OutOfMemory"), log);
    }
  }

  private static String lines(int number, String line) {
    return (line + "\n").repeat(number);
  }

  private static final String HELLO = "{\"type\":\"hello\"}";

  /** Of two networks: what the standard limits let one have takes half a minute to come in. */
  private static void join990(Strangers strangers) throws IOException {
    strangers.join(495, "stranger", true, "198.51.100.1", HELLO);
    strangers.join(495, "stranger", true, "198.51.100.2", HELLO);
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 256})
  void manySessionsThatAskForDearThingsAndReadNoAnswers(int megabytes, @TempDir Path folder)
      throws Exception {
    String rename = "{\"type\":\"rename\",\"id\":\"1\",\"name\":\"Ann Nobody\"}";
    attacked(
        "990 sessions that rename themselves in frames of 150 lines",
        megabytes,
        folder,
        strangers -> {
          join990(strangers);
          strangers.flood(Strangers.frame(lines(150, rename)), false);
        });
  }

  @Test
  void manySessionsThatSayWhatCannotBeRead(@TempDir Path folder) throws Exception {
    attacked(
        "990 sessions that send lines of junk",
        128,
        folder,
        strangers -> {
          join990(strangers);
          strangers.flood(Strangers.frame(lines(500, "{\"type\":")), true);
        });
  }

  @Test
  void manySessionsThatPing(@TempDir Path folder) throws Exception {
    byte[] ping = {(byte) 0x89, (byte) 0x80, 0, 0, 0, 0};
    attacked(
        "990 sessions that send pings",
        128,
        folder,
        strangers -> {
          join990(strangers);
          strangers.flood(ping, true);
        });
  }

  @Test
  void manyThatAnnounceBodiesAndDoNotSendThem(@TempDir Path folder) throws Exception {
    attacked(
        "160 posts of 6 MB that do not come",
        128,
        folder,
        strangers -> {
          for (int i = 0; i < 160; i++) {
            String head =
                "POST /room/stranger/messages HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 6000000\r\n"
                    + "X-Forwarded-For: 198.51.100."
                    + (1 + i % 4)
                    + "\r\n\r\n{\"text\":\"";
            strangers.connect((head + "x".repeat(1000)).getBytes(US_ASCII));
          }
        });
  }

  @Test
  void manyStreamsThatAreNotRead(@TempDir Path folder) throws Exception {
    attacked(
        "900 streams of events that are not read",
        128,
        folder,
        strangers -> {
          for (int i = 0; i < 900; i++) {
            strangers.connect(
                ("GET /room/stranger/events HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 198.51.100."
                        + (1 + i % 2)
                        + "\r\n\r\n")
                    .getBytes(US_ASCII));
          }
        });
  }

  @Test
  void manyAddresses(@TempDir Path folder) throws Exception {
    String head =
        "GET /room/stranger/messages?limit=1 HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ";
    attacked(
        "requests from 100,000 addresses, over 20 connections",
        128,
        folder,
        strangers -> {
          StringBuilder requests = new StringBuilder();
          for (int i = 0; i < 100_000; i++) {
            requests
                .append(head)
                .append("198.")
                .append(i >> 16)
                .append('.')
                .append(i >> 8 & 0xff)
                .append('.')
                .append(i & 0xff)
                .append("\r\n\r\n");
          }
          for (int i = 0; i < 20; i++) {
            strangers.connect(new byte[0]);
          }
          strangers.flood(requests.toString().getBytes(US_ASCII), true);
        });
  }

  @Test
  void manyConnectionsThatSayNothing(@TempDir Path folder) throws Exception {
    attacked(
        "3,000 connections that say nothing",
        128,
        folder,
        strangers -> {
          for (int i = 0; i < 3000; i++) {
            strangers.connect(new byte[0]);
          }
        });
  }

  @Test
  void manyBodiesThatWouldGrow(@TempDir Path folder) throws Exception {
    String bomb =
        "POST /room/stranger/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
            + "Content-Encoding: gzip\r\nContent-Length: 10000\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n"
            + "x".repeat(10_000);
    attacked(
        "posts that are compressed, over 100 connections",
        128,
        folder,
        strangers -> {
          for (int i = 0; i < 100; i++) {
            strangers.connect(new byte[0]);
          }
          strangers.flood(bomb.getBytes(US_ASCII), true);
        });
  }

  /** Jetty would keep a table of headers for each, from its second request on. */
  @Test
  void manyConnectionsThatStayOpen(@TempDir Path folder) throws Exception {
    attacked(
        "2,000 connections that stay after three requests",
        128,
        folder,
        strangers -> {
          for (int i = 0; i < 2000; i++) {
            strangers.connect(page("198.51.100." + (1 + i % 4), 1).repeat(3).getBytes(US_ASCII));
          }
        });
  }

  /** What they ask for is put into words for each of them. */
  @Test
  void manyPagesThatAreNotRead(@TempDir Path folder) throws Exception {
    attacked(
        "2,000 connections that ask for ten pages of 1 MB each and read none",
        128,
        folder,
        strangers -> {
          for (int i = 0; i < 20; i++) {
            strangers.connect(
                post("198.51.100." + (10 + i), "Content-Length: 1000000", "x".repeat(1_000_000)));
          }
          for (int i = 0; i < 2000; i++) {
            String page = page("198.51.100." + (1 + i % 4), 1000);
            strangers.connect(page.repeat(10).getBytes(US_ASCII));
          }
        });
  }

  /** A byte on the way costs an object in the server, while its body is not there yet. */
  @Test
  void manyBodiesInChunksOfOneByte(@TempDir Path folder) throws Exception {
    attacked(
        "400 posts in chunks of one byte",
        128,
        folder,
        strangers -> {
          for (int i = 0; i < 400; i++) {
            strangers.connect(post("198.51.100.1", "Transfer-Encoding: chunked", ""));
          }
          strangers.flood("1\r\nx\r\n".repeat(3000).getBytes(US_ASCII), true);
        });
  }

  private static String page(String address, int limit) {
    return "GET /room/stranger/messages?limit="
        + limit
        + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: stranger\r\nX-Forwarded-For: "
        + address
        + "\r\n\r\n";
  }

  private static byte[] post(String address, String header, String body) {
    return ("POST /room/stranger/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
            + "X-Forwarded-For: "
            + address
            + "\r\n"
            + header
            + "\r\n\r\n"
            + body)
        .getBytes(US_ASCII);
  }
}
