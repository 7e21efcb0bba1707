package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.LogLines;
import io.durablechat.gateway.limits.Limit;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.jetty.RawWebSocket.Frame;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rooms as a servlet, in each container. */
@Timeout(60)
final class ChatServletTest {
  private static final EndpointSettings UNLIMITED =
      EndpointSettings.DEFAULT.limits(Limits.OFF).publicRooms(List.of(RoomName.of("general")));

  private final LocalBroadcaster log = LocalBroadcaster.inMemory();
  private final RoomDirectory rooms = RoomDirectory.on(log).maxMessageBytes(100_000).open();
  private ChatServlet servlet;
  private ServletHost host;

  /** A container, and where the servlet is in it. */
  enum Place {
    TOMCAT_ROOT(ServletHost.Kind.TOMCAT, "", "/*", ""),
    TOMCAT_BELOW(ServletHost.Kind.TOMCAT, "/app", "/chat/*", "/app/chat"),
    EE10_BELOW(ServletHost.Kind.JETTY_EE10, "", "/api/v2/*", "/api/v2"),
    EE11_ROOT(ServletHost.Kind.JETTY_EE11, "", "/*", ""),
    EE11_BELOW(ServletHost.Kind.JETTY_EE11, "/app", "/chat/*", "/app/chat");

    private final ServletHost.Kind kind;
    private final String contextPath;
    private final String pattern;
    private final String base;

    Place(ServletHost.Kind kind, String contextPath, String pattern, String base) {
      this.kind = kind;
      this.contextPath = contextPath;
      this.pattern = pattern;
      this.base = base;
    }
  }

  private void start(Place place) {
    start(place, UNLIMITED);
  }

  private void start(Place place, EndpointSettings settings) {
    servlet = new ChatServlet(rooms, settings);
    host =
        ServletHost.of(servlet).contextPath(place.contextPath).at(place.pattern).start(place.kind);
  }

  @AfterEach
  void stop() {
    host.close();
    rooms.close();
    log.close();
  }

  private RawWebSocket open(String path, String... headers) {
    return RawWebSocket.open(host.port(), path, List.of(headers));
  }

  private RawWebSocket chatV1(String path) {
    return open(path, "Sec-WebSocket-Protocol: chat.v1");
  }

  private RawWebSocket ask(String line, String... headers) {
    List<String> lines = new ArrayList<>();
    lines.add(line + " HTTP/1.1");
    lines.add("Host: localhost:" + host.port());
    lines.addAll(List.of(headers));
    return RawWebSocket.request(host.port(), lines);
  }

  private RawWebSocket post(String path, String body, String... headers) {
    List<String> lines = new ArrayList<>();
    lines.add("POST " + path + " HTTP/1.1");
    lines.add("Host: localhost:" + host.port());
    lines.add("Content-Type: text/plain");
    lines.add("Content-Length: " + body.getBytes(UTF_8).length);
    lines.addAll(List.of(headers));
    return RawWebSocket.request(host.port(), lines, body.getBytes(UTF_8));
  }

