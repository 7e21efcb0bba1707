package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.auth.Guests;
import io.durablechat.gateway.auth.RoomRules;
import io.durablechat.jwt.JwtAuthenticator;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what, by every way in. */
final class AccessTest {
  private static final byte[] SECRET = "a secret that is as long as it must be".getBytes(UTF_8);
  private static final String KEY = "0123456789abcdefghijkl";
  private static final RoomRules RULES =
      RoomRules.parse(
          """
          [{"who": "guests", "rooms": "lobby", "may": ["join", "read", "publish"]},
           {"who": "guests", "rooms": "news", "may": ["join", "read"]},
           {"who": "guests", "rooms": "letters", "may": ["publish"]},
           {"who": "users", "rooms": "*", "may": ["join", "read", "publish"]}]""");

  private final JwtAuthenticator tokens = JwtAuthenticator.secret(SECRET).build();
  private TestServer server;

  private void start(UnaryOperator<EndpointSettings> settings) throws IOException {
    EndpointSettings endpoint =
        settings.apply(EndpointSettings.DEFAULT.authenticator(tokens).cookie("chat").rules(RULES));
    server = TestServer.start(rooms -> rooms, s -> s.endpoint(endpoint));
  }

  @AfterEach
  void stop() {
    server.close();
    tokens.close();
  }

  private static String token(String subject) {
    return token(subject, "Ann", Instant.now().plusSeconds(3600));
  }

