package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.durablechat.core.Batch;
import io.durablechat.core.Draft;
import io.durablechat.core.Joined;
import io.durablechat.core.RoomName;
import io.durablechat.core.Start;
import io.durablechat.core.Terms;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which dialects are spoken. */
final class ChosenDialectTest {
  private static final String PATH = "/room/r/websocket";

  private static TestServer speaking(Dialect... dialects) throws IOException {
    return TestServer.start(
        rooms -> rooms,
        s -> s.endpoint(EndpointSettings.DEFAULT.limits(Limits.OFF).dialects(List.of(dialects))));
  }

  private static void assertRefused(String reason, TestServer server, String... headers) {
    try (RawWebSocket answer = RawWebSocket.handshake(server.port(), PATH, List.of(headers))) {
      assertEquals(400, answer.status());
      assertEquals(reason + "\n", answer.body());
    }
  }

  @Test
  void aDialectThatIsOffIsNotSpoken() throws IOException {
    try (TestServer server = speaking(Dialect.chatV1())) {
      assertRefused("no known subprotocol offered: this server speaks chat.v1", server);
      server.chatV1("r").close();
    }
    try (TestServer server = speaking(Dialect.plain())) {
      assertRefused(
          "no subprotocol is known here: offer none", server, "Sec-WebSocket-Protocol: chat.v1");
      try (RawWebSocket client = server.plain("r")) {
        client.send("still there");
        assertEquals("still there", client.receiveText());
      }
    }
  }

  /** Plain frames to rooms below another path, whose names are short. */
  private static final class Elsewhere implements Dialect {
    @Override
    public String name() {
      return "elsewhere";
    }

    @Override
    public Optional<String> subprotocol() {
      return Optional.empty();
    }

    @Override
    public String rooms() {
      return "/else/where/";
    }

    @Override
    public void check(RoomName room) {
      if (room.value().length() > 3) {
        throw new IllegalArgumentException("room name is longer than here");
      }
    }

    @Override
    public boolean beginsAtHandshake() {
      return true;
    }

    @Override
    public Start start(Map<String, List<String>> parameters) {
      return Start.live();
    }

    @Override
    public int maxText(Terms terms) {
      return terms.maxMessageBytes();
    }

    @Override
    public Conversation begin(Opening opening) {
      return new PlainConversation(opening);
    }
  }

  /** Clients who say their name, and hear what is said in capitals; with a route of its own. */
  private static final class Shouting implements Dialect {
    @Override
    public String name() {
      return "shouting";
    }

    @Override
    public Optional<String> subprotocol() {
      return Optional.of("shouting");
    }

    @Override
    public Map<String, Supplier<String>> posts() {
      return Map.of("/shout", () -> "AH");
    }

    @Override
    public boolean beginsAtHandshake() {
      return false;
    }

    @Override
    public Start start(Map<String, List<String>> parameters) {
      return Start.live();
    }

    @Override
    public int maxText(Terms terms) {
      return 100;
    }

    @Override
    public Conversation begin(Opening opening) {
      return new Shouts(opening);
    }
  }

  private static final class Shouts extends RoomConversation {
    private static final Batch.Encoding<Optional<EncodedFrames>> CAPITALS =
        batch ->
            Optional.of(
                EncodedFrames.texts(
                    batch.entries().stream()
                        .map(message -> message.text().toUpperCase(Locale.ROOT))
                        .toList()));

    private Shouts(Opening opening) {
      super(opening, "shouting");
    }

    @Override
    protected CompletionStage<?> onText(String text) {
      return isIntroduced()
          ? publish(Draft.text(text))
          : enter(Optional.of(text), Start.history(9), text.length());
    }

    @Override
    protected String error(String why) {
      return "NO: " + why;
    }

    @Override
    public Optional<EncodedFrames> encoded(Batch batch) {
      return batch.as(CAPITALS);
    }

    @Override
    public void onJoined(Joined joined) {
      send("HELLO " + joined.session().member().displayName());
      send("YOU ARE " + joined.memberCount());
    }
  }

  private static RawWebSocket shouting(TestServer server) {
    return RawWebSocket.open(server.port(), PATH, List.of("Sec-WebSocket-Protocol: shouting"));
  }

  @Test
  void aDialectOfAnApplicationsOwnIsWordsAlone() throws IOException {
    try (TestServer server = speaking(new Shouting(), Dialect.plain());
        RawWebSocket plain = server.plain("r");
        RawWebSocket client = shouting(server)) {
      plain.send("one");
      assertEquals("one", plain.receiveText());
      client.send("Ann");
      assertEquals("HELLO Ann", client.receiveText());
      assertEquals("YOU ARE 2", client.receiveText());
      assertEquals("ONE", client.receiveText());
      client.send("two");
      assertEquals("TWO", client.receiveText());
      assertEquals("two", plain.receiveText());
      client.send(new byte[] {1});
      assertEquals("NO: binary frames mean nothing here", client.receiveText());
      client.send("x".repeat(101));
      assertEquals(1009, client.receive().closeCode());
    }
  }