  private static JsonObject json(RawWebSocket answer) {
    return JsonParser.parseString(
            new String(answer.body().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), UTF_8))
        .getAsJsonObject();
  }

  @ParameterizedTest
  @EnumSource
  void plainClientsChat(Place place) {
    start(place);
    String room = place.base + "/room/caf%C3%A9/websocket";
    try (RawWebSocket ann = open(room);
        RawWebSocket bob = open(room)) {
      bob.send("here");
      assertEquals("here", bob.receiveText());
      byte[] data = new byte[60_000];
      data[59_999] = 7;
      for (int i = 0; i < 300; i++) {
        ann.send("text " + i);
      }
      ann.send(data);
      for (int i = 0; i < 300; i++) {
        assertEquals("text " + i, bob.receiveText());
      }
      Frame binary = bob.receive();
      assertEquals(RawWebSocket.BINARY, binary.opCode());
      assertEquals(ByteBuffer.wrap(data), binary.payload());
      bob.send(true, RawWebSocket.PING, new byte[] {1});
      assertEquals(RawWebSocket.PONG, bob.receive().opCode());
      bob.send(true, RawWebSocket.CLOSE, new byte[] {3, (byte) 0xe8});
      assertEquals(1000, bob.receive().closeCode());
      assertTrue(rooms.isAwake(RoomName.of("caf\u00e9")));
    }
  }

  @ParameterizedTest
  @EnumSource
  void chatV1IsSpokenAndResumed(Place place) {
    start(place);
    String path = place.base + "/room/r/websocket";
    String cursor;
    try (RawWebSocket ann = chatV1(path)) {
      ann.send("{\"type\":\"hello\",\"name\":\"Ann\"}");
      JsonObject welcome = JsonParser.parseString(ann.receiveText()).getAsJsonObject();
      assertEquals("welcome", welcome.get("type").getAsString());
      cursor = welcome.get("cursor").getAsString();
      ann.send("{\"type\":\"publish\",\"id\":\"1\",\"text\":\"hello\"}");
      awaitText(ann, "\"type\":\"ok\"");
    }
    try (RawWebSocket again = chatV1(path)) {
      again.send("{\"type\":\"hello\",\"cursor\":\"" + cursor + "\"}");
      awaitText(again, "\"text\":\"hello\"");
    }
  }

  private static void awaitText(RawWebSocket client, String text) {
    StringBuilder said = new StringBuilder();
    while (said.indexOf(text) < 0) {
      said.append(client.receiveText()).append('\n');
    }
  }

  @ParameterizedTest
  @EnumSource
  void messagesAreReadAndPostedOverHttp(Place place) {
    start(place);
    String path = place.base + "/room/general/messages";
    try (RawWebSocket posted = post(path, "h\u00e9llo")) {
      assertEquals(201, posted.status(), posted.head());
      assertEquals(1, json(posted).get("seq").getAsLong());
    }
    try (RawWebSocket read = ask("GET " + path + "?limit=10")) {
      assertEquals(200, read.status(), read.head());
      assertEquals(Optional.of("application/json"), read.header("Content-Type"));
      assertTrue(json(read).toString().contains("h\u00e9llo"));
    }
    try (RawWebSocket head = ask("HEAD " + path, "Connection: close")) {
      assertEquals(200, head.status(), head.head());
      assertTrue(head.header("Content-Length").isPresent(), head.head());
      assertEquals("", head.readToEnd());
    }
    try (RawWebSocket list = ask("GET " + place.base + "/rooms")) {
      assertEquals(200, list.status(), list.head());
      JsonObject room = json(list).getAsJsonArray("rooms").get(0).getAsJsonObject();
      assertEquals(path, room.get("messages").getAsString());
    }
    try (RawWebSocket unknown = ask("GET " + path + "?lmiit=10")) {
      assertEquals(400, unknown.status());
    }
    try (RawWebSocket unreadable = ask("GET " + path + "?limit=%zz")) {
      assertEquals(400, unreadable.status());
    }
  }

  @ParameterizedTest
  @EnumSource
  void bodiesThatComeInPiecesAreRead(Place place) {
    start(place);
    String path = place.base + "/room/r/messages";
    List<String> lines =
        List.of(
            "POST " + path + " HTTP/1.1",
            "Host: localhost:" + host.port(),
            "Content-Type: text/plain",
            "Expect: 100-continue",
            "Transfer-Encoding: chunked");
    // The head of the first answer: go on.
    try (RawWebSocket slow = RawWebSocket.request(host.port(), lines)) {
      assertEquals(100, slow.status());
      for (String piece : List.of("3\r\nabc\r\n", "3\r\ndef\r\n", "0\r\n\r\n")) {
        slow.write(piece.getBytes(UTF_8), piece.length());
      }
      assertTrue(slow.readUntil("\r\n").startsWith("HTTP/1.1 201"));
    }
    assertEquals("abcdef", lastMessage("r"));
  }

  private String lastMessage(String room) {
    return rooms
        .room(RoomName.of(room))
        .history(io.durablechat.core.Range.last(1))
        .toCompletableFuture()
        .join()
        .entries()
        .get(0)
        .text();
  }

  @ParameterizedTest
  @EnumSource
  void pagesOfListedOriginsAreAnswered(Place place) {
    start(place, UNLIMITED.allowedOrigins(List.of("https://app.example")));
    String path = place.base + "/room/r/messages";
    try (RawWebSocket preflight =
        ask(
            "OPTIONS " + path,
            "Origin: https://app.example",
            "Access-Control-Request-Method: POST")) {
      assertEquals(204, preflight.status(), preflight.head());
      assertEquals(
          Optional.of("https://app.example"), preflight.header("Access-Control-Allow-Origin"));
      assertEquals(
          Optional.of("GET, HEAD, POST"), preflight.header("Access-Control-Allow-Methods"));
    }
    try (RawWebSocket foreign = post(path, "x", "Origin: https://evil.example")) {
      assertEquals(403, foreign.status());
      assertEquals(Optional.of("Origin"), foreign.header("Vary"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void handshakesAreRefusedWithAStatusAndALine(Place place) {
    start(place);
    String path = place.base + "/room/r/websocket";
    try (RawWebSocket foreign =
        RawWebSocket.handshake(host.port(), path, List.of("Origin: http://evil.example"))) {
      assertEquals(403, foreign.status());
      assertTrue(foreign.body().contains("pages of another origin"));
    }
    try (RawWebSocket wrong =
        RawWebSocket.handshake(host.port(), path, List.of("Sec-WebSocket-Protocol: other"))) {
      assertEquals(400, wrong.status());
      assertTrue(wrong.body().contains("no known subprotocol"));
    }
    try (RawWebSocket get = ask("GET " + path)) {
      assertEquals(426, get.status());
      assertEquals(Optional.of("websocket"), get.header("Upgrade"));
    }
    try (RawWebSocket name =
        RawWebSocket.handshake(host.port(), place.base + "/room/a%01b/websocket", List.of())) {
      assertEquals(400, name.status());
    }
    try (RawWebSocket parameter =
        RawWebSocket.handshake(host.port(), place.base + "/room/a;x=1/websocket", List.of())) {
      assertEquals(400, parameter.status());
    }
    try (RawWebSocket nowhere = ask("GET " + place.base + "/room/r/nothing")) {
      assertEquals(404, nowhere.status());
    }
    try (RawWebSocket bytes = ask("GET " + place.base + "/room/a%FFb/messages")) {
      assertTrue(bytes.status() == 404 || bytes.status() == 400, bytes.head());
    }
  }

  @ParameterizedTest
  @EnumSource
  void messagesThatAreTooLargeEndTheConnection(Place place) {
    start(place);
    try (RawWebSocket client = open(place.base + "/room/r/websocket")) {
      client.send(new byte[100_001]);
      assertEquals(1009, client.receive().closeCode());
    }
  }

  @ParameterizedTest
  @EnumSource
  void addressesAreHeldToTheirLimits(Place place) {
    start(
        place,
        EndpointSettings.DEFAULT.limits(Limits.of(Map.of(Limit.SESSIONS_PER_ADDRESS.key(), "2"))));
    String path = place.base + "/room/r/websocket";
    try (RawWebSocket one = open(path);
        RawWebSocket two = open(path)) {
      one.send("a");
      assertEquals("a", one.receiveText());
      assertEquals("a", two.receiveText());
      try (RawWebSocket three = RawWebSocket.handshake(host.port(), path, List.of())) {
        assertEquals(429, three.status(), three.head());
        assertTrue(three.header("Retry-After").isPresent());
      }
    }
  }

  private RawWebSocket events(String path) {
    RawWebSocket events = ask("GET " + path + "/events");
    assertEquals(200, events.status(), events.head());
    assertEquals(Optional.of("text/event-stream"), events.header("Content-Type"));
    events.readUntil("event: welcome");
    return events;
  }

  @ParameterizedTest
  @EnumSource
  void readersOfEventsComeAndGo(Place place) throws InterruptedException {
    start(place);
    String path = place.base + "/room/r";
    try (RawWebSocket speaker = open(path + "/websocket");
        RawWebSocket stays = events(path)) {
      RawWebSocket closes = events(path);
      RawWebSocket killed = events(path);
      speaker.send("hello");
      for (RawWebSocket reader : List.of(stays, closes, killed)) {
        reader.readUntil("\"text\":\"hello\"");
      }
      assertEquals(4, servlet.connections());
      closes.close();
      killed.vanish();
      // Containers notice when they write.
      for (int i = 0; servlet.connections() > 2; i++) {
        speaker.send("more " + i);
        stays.readUntil("\"text\":\"more " + i + "\"");
      }
      speaker.send("bye");
      stays.readUntil("\"text\":\"bye\"");
    }
  }

  @ParameterizedTest
  @EnumSource
  void readersWhoComeAfterTheEndAreToldToComeBack(Place place) {
    start(place);
    servlet.close();
    RawWebSocket late = ask("GET " + place.base + "/room/r/events");
    late.readUntil("event: bye");
    late.readUntil("1001");
  }

  @ParameterizedTest
  @EnumSource(ServletHost.Kind.class)
  void readersWhoseAnswerCannotBeBegunAreNoMembers(ServletHost.Kind kind)
      throws InterruptedException {
    ChatService service = new ChatService(rooms, UNLIMITED);
    servlet = new ChatServlet(service);
    Filter written =
        (request, response, chain) ->
            chain.doFilter(
                request,
                new HttpServletResponseWrapper((HttpServletResponse) response) {
                  @Override
                  public ServletOutputStream getOutputStream() {
                    throw new IllegalStateException("a filter has begun to write");
                  }
                });
    host = ServletHost.of(servlet).at("/*").behind(written).start(kind);
    assertEquals(500, ask("GET /room/r/events").status());
    service.awaitNone(Duration.ofSeconds(20));
    assertEquals(0, servlet.connections());
  }

  @ParameterizedTest
  @EnumSource
  void readersThatReadNothingAreCut(Place place) {
    start(place, UNLIMITED.writeStall(Duration.ofSeconds(1)));
    String path = place.base + "/room/r";
    try (RawWebSocket speaker = open(path + "/websocket");
        RawWebSocket reader = events(path)) {
      String much = "x".repeat(8_000);
      while (servlet.connections() > 1) {
        speaker.send(much);
        assertEquals(much, speaker.receiveText());
      }
      assertTrue(reader.isCut());
      speaker.send("the room goes on");
      assertEquals("the room goes on", speaker.receiveText());
    }
  }

  @ParameterizedTest
  @EnumSource(ServletHost.Kind.class)
  void filtersOfTheApplicationGuardTheRooms(ServletHost.Kind kind) {
    servlet = new ChatServlet(rooms, UNLIMITED);
    host =
        ServletHost.of(servlet)
            .at("/room/*", "/rooms")
            .behind(
                (request, response, chain) -> {
                  if ("open sesame".equals(((HttpServletRequest) request).getHeader("X-Word"))) {
                    chain.doFilter(request, response);
                  } else {
                    ((HttpServletResponse) response).sendError(401);
                  }
                })
            .start(kind);
    try (RawWebSocket stranger =
            RawWebSocket.handshake(host.port(), "/room/r/websocket", List.of());
        RawWebSocket asking = ask("GET /rooms");
        RawWebSocket friend = open("/room/r/websocket", "X-Word: open sesame");
        RawWebSocket list = ask("GET /rooms", "X-Word: open sesame")) {
      assertEquals(401, stranger.status());
      assertEquals(401, asking.status());
      assertEquals(200, list.status());
      assertTrue(json(list).toString().contains("\"/room/general/websocket\""));
      friend.send("in");
      assertEquals("in", friend.receiveText());
    }
  }

  @ParameterizedTest
  @EnumSource(ServletHost.Kind.class)
  void aFilterWithoutAsyncSupportIsNamedInOneLine(ServletHost.Kind kind) {
    servlet = new ChatServlet(rooms, UNLIMITED);
    try (LogLines lines = LogLines.of(ChatServlet.class)) {
      host =
          ServletHost.of(servlet)
              .at("/*")
              .behind((request, response, chain) -> chain.doFilter(request, response))
              .withoutAsyncFilters()
              .start(kind);
      for (int i = 0; i < 2; i++) {
        try (RawWebSocket answer = ask("GET /rooms")) {
          assertEquals(500, answer.status());
        }
      }
      assertEquals(1, lines.all().size(), lines.all()::toString);
      assertTrue(lines.all().get(0).contains("does not support asynchronous"));
    }
    try (RawWebSocket client = open("/room/r/websocket")) {
      client.send("WebSockets need none");
      assertEquals("WebSockets need none", client.receiveText());
    }
  }

  @ParameterizedTest
  @EnumSource
  void allAreAnsweredAndToldWhenToComeBackWhenTheContextStops(Place place)
      throws InterruptedException {
    start(place);
    String path = place.base + "/room/r";
    try (RawWebSocket plain = open(path + "/websocket");
        RawWebSocket ann = chatV1(path + "/websocket");
        RawWebSocket reader = events(path)) {
      plain.send("here");
      assertEquals("here", plain.receiveText());
      ann.send("{\"type\":\"hello\"}");
      assertTrue(ann.receiveText().contains("\"type\":\"welcome\""));
      ann.send("{\"type\":\"publish\",\"id\":\"1\",\"text\":\"said\"}");
      assertEquals("said", plain.receiveText());
      host.stopContext();
      StringBuilder told = new StringBuilder();
      Frame frame = ann.receive();
      while (frame.opCode() == RawWebSocket.TEXT) {
        told.append(frame.text()).append('\n');
        frame = ann.receive();
      }
      assertEquals(1001, frame.closeCode(), told::toString);
      assertTrue(told.indexOf("\"type\":\"ok\",\"id\":\"1\"") >= 0, told.toString());
      assertTrue(told.indexOf("\"type\":\"bye\"") >= 0, told.toString());
      assertEquals(1001, plain.receive().closeCode());
      reader.readUntil("event: bye");
      reader.readUntil("\r\n0\r\n\r\n");
      assertEquals(0, servlet.connections());
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().equals("chat-connections")) {
          thread.join(20_000);
          assertFalse(thread.isAlive());
        }
      }
    }
  }
}
