package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.gateway.EndpointSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose pages may use the rooms, and under which names the server answers. */
final class OriginsTest {
  /** Asked for by clients behind a proxy on this machine, or beside it. */
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server =
        TestServer.start(
            rooms -> rooms,
            settings ->
                settings.endpoint(
                    EndpointSettings.DEFAULT.allowedOrigins(
                        List.of(
                            "https://friend.example",
                            "http://chat.example:8080",
                            "http://my_chat",
                            "http://nas.2ndfloor",
                            "http://page_of.2ndfloor",
                            "http://[2001:0DB8::b]"))));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static RawWebSocket request(
      TestServer to, String method, String path, String host, String... headers) {
    List<String> lines = new ArrayList<>();
    lines.add(method + " " + path + " HTTP/1.1");
    lines.add("Host: " + host.replace("PORT", "" + to.port()));
    for (String header : headers) {
      lines.add(header.replace("PORT", "" + to.port()));
    }
    return RawWebSocket.request(to.port(), lines);
  }

  private static RawWebSocket handshake(TestServer to, String host, String... headers) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
    all.addAll(List.of(headers));
    return request(to, "GET", "/room/r/websocket", host, all.toArray(String[]::new));
  }

  private static RawWebSocket post(String host, String... headers) {
    List<String> all = new ArrayList<>(List.of("Content-Type: text/plain", "Content-Length: 0"));
    all.addAll(List.of(headers));
    return request(server, "POST", "/room/r/messages", host, all.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:PORT, http://localhost:PORT, true",
    "localhost:PORT, HTTP://LOCALHOST:PORT, true",
    "127.0.0.1:PORT, http://127.0.0.1:PORT, true",
    // Another port of one's own machine: a page in development.
    "localhost:PORT, http://localhost:3000, true",
    "127.0.0.1:PORT, http://localhost:3000, true",
    "localhost:PORT, http://[::1]:3000, true",
    "localhost:PORT, https://friend.example, true",
    "localhost:PORT, https://friend.example:443, true",
    // A name that is listed, with a proxy in front that took TLS off.
    "friend.example, https://friend.example, true",
    "chat.example, https://chat.example, true",
    "chat.example, http://chat.example:80, true",
    "localhost:PORT, http://chat.example:8080, true",
    "chat.example, http://chat.example:81, false",
    "localhost:PORT, http://chat.example, false",
    "localhost:PORT, http://friend.example, false",
    "localhost:PORT, https://friend.example.evil.example, false",
    "localhost:PORT, https://notfriend.example, false",
    "localhost:PORT, https://friend.example:8443, false",
    "localhost:PORT, http://evil.example, false",
    "localhost:PORT, http://localhost.evil.example:PORT, false",
    "localhost:PORT, http://localhost:PORT@evil.example, false",
    "localhost:PORT, http://evil.example/#http://localhost:PORT, false",
    // Names that Java's URI takes for none, and browsers for some.
    "my_chat:PORT, http://my_chat:PORT, true",
    "nas.2ndfloor:PORT, http://nas.2ndfloor:PORT, true",
    "localhost:PORT, http://page_of.2ndfloor, true",
    "localhost:PORT, http://other_page.2ndfloor, false",
    "localhost:PORT, http://page_of.2ndfloor@evil.example, false",
    "localhost:PORT, http://evil.example\\page_of.2ndfloor, false",
    "localhost:PORT, http://page_of.2ndfloor:99999, false",
    // Of an address there are several forms.
    "[0:0:0:0:0:0:0:1]:PORT, http://[::1]:PORT, true",
    "[2001:DB8:0::000A]:PORT, http://[2001:db8::a]:PORT, true",
    "localhost:PORT, http://[2001:db8::b], true",
    "localhost:PORT, http://[2001:DB8:0:0:0:0:0:B], true",
    "localhost:PORT, http://[2001:db8::c], false",
    "localhost:PORT, http://[2001:db8::zz], false",
    "localhost:PORT, 'null', false",
    "localhost:PORT, file://, false",
    "localhost:PORT, garbage, false",
    "friend.example, http://localhost:3000, false"
  })
  void pagesOfThisHostAndThoseListedMayUseTheRooms(String host, String origin, boolean may) {
    try (RawWebSocket answer = handshake(server, host, "Origin: " + origin)) {
      assertEquals(may ? 101 : 403, answer.status());
    }
    try (RawWebSocket answer = post(host, "Origin: " + origin)) {
      assertEquals(may ? 201 : 403, answer.status());
    }
  }

  @Test
  void twoOriginsAreNone() {
    String own = "Origin: https://friend.example";
    String[] two = {own, "Origin: http://evil.example"};
    try (RawWebSocket answer = handshake(server, "localhost:PORT", two)) {
      assertEquals(403, answer.status());
    }
    try (RawWebSocket answer = post("localhost:PORT", two)) {
      assertEquals(403, answer.status());
    }
  }

  @Test
  void whoIsRefusedIsToldWhatToAllow() {
    try (RawWebSocket answer = handshake(server, "localhost:PORT", "Origin: http://Page.Example")) {
      assertEquals(403, answer.status());
      String body = answer.body();
      assertTrue(body.contains("; EndpointSettings.allowedOrigins http://page.example lets"), body);
    }
    try (RawWebSocket answer = handshake(server, "localhost:PORT", "Origin: gar\tbage")) {
      String body = answer.body();
      assertFalse(body.contains("bage"), body);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "127.0.0.1, 200",
    "[::1], 200",
    "192.168.0.7:8787, 200",
    "friend.example, 200",
    // A page has had its own name lead here: it could read what is said on this machine.
    "rebound.example, 403",
    "localhost.rebound.example, 403",
    "1.2.3.4.rebound.example, 403"
  })
  void onThisMachineTheServerAnswersToItsOwnNames(String host, int status) {
    try (RawWebSocket answer = request(server, "GET", "/room/r/messages", host)) {
      assertEquals(status, answer.status());
    }
    try (RawWebSocket answer = handshake(server, host)) {
      assertEquals(status == 200 ? 101 : 403, answer.status());
    }
  }

  @ParameterizedTest
  @CsvSource({
    // Nobody's word counts but the proxy's, which wrote what is last.
    // Who says nothing of where it comes from may be a browser there.
    "127.0.0.1, '', 403",
    "127.0.0.1, 203.0.113.9, 101",
    "127.0.0.1, unknown, 101",
    "10.0.0.0/8, 203.0.113.9, 403",
    "10.0.0.0/8, '', 403"
  })
  void behindATrustedProxyTheNameIsItsBusiness(String proxy, String forwardedFor, int status)
      throws IOException {
    try (TestServer behind =
            TestServer.start(rooms -> rooms, settings -> settings.trustedProxies(List.of(proxy)));
        RawWebSocket answer =
            handshake(
                behind,
                "chat.example",
                "Origin: https://chat.example",
                forwardedFor.isEmpty() ? "X-None: 1" : "X-Forwarded-For: " + forwardedFor)) {
      assertEquals(status, answer.status());
      if (status == 101) {
        answer.send("through the proxy");
        assertEquals("through the proxy", answer.receiveText());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    // Not of this machine, whatever it says of itself: its pages are not this machine's.
    "'127.0.0.1, 203.0.113.9', 403",
    "'127.0.0.1, 203.0.113.9, 127.0.0.1', 403",
    "'203.0.113.9, 127.0.0.1', 403",
    "'203.0.113.9:4711', 403",
    "'[2001:db8::1]:4711', 403",
    "'2001:db8::1', 403",
    // No address, and nobody asks a name server for it.
    "'999.1.1.1', 101",
    "'0:0:0:0:0:0:0:1', 101",
    "'[0:0:0:0:0:0:0:1]:4711', 101",
    "'::FFFF:127.0.0.1', 101",
    "'2001:0DB8:0:0:0:0:0:1', 403",
    "'2001:0DB8:0:0:0:0:0:1, 2001:0DB8:0:0:0:0:0:2', 403",
    "'127.0.0.1', 101"
  })
  void theLastAddressThatIsNoProxysIsTheClients(String forwardedFor, int status)
      throws IOException {
    try (TestServer behind =
            TestServer.start(
                rooms -> rooms, settings -> settings.trustedProxies(List.of("127.0.0.1")));
        RawWebSocket answer =
            handshake(
                behind,
                "localhost:PORT",
                "Origin: http://localhost:3000",
                "X-Forwarded-For: " + forwardedFor)) {
      assertEquals(status, answer.status());
    }
  }

  @Test
  void browsersShowAnswersToThePagesThatMayHaveThem() {
    try (RawWebSocket answer = post("localhost:PORT", "Origin: https://friend.example")) {
      assertEquals(
          Optional.of("https://friend.example"), answer.header("Access-Control-Allow-Origin"));
      assertEquals(Optional.of("Origin"), answer.header("Vary"));
    }
    try (RawWebSocket answer =
        request(server, "GET", "/room/r/messages", "localhost", "Origin: http://evil.example")) {
      assertEquals(200, answer.status());
      assertEquals(Optional.empty(), answer.header("Access-Control-Allow-Origin"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /room/a;b/messages, 400",
    "GET, /room/a%2Fb/messages, 400",
    "GET, /room/a%25b/messages, 400",
    "GET, /room//messages, 400",
    "GET, /room/%C3%28/messages, 400",
    "GET, /room/a%0Ab/messages, 400",
    "GET, /room/%7F/events, 400",
    "GET, /room/LONG/messages, 400",
    "GET, /room/a/messages?limit=x, 400",
    "GET, /room/a/messages?nothing, 400",
    "GET, /room/a/messages?limit=%zz, 400",
    "GET, /room/a/messages?after=eA, 400",
    "GET, /room/a/nothing, 404",
    "GET, /room/a, 404",
    "GET, /room/a/b/messages, 404",
    "GET, /rooms/a, 404",
    "GET, /room, 404",
    "PUT, /room/a/messages, 405",
    "DELETE, /rooms, 405",
    "POST, /room/a/messages, 415",
    "GET, /room/a/websocket, 426",
    "GET, /room/a;b/websocket, 400"
  })
  void browsersShowErrorsToThePagesThatMayHaveThem(String method, String path, int status) {
    String asked = path.replace("LONG", "a".repeat(129));
    String[] headers = {"Origin: https://friend.example", "Content-Length: 0"};
    try (RawWebSocket answer = request(server, method, asked, "localhost:PORT", headers)) {
      assertEquals(status, answer.status());
      assertEquals(
          Optional.of("https://friend.example"), answer.header("Access-Control-Allow-Origin"));
      assertEquals(Optional.of("Origin"), answer.header("Vary"));
    }
    headers[0] = "Origin: http://evil.example";
    try (RawWebSocket answer = request(server, method, asked, "localhost:PORT", headers)) {
      assertEquals(Optional.empty(), answer.header("Access-Control-Allow-Origin"));
    }
  }

  @ParameterizedTest
  @CsvSource({"https://friend.example, 204", "http://evil.example, 403"})
  void browsersMayAskFirst(String origin, int status) {
    try (RawWebSocket answer =
        request(
            server,
            "OPTIONS",
            "/room/r/messages",
            "localhost:PORT",
            "Origin: " + origin,
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: authorization")) {
      assertEquals(status, answer.status());
      List<String> allowed =
          List.of(answer.header("Access-Control-Allow-Headers").orElse("").split(", ", -1));
      // What fetch, the page, and polyfills of EventSource send.
      for (String header :
          List.of(
              "Authorization",
              "Chat-Authorization",
              "Idempotency-Key",
              "Last-Event-ID",
              "Cache-Control",
              "X-Requested-With")) {
        assertEquals(status == 204, allowed.contains(header), header);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0",
        "10",
        "localhost",
        "chat.example",
        "",
        "10.0.0.0/33",
        "10.0.0.0/",
        "/8",
        "::1/129",
        "256.0.0.1",
        "10.0.0.1-10.0.0.9",
        "127.0.0.1:80",
        "[::1]"
      })
  void whatIsNoAddressIsNoProxy(String proxy) {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> ChatServer.of(server.rooms()).trustedProxies(List.of(proxy)));
    assertEquals("not an address or a network, such as 10.0.0.0/8: " + proxy, refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "10.0.0.0/8", "::1", "2001:DB8:0:0:0:0:0:0/32", "fd00::/8"})
  void addressesAndNetworksAreProxies(String proxy) {
    ChatServer.of(server.rooms()).trustedProxies(List.of(proxy));
  }

  @ParameterizedTest
  @ValueSource(strings = {"friend.example", "https://friend.example/", "null", "https://", "*"})
  void whatIsNoOriginCannotBeListed(String origin) {
    assertThrows(
        IllegalArgumentException.class,
        () -> EndpointSettings.DEFAULT.allowedOrigins(List.of(origin)));
  }
}