  @Test
  void aNameThatCannotBeHadEndsTheSessionWithItsReason() throws IOException {
    try (TestServer server = speaking(new Shouting());
        RawWebSocket client = shouting(server)) {
      client.send("Admin");
      assertEquals("NO: this name is reserved, choose another", client.receiveText());
      assertEquals(1008, client.receive().closeCode());
    }
  }

  @Test
  void aDialectMayBringARouteOfItsOwn() throws IOException {
    try (TestServer server = speaking(new Shouting())) {
      assertEquals("AH", answer(200, server, "POST /shout HTTP/1.1", "Content-Length: 0").body());
      assertEquals(Optional.of("POST"), answer(405, server, "GET /shout HTTP/1.1").header("Allow"));
      answer(400, server, "POST /shout?loud=1 HTTP/1.1", "Content-Length: 0");
      String foreign = "Origin: https://other.example";
      answer(403, server, "POST /shout HTTP/1.1", "Content-Length: 0", foreign);
      answer(404, server, "POST /shout/more HTTP/1.1", "Content-Length: 0");
    }
    try (TestServer server = speaking(Dialect.plain())) {
      answer(404, server, "POST /shout HTTP/1.1", "Content-Length: 0");
    }
  }

  private static RawWebSocket answer(int status, TestServer server, String... lines) {
    List<String> request = new ArrayList<>(List.of(lines));
    request.add("Host: localhost:" + server.port());
    RawWebSocket answer = RawWebSocket.request(server.port(), request);
    assertEquals(status, answer.status(), answer.head());
    return answer;
  }

  @Test
  void aDialectMayHaveItsRoomsBelowAPathOfItsOwn() throws IOException {
    try (TestServer server = speaking(Dialect.chatV1(), new Elsewhere());
        RawWebSocket client =
            RawWebSocket.open(server.port(), "/else/where/r/websocket", List.of());
        JsonClient other = new JsonClient(server, "r")) {
      other.hello("");
      other.next("live");
      client.send("from elsewhere");
      assertEquals("from elsewhere", other.next("message").get("text").getAsString());
      other.say("{'type':'publish','text':'from here'}");
      assertEquals("from elsewhere", client.receiveText());
      assertEquals("from here", client.receiveText());
      assertRefused("no known subprotocol offered: this server speaks chat.v1", server);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/else/where/long/websocket,400",
    "/else/where//websocket,400",
    "/else/where/a;x=1/websocket,400",
    "/else/where/a%2Fb/websocket,400",
    "/else/where/r/messages,404",
    "/else/where/websocket,404",
    "/else/r/websocket,404"
  })
  void roomsElsewhereAreNamedAsTheirDialectWishes(String path, int status) throws IOException {
    try (TestServer server = speaking(new Elsewhere());
        RawWebSocket answer = RawWebSocket.handshake(server.port(), path, List.of())) {
      assertEquals(status, answer.status(), answer.body());
    }
  }

  @Test
  void whoDoesNotUpgradeElsewhereIsToldTo() throws IOException {
    try (TestServer server = speaking(new Elsewhere());
        RawWebSocket answer =
            RawWebSocket.request(
                server.port(),
                List.of("GET /else/where/r/websocket HTTP/1.1", "Host: localhost"))) {
      assertEquals(426, answer.status());
    }
  }

  @Test
  void pagesOfOtherOriginsAreRefusedElsewhereToo() throws IOException {
    try (TestServer server = speaking(new Elsewhere());
        RawWebSocket answer =
            RawWebSocket.handshake(
                server.port(),
                "/else/where/r/websocket",
                List.of("Origin: https://other.example"))) {
      assertEquals(403, answer.status());
    }
  }

  @Test
  void noneAndTwoThatCannotBeToldApartAreRefusedAsSettings() {
    assertEquals(
        "no dialect is named",
        assertThrows(
                IllegalArgumentException.class, () -> EndpointSettings.DEFAULT.dialects(List.of()))
            .getMessage());
    assertEquals(
        "dialect plain is named twice",
        assertThrows(
                IllegalArgumentException.class,
                () -> EndpointSettings.DEFAULT.dialects(List.of(Dialect.plain(), Dialect.plain())))
            .getMessage());
  }
}
