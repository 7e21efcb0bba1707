package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 6455, section 4: the handshake, as the server has to answer it. */
final class HandshakeConformanceTest {
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final List<String> USUAL =
      List.of(
          "Upgrade: websocket",
          "Connection: Upgrade",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: " + KEY);

  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static RawWebSocket ask(String requestLine, List<String> headers) {
    List<String> lines = new ArrayList<>();
    lines.add(requestLine);
    lines.add("Host: localhost:" + server.port());
    lines.addAll(headers);
    return RawWebSocket.request(server.port(), lines);
  }

  private static List<String> with(String name, String value) {
    List<String> headers = new ArrayList<>(USUAL);
    headers.removeIf(line -> line.startsWith(name + ":"));
    if (value != null) {
      headers.add(name + ": " + value);
    }
    return headers;
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "Upgrade|websocket|101",
        "Upgrade|WebSocket|101",
        "Upgrade|WEBSOCKET|101",
        "Upgrade|h2c|426",
        "Upgrade|none|426",
        "Connection|upgrade|101",
        "Connection|keep-alive, Upgrade|101",
        "Connection|keep-alive|400",
        "Connection|none|400",
        "Sec-WebSocket-Version|12|426",
        "Sec-WebSocket-Version|8|426",
        "Sec-WebSocket-Version|14|426",
        "Sec-WebSocket-Version|none|426",
        "Sec-WebSocket-Key|none|400",
        "Sec-WebSocket-Key|AAAAAAAAAAAAAAAAAAAAAA==|101",
        "Sec-WebSocket-Key|AAAAAAAAAAAAAAAAAAAAAAAA|400",
        "Sec-WebSocket-Key|AAAAAAAAAAAAAAAAAAAA|400",
        "Sec-WebSocket-Key|no base64 of any kind..|400",
        "Sec-WebSocket-Protocol|chat.v1|101",
        "Sec-WebSocket-Protocol|other, chat.v1|101",
        "Sec-WebSocket-Protocol|other|400",
        "Sec-WebSocket-Extensions|permessage-deflate; client_max_window_bits|101",
        "Sec-WebSocket-Extensions|unheard-of|101",
      })
  void eachHeaderCounts(String name, String value, int status) {
    try (RawWebSocket answer = ask("GET /room/r/websocket HTTP/1.1", with(name, value))) {
      assertEquals(status, answer.status());
      if (status == 426) {
        assertEquals(Optional.of("13"), answer.header("Sec-WebSocket-Version"));
        assertEquals(Optional.of("websocket"), answer.header("Upgrade"));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "POST /room/r/websocket HTTP/1.1, 426",
    "GET /room/r/websocket HTTP/1.0, 426",
    "GET /room/r/nothing HTTP/1.1, 404",
    "GET /room/r/websocket?history=x HTTP/1.1, 400"
  })
  void theRequestLineCounts(String line, int status) {
    try (RawWebSocket answer = ask(line, USUAL)) {
      assertEquals(status, answer.status());
    }
  }

  @Test
  void theAcceptIsTheKeysHash() throws GeneralSecurityException {
    assertAccepted(KEY, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    Random random = new Random(6455);
    for (int i = 0; i < 20; i++) {
      byte[] nonce = new byte[16];
      random.nextBytes(nonce);
      String key = Base64.getEncoder().encodeToString(nonce);
      byte[] concatenated =
          (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII);
      byte[] hash = MessageDigest.getInstance("SHA-1").digest(concatenated);
      assertAccepted(key, Base64.getEncoder().encodeToString(hash));
    }
  }

  private static void assertAccepted(String key, String accept) {
    List<String> headers = with("Sec-WebSocket-Key", key);
    try (RawWebSocket answer = ask("GET /room/r/websocket HTTP/1.1", headers)) {
      assertEquals(Optional.of(accept), answer.header("Sec-WebSocket-Accept"));
    }
  }

  @Test
  void nothingIsNegotiatedThatWasNotOffered() {
    try (RawWebSocket plain = ask("GET /room/r/websocket HTTP/1.1", USUAL)) {
      assertEquals(Optional.of("websocket"), plain.header("Upgrade"));
      assertEquals(Optional.of("Upgrade"), plain.header("Connection"));
      assertEquals(Optional.empty(), plain.header("Sec-WebSocket-Protocol"));
    }
  }

  @Test
  void noExtensionIsTaken() {
    List<String> offers = with("Sec-WebSocket-Extensions", "permessage-deflate");
    try (RawWebSocket plain = ask("GET /room/r/websocket HTTP/1.1", offers)) {
      assertEquals(Optional.empty(), plain.header("Sec-WebSocket-Extensions"));
    }
  }

  @Test
  void framesInTheSameBreathAsTheHandshakeAreHeard() {
    byte[] frame = RawFrame.text("early").bytes();
    List<String> lines = new ArrayList<>();
    lines.add("GET /room/early/websocket HTTP/1.1");
    lines.add("Host: localhost:" + server.port());
    lines.addAll(USUAL);
    try (RawWebSocket client = RawWebSocket.request(server.port(), lines, frame)) {
      assertEquals(101, client.status());
      assertEquals("early", client.receiveText());
    }
  }
}
