package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HandshakeGateTest {
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static RawWebSocket request(String line, String... headers) {
    List<String> lines = new ArrayList<>(List.of(line, "Host: localhost:" + server.port()));
    lines.addAll(List.of(headers));
    return RawWebSocket.request(server.port(), lines);
  }

  private static void assertRefused(int status, RawWebSocket answer) {
    try (answer) {
      String body = answer.body();
      assertEquals(status, answer.status(), body);
      assertEquals("text/plain;charset=utf-8", answer.header("Content-Type").orElse(""));
      assertEquals(1, body.lines().count(), body);
      assertFalse(body.isBlank());
      assertTrue(answer.header("Server").isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /room/x/websocket HTTP/1.1",
        "POST /room/x/websocket HTTP/1.1",
        "HEAD /room/x/websocket HTTP/1.1",
        "DELETE /room/x/websocket HTTP/1.1"
      })
  void whoDoesNotUpgradeIsToldTo(String line) {
    try (RawWebSocket answer = request(line)) {
      assertEquals(426, answer.status());
      assertEquals("websocket", answer.header("Upgrade").orElse(""));
      assertEquals("Upgrade", answer.header("Connection").orElse(""));
      assertEquals("13", answer.header("Sec-WebSocket-Version").orElse(""));
      assertTrue(line.startsWith("HEAD") || answer.body().contains("ws://"));
    }
  }

  @Test
  void anotherVersionIsToldWhichOne() {
    try (RawWebSocket answer =
        request(
            "GET /room/x/websocket HTTP/1.1",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 8",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")) {
      assertEquals(426, answer.status());
      assertEquals("13", answer.header("Sec-WebSocket-Version").orElse(""));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /room/x/websocket HTTP/1.0|Upgrade: websocket",
        "GET /room/x/websocket HTTP/1.1|Upgrade: h2c, websocket"
      })
  void whatJettyWouldNotUpgradeIsToldHow(String request) {
    String[] lines = request.split("\\|", -1);
    try (RawWebSocket answer =
        request(
            lines[0],
            lines[1],
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")) {
      assertEquals(426, answer.status());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Sec-WebSocket-Key: abc",
        "Sec-WebSocket-Key: !!!",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ"
      })
  void aKeyThatIsNoneIsRefused(String key) {
    List<String> headers =
        new ArrayList<>(
            List.of("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"));
    if (!key.isEmpty()) {
      headers.add(key);
    }
    assertRefused(400, request("GET /room/x/websocket HTTP/1.1", headers.toArray(String[]::new)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/room//websocket | 400",
        "/room/a;x=1/websocket | 400",
        "/room/a%3Bb/websocket | 400",
        "/room/%0A/websocket | 400",
        "/room/a%00b/websocket | 400",
        "/room/a%7Fb/websocket | 400",
        "/room/a%C2%85b/websocket | 400",
        "/room/a%2Fb/websocket | 400",
        "/room/a%5Cb/websocket | 400",
        "/room/50%25/websocket | 400",
        "/room/%C3%28/websocket | 400",
        "/room/%ED%A0%80/websocket | 400",
        "/room/%zz/websocket | 400",
        "/room/x/websocket?history=-1 | 400",
        "/room/x/websocket?history=10001 | 400",
        "/room/x/websocket?history=many | 400",
        "/room/x/websocket/ | 404",
        "/room/x/WebSocket | 404",
        "/room/x | 404",
        "/room/x/y/websocket | 404",
        "/room/websocket | 404",
        "/room | 404",
        "/websocket | 404",
        "/ | 404"
      })
  void badNamesAndUnknownPathsAreRefusedWithAReason(String path, int status) {
    assertRefused(status, RawWebSocket.handshake(server.port(), path, List.of()));
  }

  @Test
  void aNameThatIsTooLongIsRefused() {
    RawWebSocket.plain(server.port(), "x".repeat(128)).close();
    assertRefused(
        400,
        RawWebSocket.handshake(
            server.port(), "/room/" + "x".repeat(129) + "/websocket", List.of()));
    RawWebSocket.plain(server.port(), "%C3%BC".repeat(64)).close();
    assertRefused(
        400,
        RawWebSocket.handshake(
            server.port(), "/room/" + "%C3%BC".repeat(65) + "/websocket", List.of()));
  }

  @Test
  void aSubprotocolThatIsUnknownIsRefusedAndOneOfManyIsFound() {
    String path = "/room/x/websocket";
    assertRefused(
        400,
        RawWebSocket.handshake(
            server.port(), path, List.of("Sec-WebSocket-Protocol: chat.v9, other")));
    assertRefused(
        400,
        RawWebSocket.handshake(
            server.port(), path, List.of("Sec-WebSocket-Protocol: \"chat.v1\"")));
    try (RawWebSocket answer =
        RawWebSocket.open(server.port(), path, List.of("Sec-WebSocket-Protocol: other, chat.v1"))) {
      assertEquals("chat.v1", answer.header("Sec-WebSocket-Protocol").orElse(""));
    }
  }

  @Test
  void headersThatAreTooLargeAreRefused() {
    assertEquals(
        431,
        RawWebSocket.handshake(
                server.port(), "/room/x/websocket", List.of("X-Large: " + "x".repeat(10_000)))
            .status());
  }
}
