package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.core.Member;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.auth.AuthRequest;
import io.durablechat.gateway.auth.Authenticator;
import io.durablechat.gateway.auth.Guests;
import io.durablechat.gateway.auth.Identity;
import io.durablechat.gateway.auth.NotAuthenticatedException;
import io.durablechat.gateway.auth.RoomRules;
import io.durablechat.gateway.auth.TokenAuthenticator;
import io.durablechat.gateway.limits.Limits;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A login that an application knows of a request, by every way in, and what it wins over. */
final class LoginTest {
  private static final String KEY = "0123456789abcdefghijkl";
  private static final String GUEST = Member.guest(KEY).identity();
  private static final String ANN = "Cookie: other=1; login=ann";
  private static final String BOB = "Cookie: login=bob";
  private static final RoomRules RULES =
      RoomRules.parse(
          """
          [{"rooms": "lobby", "may": ["join", "read", "publish"]},
           {"who": "users", "rooms": "team", "may": ["join", "read", "publish"]}]""");

  private final AtomicInteger asked = new AtomicInteger();
  private TestServer server;

  private void start(Authenticator authenticator, UnaryOperator<EndpointSettings> settings)
      throws IOException {
    EndpointSettings endpoint =
        settings.apply(
            EndpointSettings.DEFAULT
                .limits(Limits.OFF)
                .rules(RULES)
                .cookie("token")
                .authenticator(authenticator));
    server = TestServer.start(rooms -> rooms, s -> s.endpoint(endpoint));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static Identity user(String id) {
    return Identity.of(Member.user(id, id.equals("ann") ? "Ann" : "Bob"));
  }

  /** An application with logins of its own in a cookie; a token is "for" somebody. */
  private CompletionStage<Optional<Identity>> application(AuthRequest request) {
    asked.incrementAndGet();
    if (request.token().isEmpty()) {
      return CompletableFuture.completedFuture(
          request.cookies("login").stream().findFirst().map(LoginTest::user));
    }
    return token(request.token().get()).thenApply(Optional::of);
  }

  private static CompletionStage<Identity> token(String token) {
    if (token.equals("trouble")) {
      return CompletableFuture.failedFuture(new IOException("no keys"));
    }
    return token.startsWith("for-")
        ? CompletableFuture.completedFuture(user(token.substring(4)))
        : CompletableFuture.failedFuture(new NotAuthenticatedException("not valid"));
  }

  private RawWebSocket chatV1(String room, String... headers) {
    List<String> lines = new ArrayList<>(List.of("Sec-WebSocket-Protocol: chat.v1"));
    lines.addAll(List.of(headers));
    return RawWebSocket.open(server.port(), "/room/" + room + "/websocket", lines);
  }

  /** Whom a session is told that it is: an identity, or the code that it ends with. */
  private String youByHello(String room, String rest, String... headers) {
    try (RawWebSocket socket = chatV1(room, headers)) {
      socket.send(("{'type':'hello'" + rest + "}").replace('\'', '"'));
      JsonObject first = object(socket.receiveText());
      return first.get("type").getAsString().equals("welcome")
          ? first.getAsJsonObject("you").get("id").getAsString()
          : first.get("code").getAsString();
    }
  }

  private static JsonObject object(String frame) {
    return JsonParser.parseString(frame.lines().findFirst().orElseThrow()).getAsJsonObject();
  }

  private RawWebSocket request(String method, String path, String... headers) {
    List<String> lines =
        new ArrayList<>(List.of(method + " " + path + " HTTP/1.1", "Host: localhost"));
    if (method.equals("POST")) {
      lines.addAll(List.of("Content-Type: text/plain", "Content-Length: 2"));
    }
    lines.addAll(List.of(headers));
    return RawWebSocket.request(server.port(), lines, "hi".getBytes(UTF_8));
  }

  /** Whom a post is from: an identity, or the status that refuses it. */
  private String authorOfPost(String room, String... headers) {
    try (RawWebSocket reader = RawWebSocket.plain(server.port(), "lobby")) {
      RawWebSocket answer = request("POST", "/room/" + room + "/messages", headers);
      if (answer.status() != 201) {
        return "" + answer.status();
      }
      if (room.equals("lobby")) {
        assertEquals("hi", reader.receiveText());
      }
    }
    RawWebSocket page =
        RawWebSocket.request(
            server.port(),
            List.of("GET /room/" + room + "/messages HTTP/1.1", "Host: localhost", ANN));
    JsonObject last =
        JsonParser.parseString(page.body())
            .getAsJsonObject()
            .getAsJsonArray("messages")
            .asList()
            .stream()
            .reduce((first, second) -> second)
            .orElseThrow()
            .getAsJsonObject();
    return last.getAsJsonObject("from").get("id").getAsString();
  }

  @Test
  void aLoginSpeaksUnderTheApplicationsNameByEveryWayIn() throws IOException {
    start(this::application, s -> s);
    try (RawWebSocket ann = chatV1("team", ANN);
        RawWebSocket plain =
            RawWebSocket.open(server.port(), "/room/team/websocket", List.of(BOB))) {
      ann.send("{\"type\":\"hello\",\"name\":\"Not Ann\"}");
      assertEquals(
          "{\"id\":\"user:ann\",\"name\":\"Ann\"}",
          object(ann.receiveText()).getAsJsonObject("you").toString());
      plain.send("hello");
      assertEquals("hello", plain.receiveText());
      String told = "";
      while (!told.contains("\"type\":\"message\"")) {
        told = ann.receiveText();
      }
      assertTrue(told.contains("\"from\":{\"id\":\"user:bob\",\"name\":\"Bob\"}"), told);
    }
    assertEquals("user:ann", authorOfPost("team", ANN));
    try (RawWebSocket events =
        RawWebSocket.request(
            server.port(), List.of("GET /room/team/events HTTP/1.1", "Host: localhost", ANN))) {
      assertEquals(200, events.status());
    }
  }

  @Test
  void aLoginWinsOverTheKeyOfAGuest() throws IOException {
    start(this::application, s -> s);
    assertEquals("user:ann", youByHello("lobby", ",'key':'" + KEY + "'", ANN));
    assertEquals("user:ann", authorOfPost("lobby", ANN, "Authorization: Guest " + KEY));
    assertEquals("user:ann", youByHello("lobby", "", ANN, "Authorization: Guest " + KEY));
    assertEquals(GUEST, youByHello("lobby", ",'key':'" + KEY + "'"));
    assertEquals(GUEST, authorOfPost("lobby", "Authorization: Guest " + KEY));
  }

  @Test
  void aTokenWinsOverTheKeyOfAGuestToo() throws IOException {
    start(TokenAuthenticator.of(LoginTest::token), s -> s);
    String cookie = "Cookie: token=for-ann";
    assertEquals("user:ann", youByHello("lobby", ",'key':'" + KEY + "'", cookie));
    assertEquals("user:ann", authorOfPost("lobby", cookie, "Authorization: Guest " + KEY));
    assertEquals(
        "user:ann", youByHello("lobby", ",'key':'" + KEY + "'", "Authorization: Bearer for-ann"));
  }

  @Test
  void aTokenInHelloWinsOverTheLoginOfItsHandshake() throws IOException {
    start(this::application, s -> s);
    assertEquals("user:bob", youByHello("team", ",'token':'for-bob'", ANN));
    assertEquals("4501", youByHello("team", ",'token':'garbage'", ANN));
    assertEquals("user:bob", authorOfPost("team", ANN, "Authorization: Bearer for-bob"));
    assertEquals("401", authorOfPost("team", ANN, "Authorization: Bearer garbage"));
  }

  @Test
  void whoeverShowsNoLoginIsAGuest() throws IOException {
    start(this::application, s -> s);
    assertTrue(youByHello("lobby", "").startsWith("anon:"));
    assertTrue(authorOfPost("lobby").startsWith("anon:"));
    assertEquals("4503", youByHello("team", ",'key':'" + KEY + "'"));
    assertEquals("403", authorOfPost("team"));
    assertEquals("user:ann", youByHello("team", ",'key':'" + KEY + "'", ANN));
  }

  @Test
  void aLoginComesInWhereGuestsMayNot() throws IOException {
    start(this::application, s -> s.guests(Guests.DENY));
    assertEquals("4501", youByHello("lobby", ",'key':'" + KEY + "'"));
    assertEquals("401", authorOfPost("team", "Authorization: Guest " + KEY));
    assertEquals("user:ann", youByHello("lobby", ",'key':'" + KEY + "'", ANN));
    assertEquals("user:ann", authorOfPost("team", ANN));
  }

  /** It is no login, so that the key counts; without one it is told. */
  @ParameterizedTest
  @ValueSource(strings = {"Cookie: token=old", "Authorization: Bearer old"})
  void aTokenThatIsNotValidWinsOverNoKey(String header) throws IOException {
    start(TokenAuthenticator.of(LoginTest::token), s -> s);
    assertEquals(GUEST, youByHello("lobby", ",'key':'" + KEY + "'", header));
    assertEquals("4501", youByHello("lobby", "", header));
    assertEquals("401", authorOfPost("lobby", header));
  }

  /** Or whoever has logged in would be somebody else for as long as keys cannot be had. */
  @Test
  void aLoginThatCannotBeKnownNowIsNotTakenForAGuests() throws IOException {
    start(TokenAuthenticator.of(LoginTest::token), s -> s);
    String trouble = "Cookie: token=trouble";
    assertEquals("1013", youByHello("lobby", ",'key':'" + KEY + "'", trouble));
    assertEquals("503", authorOfPost("lobby", trouble, "Authorization: Guest " + KEY));
  }

  @Test
  void aKeyThatCannotBeOneIsRefusedBesideALogin() throws IOException {
    start(this::application, s -> s);
    assertEquals("bad_request", youByHello("lobby", ",'key':'short'", ANN));
    assertEquals("400", authorOfPost("lobby", ANN, "Authorization: Guest short"));
  }

  @Test
  void idempotencyIsALoginsOwn() throws IOException {
    start(this::application, s -> s);
    String id = "Idempotency-Key: a";
    String path = "/room/lobby/messages";
    assertEquals(201, request("POST", path, ANN, id).status());
    assertEquals(200, request("POST", path, ANN, id).status());
    assertEquals(201, request("POST", path, BOB, id).status());
    assertEquals(401, request("POST", path, id).status());
  }

  /** A browser sends the cookie with them. */
  @Test
  void pagesOfElsewhereCannotUseALogin() throws IOException {
    start(this::application, s -> s);
    String evil = "Origin: https://evil.example";
    assertEquals("403", authorOfPost("team", ANN, evil));
    assertEquals(
        403,
        RawWebSocket.handshake(server.port(), "/room/team/websocket", List.of(ANN, evil)).status());
  }

  @Test
  void anAuthenticatorIsAskedOnceForARequestAndOnceForEachToken() throws IOException {
    start(this::application, s -> s);
    youByHello("team", "", ANN);
    assertEquals(1, asked.getAndSet(0));
    youByHello("team", ",'key':'" + KEY + "'", ANN);
    assertEquals(1, asked.getAndSet(0));
    youByHello("team", ",'token':'for-bob'", ANN);
    assertEquals(2, asked.getAndSet(0));
    assertEquals(200, request("GET", "/room/team/messages", ANN).status());
    assertEquals(1, asked.get());
  }

  @Test
  void anAuthenticatorThatNeedsATokenIsNotAskedWithoutOne() throws IOException {
    start(
        TokenAuthenticator.of(
            token -> {
              asked.incrementAndGet();
              return token(token);
            }),
        s -> s);
    assertEquals(GUEST, youByHello("lobby", ",'key':'" + KEY + "'"));
    assertTrue(authorOfPost("lobby").startsWith("anon:"));
    assertEquals(0, asked.get());
    assertEquals("user:ann", youByHello("team", ",'token':'for-ann'"));
    assertEquals(1, asked.get());
  }

  /** A login by a token that is shown later is of the same user, or is not taken. */
  @Test
  void aLoginGoesOnByATokenOfTheSameUser() throws IOException {
    start(this::application, s -> s);
    try (RawWebSocket ann = chatV1("team", ANN)) {
      ann.send("{\"type\":\"hello\"}");
      assertEquals("welcome", object(ann.receiveText()).get("type").getAsString());
      ann.send("{\"type\":\"auth\",\"id\":\"1\",\"token\":\"for-ann\"}");
      ann.send("{\"type\":\"auth\",\"id\":\"2\",\"token\":\"for-bob\"}");
      String told = "";
      while (!told.contains("\"id\":\"2\"")) {
        told += ann.receiveText() + "\n";
      }
      assertTrue(told.contains("{\"type\":\"ok\",\"id\":\"1\""), told);
      assertTrue(told.contains("not_authenticated"), told);
    }
  }

  enum Fault {
    THROWS,
    GIVES_NULL,
    FAILS;

    CompletionStage<Optional<Identity>> answer() {
      return switch (this) {
        case THROWS -> throw new IllegalStateException("secret");
        case GIVES_NULL -> null;
        case FAILS -> CompletableFuture.failedFuture(new IllegalStateException("secret"));
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAuthenticatorThatIsAtFaultLetsNobodyIn(Fault fault) throws IOException {
    start(request -> fault.answer(), s -> s);
    assertEquals("1013", youByHello("lobby", ",'key':'" + KEY + "'"));
    RawWebSocket answer = request("GET", "/room/lobby/messages");
    assertEquals(503, answer.status());
    assertFalse(answer.body().contains("secret"));
  }

  @ParameterizedTest
  @CsvSource({"0, 4501", "3600, user:ann"})
  void aLoginIsGoodForAsLongAsTheApplicationSays(long seconds, String you) throws IOException {
    start(
        Authenticator.ofRequest(
            request -> Optional.of(user("ann").until(Instant.now().plusSeconds(seconds)))),
        s -> s);
    assertEquals(you, youByHello("team", ""));
  }
}
