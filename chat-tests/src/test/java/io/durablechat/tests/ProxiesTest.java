package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the documents say about proxies and a private authority, done as it stands there. */
@Timeout(120)
final class ProxiesTest {
  private static final int SESSIONS = 8;
  private static final int MESSAGE_BYTES = 900 * 1024;

  @TempDir private static Path folder;
  private static ServerProcess server;

  @BeforeAll
  static void start() throws Exception {
    Proxy.require("openssl");
    String commands = Proxy.documented("```sh\n(openssl req[^`]*)```");
    Process openssl =
        new ProcessBuilder("sh", "-ec", Proxy.replaced(commands, "chat.example", "localhost"))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(openssl.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, openssl.waitFor(), said);
    Files.writeString(
        folder.resolve("chat.pem"),
        Files.readString(folder.resolve("fullchain.pem"))
            + Files.readString(folder.resolve("privkey.pem")));
    Path limits =
        Files.writeString(folder.resolve("limits"), "sessions-per-address=" + SESSIONS + "\n");
    server =
        ServerProcess.serve(
            "--data", "memory", "--trusted-proxy", "127.0.0.1", "--limits", limits.toString());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static Proxy.Running asDocumented(Proxy proxy) throws Exception {
    return proxy.start(proxy.documented(), folder, server.port());
  }

  private static TlsClient client(Proxy.Running running) throws Exception {
    return new TlsClient(folder.resolve("ca.pem"), running.port());
  }

  @ParameterizedTest
  @EnumSource
  void largeMessagesPassAndEventsAreNotHeldBack(Proxy proxy) throws Exception {
    try (Proxy.Running running = asDocumented(proxy)) {
      TlsClient client = client(running);
      String room = proxy.program();
      try (TlsClient.Session session = client.session(room);
          BufferedReader events = events(client, room)) {
        session.next("live");
        session.publish("1", "é".repeat(MESSAGE_BYTES / 2));
        session.next("ok");
        assertTrue(awaitEvent(events, "ééé").contains("\"seq\":1"));

        // Escaped, the longest message that the server takes is longer than that.
        JsonObject largest = new JsonObject();
        largest.addProperty("text", "\n".repeat(1 << 20));
        assertEquals(201, post(client, room, "application/json", largest.toString()).statusCode());
        assertEquals(201, post(client, room, "text/plain", "x".repeat(1 << 20)).statusCode());
        awaitEvent(events, "xxx");

        session.publish("2", "still here");
        session.next("ok");
        awaitEvent(events, "still here");
      }
    }
  }

  private static HttpResponse<String> post(TlsClient to, String room, String type, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(to.uri("/room/" + room + "/messages"))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body))
            .build();
    return to.http().send(request, BodyHandlers.ofString());
  }

  private static BufferedReader events(TlsClient from, String room)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(from.uri("/room/" + room + "/events")).build();
    HttpResponse<InputStream> events = from.http().send(request, BodyHandlers.ofInputStream());
    assertEquals(200, events.statusCode());
    BufferedReader lines = new BufferedReader(new InputStreamReader(events.body(), UTF_8));
    awaitEvent(lines, "\"type\":\"live\"");
    return lines;
  }

  /** Reads a stream that does not end up to a line with this text. */
  private static String awaitEvent(BufferedReader events, String text) throws IOException {
    String line = events.readLine();
    while (line != null && !line.contains(text)) {
      line = events.readLine();
    }
    assertTrue(line != null, () -> "the stream ended before " + text);
    return line;
  }

  @ParameterizedTest
  @EnumSource
  void whereAClientComesFromIsTheProxysWordAndNotItsOwn(Proxy proxy) throws Exception {
    try (Proxy.Running running = asDocumented(proxy)) {
      TlsClient client = client(running);
      List<Socket> open = new ArrayList<>();
      try {
        for (int i = 0; i <= SESSIONS; i++) {
          open.add(client.handshake("127.0.0.2", "203.0.113." + i));
          assertEquals(i < SESSIONS ? 101 : 429, TlsClient.status(open.get(i)));
        }
        open.add(client.handshake("127.0.0.3", "203.0.113.1"));
        assertEquals(101, TlsClient.status(open.get(open.size() - 1)));
      } finally {
        for (Socket socket : open) {
          socket.close();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void benchTrustsThePrivateAuthority(Proxy proxy) throws Exception {
    try (Proxy.Running running = asDocumented(proxy)) {
      String url = "https://localhost:" + running.port();
      assertEquals(1, bench(url).exitCode());
      ServerProcess.Outcome trusting = bench(url, "--tls-ca", folder.resolve("ca.pem").toString());
      assertEquals(0, trusting.exitCode(), trusting.err());
    }
  }

  private static ServerProcess.Outcome bench(String url, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("bench", url, "--conns", "2"));
    command.addAll(List.of("--senders", "1", "--rate", "20", "--warmup", "1s", "--duration", "1s"));
    command.addAll(List.of(more));
    return ServerProcess.run(command.toArray(String[]::new));
  }

  @Test
  void aQuietClientOutlivesTheTimeoutOfHaproxy() throws Exception {
    String hurried =
        Proxy.replaced(Proxy.HAPROXY.documented(), "timeout client 30s", "timeout client 3s");
    String tunnelless = Proxy.replaced(hurried, "timeout tunnel 120s", "");
    try (Proxy.Running running = Proxy.HAPROXY.start(hurried, folder, server.port());
        Proxy.Running without = Proxy.HAPROXY.start(tunnelless, folder, server.port());
        TlsClient.Session quiet = client(running).session("quiet")) {
      quiet.next("live");
      try (TlsClient.Session cut = client(without).session("cut")) {
        cut.next("live");
        // By then the other, which began before it, has been quiet for longer than that.
        cut.next("end");
      }
      quiet.publish("1", "still here");
      quiet.next("ok");
    }
  }
}
