package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.durablechat.core.CloseReason;
import io.durablechat.core.RoomName;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.auth.RoomRules;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.jetty.RawWebSocket.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What somebody over a limit is told, by every way in. */
final class LimitsTest {
  private TestServer server;

  private void start(String... limits) throws IOException {
    Map<String, String> all = new TreeMap<>();
    for (String limit : limits) {
      String[] parts = limit.split("=", 2);
      all.put(parts[0], parts[1]);
    }
    server =
        TestServer.start(
            rooms -> rooms, s -> s.endpoint(EndpointSettings.DEFAULT.limits(Limits.of(all))));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RawWebSocket request(String method, String path) {
    return RawWebSocket.request(
        server.port(),
        List.of(
            method + " " + path + " HTTP/1.1",
            "Host: localhost",
            "Content-Type: text/plain",
            "Content-Length: 0"));
  }

  private RawWebSocket handshake(String room) {
    return RawWebSocket.handshake(server.port(), "/room/" + room + "/websocket", List.of());
  }

  /** With its session, which may begin after the handshake is answered. */
  private RawWebSocket joined(String room) {
    RawWebSocket socket = handshake(room);
    socket.send("here");
    socket.receiveText();
    return socket;
  }

  private static void assertLimited(int status, RawWebSocket answer) {
    try (answer) {
      assertEquals(status, answer.status());
      assertTrue(Integer.parseInt(answer.header("Retry-After").orElse("0")) > 0);
    }
  }

  @Test
  void chatV1IsToldWhenToTryAgainAndTheSessionGoesOn() throws IOException {
    start("publishes-per-session=1/min burst 2");
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.say("{'type':'hello'}").next("welcome");
      ann.next("live");
      for (int i = 0; i < 3; i++) {
        ann.say("{'type':'publish','id':'" + i + "','text':'x'}");
      }
      JsonObject error = ann.await("error");
      assertEquals("rate_limited", error.get("code").getAsString());
      assertEquals("2", error.get("id").getAsString());
      assertTrue(error.get("retryAfter").getAsLong() > 1000, error::toString);
      ann.await("ok");
      ann.await("ok");
      ann.say("{'type':'ping'}");
      ann.await("pong");
    }
  }

  @Test
  void whoGoesOnOverTheLimitIsReadFromMoreSlowly() throws IOException {
    start("publishes-per-session=1/min burst 2");
    try (JsonClient flood = new JsonClient(server, "r");
        JsonClient ann = new JsonClient(server, "r")) {
      flood.say("{'type':'hello'}").next("welcome");
      StringBuilder frame = new StringBuilder();
      for (int i = 0; i < 1000; i++) {
        frame.append("{'type':'publish','id':'").append(i).append("','text':'x'}\n");
      }
      flood.say(frame.toString());
      flood.await("error");
      ann.say("{'type':'hello'}").next("welcome");
      ann.next("live");
      ann.say("{'type':'publish','id':'1','text':'y'}");
      ann.await("ok");
      // It is refused a few times a second, where all at once would take some milliseconds.
      flood.await("error");
      server.server().stop(CloseReason.RESTART, Duration.ofSeconds(1));
      JsonObject next = flood.next();
      int refused = 2;
      while (!next.get("type").getAsString().equals("bye")) {
        refused += next.get("type").getAsString().equals("error") ? 1 : 0;
        next = flood.next();
      }
      assertTrue(refused < 500, refused + " refused at once");
    }
  }