  private static String token(String subject, String name, Instant expires) {
    try {
      SignedJWT jwt =
          new SignedJWT(
              new JWSHeader(JWSAlgorithm.HS256),
              new JWTClaimsSet.Builder()
                  .subject(subject)
                  .claim("name", name)
                  .expirationTime(Date.from(expires))
                  .build());
      jwt.sign(new MACSigner(SECRET));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private JsonClient client(String room) {
    return new JsonClient(server, room);
  }

  private RawWebSocket get(String path, String... headers) {
    List<String> lines = new ArrayList<>(List.of("GET " + path + " HTTP/1.1", "Host: localhost"));
    lines.addAll(List.of(headers));
    return RawWebSocket.request(server.port(), lines);
  }

  private RawWebSocket post(String room, String... headers) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "POST /room/" + room + "/messages HTTP/1.1",
                "Host: localhost",
                "Content-Type: text/plain",
                "Content-Length: 0"));
    lines.addAll(List.of(headers));
    return RawWebSocket.request(server.port(), lines);
  }

  private static void assertBye(int code, boolean comesBack, JsonClient client) {
    JsonObject bye = client.next("bye");
    assertEquals(code, bye.get("code").getAsInt(), bye::toString);
    assertEquals(comesBack, bye.get("reconnect").getAsBoolean());
    assertEquals(code, client.socket.receive().closeCode());
  }

  @Test
  void aTokenSaysWhoOneIsAndUnderWhichName() throws IOException {
    start(s -> s);
    try (JsonClient ann = client("team")) {
      ann.say("{'type':'hello','name':'Not Ann','token':'" + token("ann") + "'}");
      JsonObject welcome = ann.next("welcome");
      assertEquals("{\"id\":\"user:ann\",\"name\":\"Ann\"}", welcome.get("you").toString());
      assertEquals("[\"join\",\"read\",\"publish\"]", welcome.get("may").toString());
      ann.next("live");
      ann.say("{'type':'rename','id':'1','name':'Bob'}");
      assertEquals("forbidden", ann.next("error").get("code").getAsString());
    }
  }

  @Test
  void whatFollowsHelloWaitsForIt() throws IOException {
    start(s -> s);
    try (JsonClient ann = client("team")) {
      ann.say(
          "{'type':'hello','token':'"
              + token("ann")
              + "'}\n{'type':'publish','id':'1','text':'one'}\n{'type':'publish','id':'2','text':'two'}");
      ann.say("{'type':'publish','id':'3','text':'three'}");
      ann.next("welcome");
      for (String text : List.of("one", "two", "three")) {
        assertEquals(text, ann.await("message").get("text").getAsString());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"garbage", "a.b.c", ""})
  void aTokenThatIsNotBelievedEndsTheSession(String token) throws IOException {
    start(s -> s);
    try (JsonClient client = client("lobby")) {
      client.say("{'type':'hello','token':'" + token + "'}");
      assertBye(4501, false, client);
    }
  }

  @Test
  void anExpiredTokenDoesNotLetIn() throws IOException {
    start(s -> s);
    try (JsonClient client = client("lobby")) {
      client.say(
          "{'type':'hello','token':'" + token("a", "A", Instant.now().minusSeconds(3600)) + "'}");
      assertBye(4501, false, client);
    }
  }

  @Test
  void theHandshakeMayShowTheToken() throws IOException {
    start(s -> s);
    for (String header :
        List.of(
            "Authorization: Bearer " + token("ann"),
            "Cookie: other=1; chat=" + token("ann") + "; last=2")) {
      try (RawWebSocket socket =
          RawWebSocket.open(
              server.port(),
              "/room/team/websocket",
              List.of("Sec-WebSocket-Protocol: chat.v1", header))) {
        socket.send("{\"type\":\"hello\"}");
        String welcome = socket.receiveText();
        assertTrue(welcome.contains("user:ann"), welcome);
      }
    }
  }

  @Test
  void plainClientsAreKnownByTheirHandshake() throws IOException {
    start(s -> s);
    try (RawWebSocket ann =
            RawWebSocket.open(
                server.port(),
                "/room/team/websocket",
                List.of("Authorization: Bearer " + token("ann")));
        RawWebSocket guest = RawWebSocket.plain(server.port(), "team")) {
      ann.send("hello");
      assertEquals("hello", ann.receiveText());
      assertEquals(4503, guest.receive().closeCode());
    }
    try (RawWebSocket nobody =
        RawWebSocket.open(
            server.port(), "/room/team/websocket", List.of("Authorization: Bearer x"))) {
      assertEquals(4501, nobody.receive().closeCode());
    }
  }

  @Test
  void readersReadAndCannotSpeak() throws IOException {
    start(s -> s);
    try (JsonClient guest = client("news");
        RawWebSocket plain = RawWebSocket.plain(server.port(), "news")) {
      guest.say("{'type':'hello'}");
      assertEquals("[\"join\",\"read\"]", guest.next("welcome").get("may").toString());
      guest.next("live");
      guest.say("{'type':'publish','id':'1','text':'x'}");
      assertEquals("forbidden", guest.next("error").get("code").getAsString());
      assertEquals(201, post("news", "Authorization: Bearer " + token("ann")).status());
      assertEquals("", guest.next("message").get("text").getAsString());
      assertEquals("", plain.receiveText());
      plain.send("x");
      assertEquals(1008, plain.receive().closeCode());
    }
    assertEquals(200, get("/room/news/messages").status());
    assertEquals(403, post("news").status());
  }

  @Test
  void whoMayOnlySpeakHearsNothing() throws IOException {
    start(s -> s);
    assertEquals(201, post("letters").status());
    assertEquals(403, get("/room/letters/messages").status());
    assertEquals(403, get("/room/letters/events").status());
    try (JsonClient guest = client("letters")) {
      guest.say("{'type':'hello'}");
      assertBye(4503, false, guest);
    }
  }

  /** A room that is not there looks like one that is. */
  @ParameterizedTest
  @CsvSource({"team", "never-named"})
  void whatIsNotAllowedDoesNotShow(String room) throws IOException {
    start(s -> s);
    assertEquals(201, post("team", "Authorization: Bearer " + token("ann")).status());
    String refusal = get("/room/" + room + "/messages").body();
    assertEquals(get("/room/other/messages").body(), refusal);
    assertEquals(403, get("/room/" + room + "/events").status());
    try (JsonClient guest = client(room)) {
      guest.say("{'type':'hello'}");
      assertBye(4503, false, guest);
    }
    assertEquals(
        List.of(),
        server.rooms().awake().stream().filter(r -> r.value().equals("never-named")).toList());
  }

  @Test
  void withoutGuestsEverybodyShowsAToken() throws IOException {
    start(s -> s.guests(Guests.DENY));
    assertEquals(401, get("/room/lobby/messages").status());
    assertEquals(401, get("/room/lobby/messages", "Authorization: Guest " + KEY).status());
    assertEquals(401, get("/room/lobby/messages", "Authorization: Bearer garbage").status());
    assertEquals(
        200, get("/room/lobby/messages", "Authorization: Bearer " + token("ann")).status());
    assertEquals(200, get("/room/lobby/messages", "Cookie: chat=" + token("ann")).status());
    try (RawWebSocket plain = RawWebSocket.plain(server.port(), "lobby")) {
      assertEquals(4501, plain.receive().closeCode());
    }
    try (JsonClient guest = client("lobby")) {
      guest.say("{'type':'hello','key':'" + KEY + "'}");
      assertBye(4501, false, guest);
    }
  }

  @Test
  void guestsMayBeHeldToReading() throws IOException {
    start(s -> s.guests(Guests.READ_ONLY));
    assertEquals(200, get("/room/lobby/messages").status());
    assertEquals(403, post("lobby").status());
    assertEquals(201, post("lobby", "Authorization: Bearer " + token("ann")).status());
  }

  @Test
  void anotherTokenOfTheSameIdentityGoesOn() throws IOException {
    start(s -> s);
    try (JsonClient ann = client("team")) {
      ann.say("{'type':'hello','token':'" + token("ann") + "'}");
      ann.next("welcome");
      ann.next("live");
      ann.say("{'type':'auth','id':'1','token':'" + token("ann") + "'}");
      assertEquals("1", ann.next("ok").get("id").getAsString());
      for (String other : List.of(token("bob"), "garbage")) {
        ann.say("{'type':'auth','id':'2','token':'" + other + "'}");
        JsonObject error = ann.next("error");
        assertEquals("not_authenticated", error.get("code").getAsString());
        assertEquals("2", error.get("id").getAsString());
      }
      ann.say("{'type':'publish','text':'still here'}");
      assertEquals("still here", ann.next("message").get("text").getAsString());
    }
  }

  @Test
  void anIdempotencyKeyIsTheTokensOwn() throws IOException {
    start(s -> s);
    String bearer = "Authorization: Bearer " + token("ann");
    assertEquals(201, post("team", bearer, "Idempotency-Key: a").status());
    assertEquals(200, post("team", bearer, "Idempotency-Key: a").status());
    assertEquals(
        201, post("team", "Authorization: Bearer " + token("bob"), "Idempotency-Key: a").status());
    assertEquals(200, post("team", "Cookie: chat=" + token("ann"), "Idempotency-Key: a").status());
  }

  /** Whom the server takes a handshake and a request for, in a room of users alone. */
  private void assertKnown(boolean isKnown, String... headers) {
    try (RawWebSocket socket =
        RawWebSocket.open(server.port(), "/room/team/websocket", List.of(headers))) {
      if (isKnown) {
        socket.send("hello");
        assertEquals("hello", socket.receiveText());
      } else {
        int code = socket.receive().closeCode();
        assertTrue(code == 4501 || code == 4503, "closed with " + code);
      }
    }
    int status = get("/room/team/messages", headers).status();
    assertTrue(isKnown ? status == 200 : status == 401 || status == 403, "status " + status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Cookie: chat=of-another-path; chat=TOKEN",
        "Cookie: chat=TOKEN; chat=of-another-path",
        "Cookie: chat=; chat=TOKEN",
        "Cookie: chat=old\nCookie: chat=TOKEN",
        "Cookie: chat=\"TOKEN\"",
        "Cookie: other=\"unbalanced; chat=TOKEN",
        "Cookie: other=un\"balanced\"; chat=TOKEN; last=\"",
        "Cookie: other={\"a\":1, \"b\":2}; chat=TOKEN",
        "Cookie: =x; nothing; a b=c; chat=TOKEN",
        "Cookie: other=\\; chat=TOKEN",
        "Cookie: other=gr\u00fc\u00df; chat=TOKEN",
        "Cookie: chat=TOKEN;"
      })
  void aCookieIsFoundAmongThoseOfOthers(String headers) throws IOException {
    start(s -> s);
    assertKnown(true, headers.replace("TOKEN", token("ann")).split("\n", -1));
  }

  @Test
  void onlySomeCookiesOfOneNameAreTried() throws IOException {
    start(s -> s);
    StringBuilder cookies = new StringBuilder("Cookie: ");
    for (int i = 0; i < 4; i++) {
      cookies.append("chat=bad").append(i).append("; ");
    }
    assertKnown(false, cookies + "chat=" + token("ann"));
    assertKnown(false, "Cookie: Chat=" + token("ann"));
    assertKnown(false, "Cookie: other=chat=" + token("ann"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: Basic YTpi\nAuthorization: Bearer TOKEN",
        "Authorization: Basic YTpi\nCookie: chat=TOKEN",
        "Authorization: Basic YTpi\nChat-Authorization: Bearer TOKEN",
        "Authorization: Bearer a-proxys\nChat-Authorization: Bearer TOKEN",
        "authorization: bearer TOKEN\nAuthorization: Bearer TOKEN",
        "Authorization: Bearer   TOKEN"
      })
  void whatAProxyWantsToKnowIsPassedOver(String headers) throws IOException {
    start(s -> s);
    assertKnown(true, headers.replace("TOKEN", token("ann")).split("\n", -1));
  }

  @Test
  void aGuestBehindAProxyWithPasswordsKeepsItsKey() throws IOException {
    start(s -> s);
    String basic = "Authorization: Basic YTpi";
    assertEquals(200, get("/room/lobby/messages", basic).status());
    assertEquals(200, get("/rooms", basic).status());
    String guest = "Chat-Authorization: Guest " + KEY;
    assertEquals(201, post("lobby", basic, guest, "Idempotency-Key: a").status());
    assertEquals(200, post("lobby", "Authorization: Guest " + KEY, "Idempotency-Key: a").status());
  }

  @Test
  void whoSaysTwoThingsOrNothingIsNotBelieved() throws IOException {
    start(s -> s);
    String ann = "Authorization: Bearer " + token("ann");
    assertKnown(false, ann, "Authorization: Bearer " + token("bob"));
    assertKnown(false, ann, "Authorization: Guest " + KEY);
    assertKnown(false, "Authorization: Bearer");
    assertEquals(401, get("/room/lobby/messages", ann, "Authorization: Guest " + KEY).status());
    assertEquals(401, get("/room/lobby/messages", "Authorization: Bearer").status());
    assertEquals(400, get("/room/lobby/messages", "Authorization: Guest").status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"admin", "ADMIN", " Admin ", "a.d.m.i.n", "\uff21dmin", "System"})
  void whoSpeaksForTheServerHasATokenThatSaysSo(String name) throws IOException {
    start(s -> s);
    try (JsonClient guest = client("lobby");
        JsonClient admin = client("lobby")) {
      guest.say("{'type':'hello','name':'" + name + "'}");
      assertEquals("bad_request", guest.next("error").get("code").getAsString());
      guest.say("{'type':'hello','name':'Ann'}");
      guest.next("welcome");
      guest.next("live");
      guest.say("{'type':'rename','id':'1','name':'" + name + "'}");
      assertEquals("bad_request", guest.next("error").get("code").getAsString());
      admin.say(
          "{'type':'hello','token':'"
              + token("root", "admin", Instant.now().plusSeconds(3600))
              + "'}");
      assertEquals(
          "{\"id\":\"user:root\",\"name\":\"admin\"}", admin.next("welcome").get("you").toString());
    }
  }

  @Test
  void tokensNeverCountInAnAddress() throws IOException {
    start(s -> s.guests(Guests.DENY));
    RawWebSocket answer = get("/room/lobby/messages?token=" + token("ann"));
    assertEquals(401, answer.status());
    assertEquals(Optional.of("Guest, Bearer"), answer.header("WWW-Authenticate"));
  }
}
