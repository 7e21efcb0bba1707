package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.core.Keep;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.MemoryMessageLog;
import io.durablechat.core.Moderation;
import io.durablechat.core.RoomName;
import io.durablechat.core.Start;
import io.durablechat.gateway.Connection;
import io.durablechat.gateway.Dialect;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.FakeSocket;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.Receptions;
import io.durablechat.gateway.auth.RoomRules;
import io.durablechat.gateway.auth.Shown;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.gateway.workerschat.WorkersChat;
import io.durablechat.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol of cloudflare/workers-chat-demo, over a socket. */
final class WorkersChatDialectTest {
  private static final String MOD_KEY = "moderator-0123456789abcdef";
  private static final String BOB_KEY = "bob-0123456789abcdefghijkl";
  private static final RoomRules RULES =
      RoomRules.parse(
          String.format(
              Locale.ROOT,
              """
              [{"who": "%s", "rooms": "*", "may": ["join", "read", "publish", "moderate"]},
               {"rooms": "closed", "may": []},
               {"rooms": "read-only", "may": ["join", "read"]},
               {"rooms": "*", "may": ["join", "read", "publish"]}]""",
              Member.guest(MOD_KEY).identity()));

  private final ManualClock clock = new ManualClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    start(Limits.OFF);
  }

  private void start(Limits limits) throws IOException {
    LocalBroadcaster broadcaster = LocalBroadcaster.on(MemoryMessageLog.of(clock));
    Moderation moderation =
        Moderation.open(broadcaster, InstantSource.system()).toCompletableFuture().join();
    server =
        TestServer.start(
            broadcaster,
            rooms -> rooms.moderation(moderation),
            s ->
                s.endpoint(
                    EndpointSettings.DEFAULT
                        .limits(limits)
                        .rules(RULES)
                        .meters(registry)
                        .allowedOrigins(List.of("https://chat.example"))
                        .dialects(List.of(Dialect.plain(), Dialect.chatV1(), new WorkersChat()))));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static String path(String room) {
    return "/api/room/" + room + "/websocket";
  }

  /** A client that takes each frame for one object, as the demo's page does. */
  private final class Client implements AutoCloseable {
    private final RawWebSocket socket;

    private Client(String room) {
      socket = RawWebSocket.open(server.port(), path(room), List.of());
    }

    private Client say(String json) {
      socket.send(json.replace('\'', '"'));
      return this;
    }

    private Client message(String text) {
      JsonObject o = new JsonObject();
      o.addProperty("message", text);
      return say(o.toString());
    }

    private JsonObject next() {
      return JsonParser.parseString(socket.receiveText()).getAsJsonObject();
    }

    private void hears(String... objects) {
      for (String object : objects) {
        assertEquals(JsonParser.parseString(object.replace('\'', '"')), next());
      }
    }

    /** Hears this, of which only the time is not known. */
    private double heard(String name, String message) {
      JsonObject o = next();
      assertEquals(List.of("name", "message", "timestamp"), List.copyOf(o.keySet()), o::toString);
      assertEquals(name, o.get("name").getAsString());
      assertEquals(message, o.get("message").getAsString());
      return o.get("timestamp").getAsDouble();
    }

    private void refused(String expected) {
      JsonObject o = next();
      assertTrue(o.get("error").getAsString().contains(expected), o::toString);
    }

    private void closed(int code) {
      assertEquals(code, socket.receive().closeCode());
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  /** Comes in, to where nobody else is and nothing was said. */
  private Client ready(String room, String name) {
    Client client = new Client(room);
    client.say("{'name':'" + name + "'}");
    client.hears("{'joined':'" + name + "'}", "{'ready':true}");
    return client;
  }

  /** Comes in, whatever it hears. */
  private Client in(String room, String name) {
    Client client = new Client(room);
    client.say("{'name':'" + name + "'}");
    while (!client.next().has("ready")) {
      // Who is there, and what was said.
    }
    return client;
  }

  private JsonClient chatV1(String room, String key, String name) {
    JsonClient client = new JsonClient(server, room);
    client.hello(",'key':'" + key + "','name':'" + name + "'");
    client.next("live");
    return client;
  }

  private static void rule(JsonClient moderator, String rest) {
    moderator.say("{'type':'moderate','id':'r'," + rest + "}");
    assertEquals("r", moderator.await("ok").get("id").getAsString());
  }

  @Test
  void aClientIsToldWhoIsThereWhatWasSaidAndThenThatItIsReady() {
    try (JsonClient bob = chatV1("r", BOB_KEY, "Bob");
        RawWebSocket plain = server.plain("r")) {
      bob.say("{'type':'publish','text':'one'}");
      bob.next("message");
      plain.send("two");
      String anonymous = bob.next("message").getAsJsonObject("from").get("id").getAsString();
      plain.send(new byte[] {1, 2, 3});
      bob.next("message");
      try (Client ann = new Client("r")) {
        assertTrue(ann.socket.isSilentFor(100), "nobody listens who has not said who they are");
        ann.say("{'name':'Ann'}");
        ann.hears("{'joined':'Bob'}", "{'joined':'" + anonymous + "'}");
        ann.heard("Bob", "one");
        ann.heard(anonymous, "two");
        ann.hears("{'joined':'Ann'}", "{'ready':true}");
        bob.say("{'type':'publish','text':'three'}");
        ann.heard("Bob", "three");
      }
    }
  }

  @Test
  void whatIsSaidIsAMessageForTheOthersAndForItsAuthor() {
    try (JsonClient bob = chatV1("r", BOB_KEY, "Bob");
        RawWebSocket plain = server.plain("r");
        Client ann = in("r", "<b>Ann</b>")) {
      plain.send("plain is there");
      plain.receiveText();
      ann.next();
      bob.next("message");
      ann.message("<i>hello</i> 👋\n\"\\");
      ann.heard("<b>Ann</b>", "<i>hello</i> 👋\n\"\\");
      JsonObject heard = bob.next("message");
      assertEquals("<i>hello</i> 👋\n\"\\", heard.get("text").getAsString());
      assertEquals("message", heard.get("kind").getAsString());
      assertEquals("<b>Ann</b>", heard.getAsJsonObject("from").get("name").getAsString());
      assertEquals("<i>hello</i> 👋\n\"\\", plain.receiveText());
    }
  }

  @Test
  void whoComesAndGoesIsTold() {
    try (Client ann = ready("r", "Ann")) {
      Client bob = new Client("r");
      bob.say("{'name':'Bob'}");
      bob.hears("{'joined':'Ann'}", "{'joined':'Bob'}", "{'ready':true}");
      ann.hears("{'joined':'Bob'}");
      bob.close();
      ann.hears("{'quit':'Bob'}");
    }
  }

  @Test
  void whoTakesAnotherNameHasQuitAndJoined() {
    try (JsonClient bob = chatV1("r", BOB_KEY, "Bob");
        Client ann = in("r", "Ann")) {
      bob.say("{'type':'rename','id':'1','name':'Robert'}");
      ann.hears("{'quit':'Bob'}", "{'joined':'Robert'}");
    }
  }

  @Test
  void onlyTheLastHundredMessagesAreReplayed() {
    try (Client ann = ready("r", "Ann")) {
      for (int i = 0; i < 103; i++) {
        ann.message("" + i).heard("Ann", "" + i);
      }
      try (Client bob = new Client("r")) {
        bob.say("{'name':'Bob'}").hears("{'joined':'Ann'}");
        for (int i = 3; i < 103; i++) {
          bob.heard("Ann", "" + i);
        }
        bob.hears("{'joined':'Bob'}", "{'ready':true}");
      }
    }
  }

  @Test
  void deletionsAndWhatIsDeletedAreLeftOut() {
    try (Client ann = ready("r", "Ann");
        JsonClient mod = chatV1("r", MOD_KEY, "Mod")) {
      ann.hears("{'joined':'Mod'}");
      ann.message("rude").heard("Ann", "rude");
      long sequence = mod.next("message").get("seq").getAsLong();
      rule(mod, "'action':'delete','seq':" + sequence);
      ann.message("kind").heard("Ann", "kind");
      try (Client bob = new Client("r")) {
        bob.say("{'name':'Bob'}").hears("{'joined':'Ann'}", "{'joined':'Mod'}");
        bob.heard("Ann", "kind");
        bob.hears("{'joined':'Bob'}", "{'ready':true}");
      }
    }
  }

  /** The manual clock stands still: all of them are of one millisecond, then of others. */
  @Test
  void timestampsRiseStrictlyAndAreTheSameInEveryReplay() {
    List<Double> heard = new ArrayList<>();
    try (Client ann = ready("r", "Ann");
        JsonClient mod = chatV1("r", MOD_KEY, "Mod")) {
      ann.hears("{'joined':'Mod'}");
      for (int i = 0; i < 60; i++) {
        if (i % 20 == 19) {
          clock.move(Duration.ofMillis(1));
        }
        heard.add(ann.message("" + i).heard("Ann", "" + i));
        if (i % 7 == 0) {
          // A hole among the sequences that this dialect sees.
          rule(mod, "'action':'delete','seq':" + mod.await("message").get("seq").getAsLong());
          heard.remove(heard.size() - 1);
        } else {
          mod.await("message");
        }
      }
    }
    for (int i = 1; i < heard.size(); i++) {
      assertTrue(heard.get(i) > heard.get(i - 1), heard::toString);
    }
    assertEquals((double) clock.instant().toEpochMilli(), heard.get(heard.size() - 1), 1);
    assertEquals(heard, replayed());
    server.trim(new Keep(Optional.empty(), OptionalLong.of(20)));
    List<Double> left = replayed();
    assertTrue(left.size() < heard.size(), left::toString);
    assertEquals(heard.subList(heard.size() - left.size(), heard.size()), left);
  }

  private List<Double> replayed() {
    List<Double> timestamps = new ArrayList<>();
    try (Client client = new Client("r")) {
      client.say("{'name':'Late'}");
      for (JsonObject o = client.next(); !o.has("ready"); o = client.next()) {
        if (o.has("timestamp")) {
          timestamps.add(o.get("timestamp").getAsDouble());
        }
      }
    }
    return timestamps;
  }

  @Test
  void aNameThatIsTooLongEndsTheSessionWithAnError() {
    ready("a", "x".repeat(32)).close();
    try (Client client = new Client("r")) {
      client.say("{'name':'" + "x".repeat(33) + "'}").refused("longer than 32 characters");
      client.closed(1009);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{'name':''}", "{'name':null}", "{'other':[[]]}"})
  void whoSaysNoNameIsAnonymous(String first) {
    try (Client client = new Client("r")) {
      client.say(first).hears("{'joined':'anonymous'}", "{'ready':true}");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Admin", "Ann\u202E", " ", "\u0430nn"})
  void namesThatDeceiveAreRefusedAsElsewhere(String name) {
    try (Client client = new Client("r")) {
      client.say("{'name':'" + name + "'}");
      assertTrue(client.next().has("error"));
      client.closed(1008);
    }
  }

  @Test
  void aMessageThatIsTooLongIsRefusedAndTheSessionGoesOn() {
    try (Client ann = ready("r", "Ann")) {
      ann.message("x".repeat(257)).refused("longer than 256 characters");
      ann.message("x".repeat(256)).heard("Ann", "x".repeat(256));
      ann.message("").heard("Ann", "");
      ann.say("{'message':42}").heard("Ann", "42");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "hello | not valid JSON",
        "[] | must be a JSON object",
        "{'message':'a'}{'message':'b'} | not valid JSON",
        "{'message':['a']} | message must be a text",
        "{} | message is missing",
        "{'message':'\\ud800'} | not valid JSON",
        "{'a':[[[[[[[[[[]]]]]]]]]]} | not valid JSON"
      })
  void whatCannotBeReadIsRefusedAndTheSessionGoesOn(String frame, String expected) {
    try (Client ann = ready("r", "Ann")) {
      ann.say(frame).refused(expected);
      ann.socket.send(new byte[] {1});
      ann.refused("binary");
      ann.message("still there").heard("Ann", "still there");
    }
  }

  @Test
  void aFirstFrameThatCannotBeReadMayBeSaidAgain() {
    try (Client ann = new Client("r")) {
      ann.say("Ann").refused("not valid JSON");
      ann.say("{'name':[]}").refused("name must be a text");
      ann.say("{'name':'Ann'}").hears("{'joined':'Ann'}", "{'ready':true}");
    }
  }

  @Test
  void whatIsSaidInOneBreathWithTheNameIsHeard() {
    try (Client ann = new Client("r")) {
      ann.socket.sendTogether("{\"name\":\"Ann\"}", "{\"message\":\"1\"}", "{\"message\":\"2\"}");
      List<String> said = new ArrayList<>();
      while (said.size() < 2) {
        JsonObject o = ann.next();
        if (o.has("message")) {
          said.add(o.get("message").getAsString());
        }
      }
      assertEquals(List.of("1", "2"), said);
    }
  }

  @Test
  void mutesAndLocksAndSlowModeAreErrors() {
    try (JsonClient mod = chatV1("r", MOD_KEY, "Mod");
        Client ann = in("r", "Ann")) {
      ann.message("one").heard("Ann", "one");
      String id = mod.next("message").getAsJsonObject("from").get("id").getAsString();
      rule(mod, "'action':'slow','slow':60000");
      ann.message("two").heard("Ann", "two");
      ann.message("three");
      assertTrue(ann.next().has("error"));
      rule(mod, "'action':'slow','slow':0");
      rule(mod, "'action':'lock'");
      ann.message("four").refused("locked");
      rule(mod, "'action':'unlock'");
      rule(mod, "'action':'mute','member':'" + id + "'");
      ann.message("five").refused("muted");
      rule(mod, "'action':'unmute','member':'" + id + "'");
      ann.message("six").heard("Ann", "six");
    }
  }

  @Test
  void whoIsBannedIsToldSoAndClosed() {
    try (JsonClient mod = chatV1("r", MOD_KEY, "Mod");
        Client ann = in("r", "Ann")) {
      ann.message("one").heard("Ann", "one");
      String id = mod.next("message").getAsJsonObject("from").get("id").getAsString();
      rule(mod, "'action':'ban','address':true,'member':'" + id + "'");
      ann.refused("banned");
      ann.closed(4511);
      try (Client again = new Client("r")) {
        again.say("{'name':'Ann'}").refused("banned");
        again.closed(4511);
      }
    }
  }

  @Test
  void rightsHoldAsTheyDoElsewhere() {
    try (Client reader = ready("read-only", "Ann");
        Client stranger = new Client("closed")) {
      reader.message("one").refused("may not publish");
      stranger.say("{'name':'Ann'}").refused("not allowed in this room");
      stranger.closed(4503);
    }
  }

  @Test
  void limitsAreErrors() throws IOException {
    server.close();
    start(Limits.of(Map.of("publishes-per-session", "1/min burst 2")));
    try (Client ann = ready("r", "Ann")) {
      ann.message("one").heard("Ann", "one");
      ann.message("two").heard("Ann", "two");
      ann.message("three").refused("over the limit publishes-per-session");
    }
  }

  @Test
  void sessionsAndMessagesAreCounted() {
    try (Client ann = ready("r", "Ann")) {
      ann.message("one").heard("Ann", "one");
    }
    assertEquals(1, registry.get("chat.joined").tag("dialect", "workers-chat").counter().count());
    assertEquals(1, registry.get("chat.published").tag("outcome", "kept").counter().count());
  }

  @Test
  void privateRoomsHaveNamesThatNobodyCanGuess() {
    String first = post(200).body();
    String second = post(200).body();
    assertTrue(first.matches("[0-9a-f]{64}"), first);
    assertTrue(second.matches("[0-9a-f]{64}"), second);
    assertTrue(!first.equals(second), first);
    try (Client ann = ready(first, "Ann");
        JsonClient bob = chatV1(first, BOB_KEY, "Bob")) {
      ann.hears("{'joined':'Bob'}");
      bob.say("{'type':'publish','text':'found you'}");
      ann.heard("Bob", "found you");
    }
  }

  private RawWebSocket post(int status, String... headers) {
    List<String> lines = new ArrayList<>();
    lines.add("POST /api/room HTTP/1.1");
    lines.add("Host: localhost:" + server.port());
    lines.add("Content-Length: 0");
    lines.addAll(List.of(headers));
    RawWebSocket answer = RawWebSocket.request(server.port(), lines);
    assertEquals(status, answer.status(), answer.head());
    return answer;
  }

  @Test
  void pagesOfOtherOriginsAreRefusedUnlessTheyAreListed() {
    String foreign = "Origin: https://other.example";
    String listed = "Origin: https://chat.example";
    post(403, foreign).close();
    try (RawWebSocket answer = post(200, listed)) {
      assertEquals(
          Optional.of("https://chat.example"), answer.header("Access-Control-Allow-Origin"));
    }
    assertEquals(403, RawWebSocket.handshake(server.port(), path("r"), List.of(foreign)).status());
    RawWebSocket.open(server.port(), path("r"), List.of(listed)).close();
  }

  @ParameterizedTest
  @CsvSource({
    "/api/room/12345678901234567890123456789012/websocket,101",
    "/api/room/123456789012345678901234567890123/websocket,400",
    "/api/room/G23456789012345678901234567890123456789012345678901234567890123/websocket,400",
    "/api/room//websocket,400",
    "/api/room/websocket,404",
    "/api/room/r/messages,404",
    "/api/rooms,404"
  })
  void roomsAreNamedWithinTheLimitsOfTheDemo(String path, int status) {
    assertEquals(status, RawWebSocket.handshake(server.port(), path, List.of()).status());
  }

  @Test
  void withoutBeingNamedItIsNotSpoken() throws IOException {
    try (TestServer other = TestServer.start()) {
      assertEquals(404, RawWebSocket.handshake(other.port(), path("r"), List.of()).status());
      RawWebSocket post =
          RawWebSocket.request(
              other.port(),
              List.of("POST /api/room HTTP/1.1", "Host: localhost", "Content-Length: 0"));
      assertEquals(404, post.status());
    }
  }

  @Test
  void whoSaysNothingIsClosedAfterTenSeconds() {
    FakeSocket socket = new FakeSocket();
    Reception reception =
        Receptions.of(
            server.rooms(), EndpointSettings.DEFAULT.limits(Limits.OFF), clock, () -> socket.now);
    Connection connection =
        reception.connection(
            new Reception.Wish(
                RoomName.of("r"), new WorkersChat(), Start.live(), Shown.NOTHING, Optional.empty()),
            socket,
            socket.wire(),
            Runnable::run);
    socket.now += Duration.ofSeconds(10).toNanos();
    connection.onTick();
    assertEquals(List.of(), socket.sent);
    socket.now += 1;
    connection.onTick();
    assertTrue(socket.sent.get(0).startsWith("{\"error\":"), socket.sent::toString);
    assertEquals("CLOSE 1008", socket.sent.get(1));
  }
}