  @Test
  void whatCannotBeReadIsLimitedToo() throws IOException {
    // Hello, and what cannot be read, weigh two.
    start("requests-per-session=1/min burst 8");
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.say("{'type':'hello'}\nnot JSON\nnot JSON\nnot JSON\n{'type':'ping'}");
      ann.await("welcome");
      for (int i = 0; i < 3; i++) {
        assertEquals("bad_request", ann.await("error").get("code").getAsString());
      }
      assertEquals("rate_limited", ann.await("error").get("code").getAsString());
    }
  }

  @Test
  void whatElseIsAskedForIsLimitedToo() throws IOException {
    start("requests-per-session=1/min burst 4");
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.say("{'type':'hello'}\n{'type':'ping'}\n{'type':'ping'}\n{'type':'ping'}");
      assertEquals("rate_limited", ann.await("error").get("code").getAsString());
      ann.say("{'type':'publish','id':'1','text':'x'}");
      ann.await("ok");
    }
  }

  /** A connection has one request at a time: who goes on at once waits for each answer. */
  @Test
  void whoGoesOnOverTheLimitIsAnsweredLater() throws IOException {
    start("requests-per-address=1/min burst 1");
    request("GET", "/room/r/messages").close();
    String get = "GET /room/r/messages HTTP/1.1\r\nHost: localhost\r\n\r\n";
    try (RawWebSocket flood =
        RawWebSocket.request(
            server.port(),
            List.of("GET /room/r/messages HTTP/1.1", "Host: localhost"),
            get.repeat(500).getBytes(StandardCharsets.US_ASCII))) {
      assertEquals(429, flood.status());
      assertEquals(200, request("GET", "/healthz").status());
      flood.readUntil("HTTP/1.1 429 ");
      server.server().stop(CloseReason.RESTART, Duration.ofSeconds(1));
      int answered = flood.readToEnd().split("HTTP/1.1 429 ", -1).length + 1;
      assertTrue(answered < 100, answered + " answered of 500 that were sent at once");
    }
  }

  @Test
  void aPlainSessionIsClosedAndMayComeBack() throws IOException {
    start("publishes-per-session=1/min burst 2");
    try (RawWebSocket plain = server.plain("r")) {
      for (int i = 0; i < 3; i++) {
        plain.send("x");
      }
      Frame frame = plain.receive();
      while (frame.opCode() == RawWebSocket.TEXT) {
        frame = plain.receive();
      }
      assertEquals(1013, frame.closeCode());
    }
  }

  @Test
  void sessionsOfOneAddressAreLimited() throws IOException {
    start("sessions-per-address=2");
    RawWebSocket first = joined("r");
    try (RawWebSocket second = joined("r")) {
      assertEquals(101, second.status());
      assertLimited(429, handshake("r"));
      assertLimited(429, request("GET", "/room/r/events"));
      first.close();
      assertEquals(101, awaitRoom().status());
    }
  }

  /** Its session may be counted for a moment after a client has gone. */
  private RawWebSocket awaitRoom() {
    RawWebSocket answer = handshake("r");
    while (answer.status() == 429) {
      answer = handshake("r");
    }
    return answer;
  }

  @Test
  void theServerHasRoomForSoMany() throws IOException {
    start("sessions=1");
    try (RawWebSocket first = joined("r")) {
      assertEquals(101, first.status());
      assertLimited(503, handshake("r"));
    }
  }

  @Test
  void joiningIsLimited() throws IOException {
    start("joins-per-address=1/min burst 2");
    handshake("r").close();
    handshake("r").close();
    assertLimited(429, handshake("r"));
  }

  @Test
  void namingRoomsIsLimited() throws IOException {
    start("rooms-per-address=1/min burst 2");
    try (RawWebSocket one = joined("one");
        RawWebSocket again = handshake("one")) {
      assertEquals(101, one.status());
      assertEquals(101, again.status());
      assertEquals(201, request("POST", "/room/two/messages").status());
      try (RawWebSocket third = handshake("three")) {
        assertEquals(1013, third.receive().closeCode());
      }
      assertLimited(429, request("POST", "/room/three/messages"));
      assertEquals(200, request("GET", "/room/three/messages").status(), "reading wakes nobody");
    }
  }

  @Test
  void whoMayNotBeThereDoesNotLearnByALimitWhichRoomsAreAwake() throws IOException {
    RoomRules rules =
        RoomRules.parse(
            """
            [{"rooms": "open-*", "may": ["join", "read", "publish"]},
             {"rooms": "closed-*", "may": []}]""");
    Limits limits = Limits.of(Map.of("rooms-per-address", "1/min burst 1"));
    server =
        TestServer.start(
            rooms -> rooms, s -> s.endpoint(EndpointSettings.DEFAULT.limits(limits).rules(rules)));
    server.rooms().room(RoomName.of("closed-awake")).members().toCompletableFuture().join();
    try (RawWebSocket first = joined("open-1");
        RawWebSocket over = handshake("open-2");
        RawWebSocket awake = handshake("closed-awake");
        RawWebSocket asleep = handshake("closed-asleep")) {
      assertEquals(101, first.status());
      assertEquals(1013, over.receive().closeCode());
      assertEquals(4503, awake.receive().closeCode());
      assertEquals(4503, asleep.receive().closeCode());
    }
  }

  @Test
  void requestsAreLimited() throws IOException {
    start("requests-per-address=1/min burst 2", "publishes-per-address=1/min burst 1");
    assertEquals(201, request("POST", "/room/r/messages").status());
    RawWebSocket over = request("POST", "/room/r/messages");
    assertEquals(Optional.of("application/problem+json"), over.header("Content-Type"));
    assertLimited(429, over);
    assertLimited(429, request("GET", "/room/r/messages"));
  }
}
