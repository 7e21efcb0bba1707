package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.core.CloseReason;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.Moderation;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.auth.RoomRules;
import io.durablechat.gateway.limits.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Moderating, in {@code chat.v1} and over the admin port. */
final class ModeratorTest {
  private static final String MOD_KEY = "moderator-0123456789abcdef";
  private static final String BOB_KEY = "bob-0123456789abcdefghijkl";
  private static final String BOB = Member.guest(BOB_KEY).identity();
  private static final String TOKEN = "an admin's token";
  private static final RoomRules RULES =
      RoomRules.parse(
          String.format(
              Locale.ROOT,
              """
          [{"who": "%s", "rooms": "*", "may": ["join", "read", "publish", "moderate"]},
           {"rooms": "members", "may": []},
           {"rooms": "*", "may": ["join", "read", "publish"]}]""",
              Member.guest(MOD_KEY).identity()));

  private final LocalBroadcaster broadcaster = LocalBroadcaster.inMemory();
  private TestServer server;
  private AdminServer admin;

  @BeforeEach
  void start() throws IOException {
    Moderation moderation =
        Moderation.open(broadcaster, InstantSource.system()).toCompletableFuture().join();
    server =
        TestServer.start(
            broadcaster,
            rooms -> rooms.moderation(moderation),
            s -> s.endpoint(EndpointSettings.DEFAULT.limits(Limits.OFF).rules(RULES)));
    admin = new AdminServer(InetAddress.getLoopbackAddress(), 0, server.server(), () -> "");
    admin.moderate(server.rooms(), TOKEN);
    admin.start();
  }

  @AfterEach
  void stop() {
    admin.close();
    server.close();
  }

  private JsonClient client(String room, String key) {
    JsonClient client = new JsonClient(server, room);
    client.hello(",'key':'" + key + "'");
    client.next("live");
    return client;
  }

  private JsonClient moderator(String room) {
    return client(room, MOD_KEY);
  }

  private JsonClient bob(String room) {
    return client(room, BOB_KEY);
  }

  private static void rule(JsonClient moderator, String rest) {
    moderator.say("{'type':'moderate','id':'r'," + rest + "}");
    assertEquals("r", moderator.await("ok").get("id").getAsString());
  }

  private RawWebSocket ask(String method, String path, String body, String... headers) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                method + " " + path + " HTTP/1.1",
                "Host: localhost",
                "Content-Length: " + body.length()));
    lines.addAll(List.of(headers));
    if (!body.isEmpty()) {
      lines.addAll(List.of("", body));
    }
    return RawWebSocket.request(admin.port(), lines);
  }

  private JsonObject operate(String body) {
    return ok(ask("POST", "/moderation", body.replace('\'', '"'), bearer()));
  }

  private JsonObject look(String path) {
    return ok(ask("GET", path, "", bearer()));
  }

  private static JsonObject ok(RawWebSocket answer) {
    String body = answer.body();
    assertEquals(200, answer.status(), body);
    return JsonParser.parseString(body).getAsJsonObject();
  }

  private static String bearer() {
    return "Authorization: Bearer " + TOKEN;
  }

  private static void assertEnded(int code, JsonClient client) {
    JsonObject bye = client.await("bye");
    assertEquals(code, bye.get("code").getAsInt());
    assertFalse(bye.get("reconnect").getAsBoolean());
    assertEquals(code, client.socket.receive().closeCode());
  }

  @Test
  void aModeratorDeletesAMessageAndAllAreTold() {
    try (JsonClient mod = moderator("r");
        JsonClient bob = bob("r");
        RawWebSocket plain = server.plain("r")) {
      // Its session is there once it hears something.
      plain.send("plain");
      assertEquals("plain", plain.receiveText());
      bob.await("message");
      bob.say("{'type':'publish','id':'rude','text':'rude'}");
      long sequence = bob.await("ok").get("seq").getAsLong();
      bob.await("message");
      assertEquals("rude", plain.receiveText());

      mod.say("{'type':'delete','id':'d','seq':" + sequence + ",'reason':'rude'}");
      mod.await("ok");
      JsonObject deleted = bob.next("deleted");
      assertEquals(sequence, deleted.get("target").getAsLong());
      assertEquals(sequence, deleted.get("prev").getAsLong());
      assertEquals(
          Member.guest(MOD_KEY).identity(),
          deleted.getAsJsonObject("from").get("id").getAsString());
      assertTrue(deleted.has("cursor"));

      bob.say("{'type':'history','id':'h'}");
      String page = bob.next("history").get("messages").toString();
      assertFalse(page.contains("rude"), page);
      assertFalse(page.contains("\"kind\":\"delete"), page);

      mod.say("{'type':'delete','id':'e','seq':" + sequence + "}");
      assertEquals("not_found", mod.await("error").get("code").getAsString());
      // Plain clients are told nothing, and keep their place.
      bob.say("{'type':'publish','text':'next'}");
      assertEquals("next", plain.receiveText());
      try (RawWebSocket late =
          RawWebSocket.open(server.port(), "/room/r/websocket?history=10", List.of())) {
        assertEquals("plain", late.receiveText());
        assertEquals("next", late.receiveText());
      }
    }
  }

  @Test
  void nobodyLocksThemselvesOut() {
    try (JsonClient mod = moderator("r")) {
      String me = Member.guest(MOD_KEY).identity();
      mod.say("{'type':'moderate','id':'1','action':'ban','member':'" + me + "'}");
      assertEquals("that is you", mod.await("error").get("message").getAsString());
      mod.say("{'type':'moderate','id':'2','action':'unban','member':'" + BOB + "'}");
      assertEquals(
          BOB + " is not banned in room r", mod.await("error").get("message").getAsString());
    }
  }

  @Test
  void nobodyElseModerates() {
    try (JsonClient bob = bob("r")) {
      bob.say("{'type':'delete','id':'1','seq':1}");
      bob.error("forbidden");
      bob.say("{'type':'moderate','id':'2','action':'lock'}");
      bob.error("forbidden");
      // Room or not in what is said: it is one's own room.
      bob.say("{'type':'moderate','id':'3','action':'lock','room':'other'}");
      bob.error("forbidden");
    }
  }

  @Test
  void whoMayModerateIsToldSo() {
    try (JsonClient mod = new JsonClient(server, "r")) {
      assertEquals(
          "[\"join\",\"read\",\"publish\",\"moderate\"]",
          mod.hello(",'key':'" + MOD_KEY + "'").get("may").toString());
    }
  }

  @Test
  void whoIsMutedIsToldForHowLong() {
    try (JsonClient mod = moderator("r");
        JsonClient bob = bob("r")) {
      rule(mod, "'action':'mute','member':'" + BOB + "','for':60000");
      bob.say("{'type':'publish','id':'1','text':'no'}");
      JsonObject error = bob.next("error");
      assertEquals("muted", error.get("code").getAsString());
      long left = error.get("retryAfter").getAsLong();
      assertTrue(left > 30_000 && left <= 60_000, error::toString);
    }
  }

  @Test
  void whoIsBannedIsOutByEveryWayIn() {
    try (JsonClient mod = moderator("r");
        JsonClient bob = bob("r");
        JsonClient elsewhere = bob("s")) {
      rule(mod, "'action':'ban','member':'" + BOB + "'");
      assertEnded(4511, bob);
      try (JsonClient again = new JsonClient(server, "r")) {
        again.say("{'type':'hello','key':'" + BOB_KEY + "'}");
        assertEnded(4511, again);
      }
      String guest = "Authorization: Guest " + BOB_KEY;
      assertEquals(403, http("GET /room/r/messages", guest).status());
      assertEquals(403, http("GET /room/r/events", guest).status());
      RawWebSocket post = http("POST /room/r/messages", guest, "Content-Type: text/plain");
      assertEquals(403, post.status());
      assertTrue(post.body().contains("\"code\":\"banned\""));
      assertEquals(200, http("GET /room/s/messages", guest).status());
      elsewhere.say("{'type':'publish','id':'1','text':'yes'}");
      elsewhere.await("ok");
      rule(mod, "'action':'unban','member':'" + BOB + "'");
      bob("r").close();
    }
  }

  private RawWebSocket http(String what, String... headers) {
    List<String> lines =
        new ArrayList<>(List.of(what + " HTTP/1.1", "Host: localhost", "Content-Length: 0"));
    lines.addAll(List.of(headers));
    return RawWebSocket.request(server.port(), lines);
  }

  @Test
  void aBanByAddressHoldsForAllWhoComeFromThere() {
    try (JsonClient bob = bob("r")) {
      operate("{'action':'ban','member':'" + BOB + "','address':true,'room':'r'}");
      assertEnded(4511, bob);
      try (RawWebSocket plain = server.plain("r")) {
        assertEquals(4511, plain.receive().closeCode());
      }
      server.plain("s").close();
      String state = look("/moderation?room=r").toString();
      assertTrue(state.contains("\"addresses\":[\""), state);
      assertFalse(state.contains("127.0.0.1"), state);
      operate("{'action':'unban','member':'" + BOB + "','room':'r'}");
      bob("r").close();
    }
  }

  @Test
  void aLockedRoomSaysSo() {
    try (JsonClient mod = moderator("r");
        JsonClient bob = bob("r")) {
      rule(mod, "'action':'lock'");
      JsonClient.assertFields(bob.next("room"), "{'locked':true,'slow':0}");
      bob.say("{'type':'publish','id':'1','text':'no'}");
      bob.error("locked");
      try (JsonClient late = new JsonClient(server, "r")) {
        assertTrue(late.hello("").get("locked").getAsBoolean());
      }
      rule(mod, "'action':'unlock'");
      assertFalse(bob.next("room").get("locked").getAsBoolean());
      try (JsonClient late = new JsonClient(server, "r")) {
        assertFalse(late.hello("").has("locked"));
      }
    }
  }

  @Test
  void aSlowRoomSaysWhenToTryAgain() {
    try (JsonClient mod = moderator("r");
        JsonClient bob = bob("r");
        RawWebSocket plain = server.plain("r")) {
      rule(mod, "'action':'slow','slow':600000");
      assertEquals(600_000, bob.next("room").get("slow").getAsLong());
      bob.say("{'type':'publish','id':'1','text':'one'}\n{'type':'publish','id':'2','text':'two'}");
      JsonObject error = bob.await("error");
      assertEquals("2", error.get("id").getAsString());
      assertEquals("slow_mode", error.get("code").getAsString());
      assertTrue(error.get("retryAfter").getAsLong() > 500_000);
      assertEquals("one", plain.receiveText());
      plain.send("a");
      assertEquals("a", plain.receiveText());
      plain.send("b");
      assertEquals(1013, plain.receive().closeCode());
    }
  }

  @Test
  void whoIsKickedIsAway() {
    try (JsonClient bob = bob("r")) {
      operate("{'action':'kick','member':'" + BOB + "'}");
      assertEnded(4510, bob);
      bob("r").close();
    }
  }

  private void assertNotIn(String rest) {
    try (JsonClient client = new JsonClient(server, "members")) {
      client.say("{'type':'hello','key':'" + BOB_KEY + "'" + rest + "}");
      assertEnded(4503, client);
    }
  }

  @Test
  void anInviteOpensARoomForGood() {
    assertNotIn("");
    String invite;
    try (JsonClient mod = moderator("members")) {
      mod.say("{'type':'moderate','id':'i','action':'invite','uses':1,'for':60000}");
      invite = mod.await("ok").get("invite").getAsString();
    }
    try (JsonClient mod = new JsonClient(server, "members")) {
      mod.hello(",'key':'" + MOD_KEY + "','invite':'" + invite + "'");
      mod.next("live");
    }
    assertNotIn(",'invite':'made up'");
    // Of another room, and changed.
    String other = operate("{'action':'invite','room':'other'}").get("invite").getAsString();
    assertNotIn(",'invite':'" + other + "'");
    assertNotIn(",'invite':'9" + invite + "'");
    // The right number, with a signature that is not ours.
    assertNotIn(",'invite':'" + invite.substring(0, invite.length() - 32) + "0".repeat(32) + "'");
    try (JsonClient bob = new JsonClient(server, "members")) {
      JsonObject welcome = bob.hello(",'key':'" + BOB_KEY + "','invite':'" + invite + "'");
      assertEquals("[\"join\",\"read\",\"publish\"]", welcome.get("may").toString());
      bob.next("live");
      bob.say("{'type':'publish','id':'1','text':'in'}");
      bob.await("ok");
    }
    bob("members").close();
    String guest = "Authorization: Guest " + BOB_KEY;
    assertEquals(200, http("GET /room/members/messages", guest).status());
    assertEquals(403, http("GET /room/members/messages").status());
    try (JsonClient late = new JsonClient(server, "members")) {
      late.say("{'type':'hello','key':'somebody-else-0123456789','invite':'" + invite + "'}");
      assertEnded(4503, late);
    }
    operate("{'action':'ban','room':'members','member':'" + BOB + "'}");
    assertEquals(403, http("GET /room/members/messages", guest).status());
    String again = operate("{'action':'invite','room':'members'}").get("invite").getAsString();
    try (JsonClient bob = new JsonClient(server, "members")) {
      bob.say("{'type':'hello','key':'" + BOB_KEY + "','invite':'" + again + "'}");
      assertEnded(4511, bob);
    }
  }

  @Test
  void anOperatorSeesWhichInvitesAreGood() {
    JsonObject made = operate("{'action':'invite','room':'r','uses':3}");
    JsonObject invite =
        look("/moderation?room=r").getAsJsonArray("invites").get(0).getAsJsonObject();
    assertEquals(made.get("invite"), invite.get("invite"));
    assertEquals(3, invite.get("uses").getAsInt());
    operate("{'action':'revoke','room':'r','seq':" + made.get("seq") + "}");
    assertEquals(0, look("/moderation?room=r").getAsJsonArray("invites").size());
  }

  @Test
  void anOperatorSeesWhoIsThereAndWhatWasDone() {
    try (JsonClient bob = bob("r")) {
      assertEquals("{\"rooms\":[{\"room\":\"r\",\"members\":1}]}", look("/rooms").toString());
      assertEquals("{\"members\":[{\"id\":\"" + BOB + "\"}]}", look("/members?room=r").toString());
      operate("{'action':'mute','member':'" + BOB + "','by':'ann','reason':'noise'}");
      operate("{'action':'lock','room':'r'}");
      assertEquals(
          "{\"room\":\"r\",\"locked\":true,\"slow\":0,\"sanctions\":[],\"invites\":[]}",
          look("/moderation?room=r").toString());
      JsonObject mute = look("/moderation").getAsJsonArray("sanctions").get(0).getAsJsonObject();
      JsonClient.assertFields(
          mute,
          "{'seq':1,'by':'operator:ann','action':'mute','member':'" + BOB + "','reason':'noise'}");
      bob.next("room");
      assertEquals(2, look("/moderation/log").getAsJsonArray("log").size());
      assertEquals(1, look("/moderation/log?after=1").getAsJsonArray("log").size());
      assertEquals(0, look("/moderation/log?after=123456789012345").getAsJsonArray("log").size());
    }
  }

  private RawWebSocket trace() {
    return RawWebSocket.request(
        admin.port(), List.of("GET /trace?room=r HTTP/1.1", "Host: localhost", bearer()));
  }

  private RawWebSocket events() {
    RawWebSocket stream =
        RawWebSocket.request(
            server.port(), List.of("GET /room/r/events HTTP/1.1", "Host: localhost"));
    stream.readUntil("event: live");
    return stream;
  }

  @Test
  void anOperatorSeesReadersOfEventsComeAndGo() {
    RawWebSocket trace = trace();
    assertEquals(200, trace.status());
    RawWebSocket killed = events();
    trace.readUntil("joined fresh");
    killed.close();
    try (JsonClient bob = bob("r")) {
      trace.readUntil("joined fresh");
      // That a socket is gone shows when something is written to it.
      for (int i = 0; i < 20; i++) {
        bob.say("{'type':'publish','id':'" + i + "','text':'hello'}");
        bob.await("ok");
      }
      trace.readUntil("\"gone\"");
    }
    events();
    trace.readUntil("joined fresh");
    server.server().stop(CloseReason.RESTART, Duration.ofSeconds(20));
    trace.readUntil("closed with 1012");
    trace.close();
  }

  @Test
  void anOperatorWatchesWhatHappensButNotWhatIsSaid() {
    RawWebSocket trace = trace();
    assertEquals(200, trace.status());
    try (JsonClient bob = bob("r");
        JsonClient elsewhere = bob("s")) {
      elsewhere.say("{'type':'publish','id':'1','text':'secret'}");
      elsewhere.await("ok");
      bob.say("{'type':'publish','id':'1','text':'secret'}");
      bob.await("ok");
      bob.say("{'type':'publish','id':'1','text':'other'}");
      bob.await("error");
      operate("{'action':'kick','member':'" + BOB + "'}");
      assertEnded(4510, bob);
    }
    String seen = trace.readUntil("closed with 4510");
    assertTrue(seen.contains("\"member\":\"" + BOB + "\",\"what\":\"joined fresh\""), seen);
    assertTrue(seen.contains("published 1, 6 bytes"), seen);
    assertTrue(seen.contains("refused conflict"), seen);
    assertFalse(seen.contains("secret") || seen.contains("\"room\":\"s\""), seen);
    trace.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                     | action is missing",
        "{'action':'dance'}                     | action is one of delete, mute, unmute,",
        "{'action':'ban'}                       | member is missing",
        "{'action':'lock'}                      | room is missing",
        "{'action':'delete','room':'r'}         | seq is missing",
        "{'action':'delete','room':'r','seq':0} | delete needs the seq of a message",
        "{'action':'slow','room':'r','slow':99999999} | slow must be from 0 to 6 hours",
        "{'action':'kick','member':'user:x','for':1} | kick has no end",
        "{'action':'lock','room':'a/b'}         | room name holds a /",
        "{'action':'ban','member':'user:x','for':9007199254740991} | not longer than 36500 days",
        "{'action':'ban','member':'user:x','fro':60000} | no such member here; there are action,",
        "{'action':'ban','member':'user:x','type':'ban'} | no such member here",
        "{'action':'lock','room':'r','member':'user:x'}  | lock is about a room, not about a member",
        "{'action':'ban','member':'Bob'}        | member must be an identity, whole",
        "{'action':'mute','member':'bob@example.org'} | member must be an identity, whole",
        "{'action':'kick','member':'guest:abc'} | member must be an identity, whole",
        "{'action':'ban','member':':x'}         | member must be an identity, whole",
        "{'action':'ban','member':'user:'}      | member must be an identity, whole",
        "{'action':'ban','member':'user:x','room':null}  | room is null; leave it out",
        "{'action':'mute','member':'user:x','for':null}  | for is null; leave it out",
        "{'action':'lock','rom':'r'}            | no such member here; there are action, address, by,",
        "{'action':'ban','member':'Guest:2UFDzbCqR2Zl3C7V5gq0zYw8C6y7qv0m0Xh2l3m4n5o'} | member must be",
        "{'action':'ban','member':'USER:ann'}   | member must be an identity, whole",
        "[]                                     | each line must be a JSON object"
      })
  void saysWhatIsWrong(String body, String reason) {
    RawWebSocket answer = ask("POST", "/moderation", body.replace('\'', '"'), bearer());
    assertEquals(400, answer.status());
    String said = answer.body();
    assertTrue(said.contains(reason), said);
  }

  @Test
  void whatAModeratorMisspeltIsNotDone() {
    try (JsonClient mod = moderator("r")) {
      for (String misspelt :
          List.of(
              "'action':'ban','member':'" + BOB + "','fro':60000",
              "'action':'ban','member':'" + BOB + "','by':'somebody'",
              "'action':'lock','room':'other'",
              "'action':'mute','member':'Bob'")) {
        mod.say("{'type':'moderate','id':'m'," + misspelt + "}");
        JsonObject error = mod.await("error");
        assertEquals("bad_request", error.get("code").getAsString(), misspelt);
        assertEquals("m", error.get("id").getAsString());
      }
      mod.say("{'type':'delete','id':'d','seq':1,'why':'rude'}");
      assertEquals("bad_request", mod.await("error").get("code").getAsString());
      assertEquals(0, look("/moderation/log").getAsJsonArray("log").size());
      assertFalse(look("/moderation?room=r").get("locked").getAsBoolean());
    }
  }

  @Test
  void whatIsNoTextIsNotTakenForOne() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + admin.port() + "/moderation"))
            .header("Authorization", "Bearer " + TOKEN)
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"action\":\"ban\",\"member\":\"user:\u00e4\"}", ISO_8859_1))
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains("not UTF-8"), answer.body());
  }

  @Test
  void nobodyIsWatchedWhoCannotBeThere() {
    try (RawWebSocket answer = ask("GET", "/trace?member=Bob", "", bearer())) {
      assertEquals(400, answer.status());
      assertTrue(answer.body().contains("must be an identity, whole"));
    }
  }

  @Test
  void withoutTheTokenNothingIsShown() {
    for (String path : AdminApi.PATHS) {
      assertEquals(401, ask("GET", path, "").status());
      assertEquals(401, ask("GET", path, "", "Authorization: Bearer wrong").status());
      assertEquals(401, ask("GET", path, "", "Authorization: Guest " + TOKEN).status());
    }
  }

  @Test
  void aServerWithoutATokenOpensNothing() throws IOException {
    try (AdminServer closed =
        new AdminServer(InetAddress.getLoopbackAddress(), 0, server.server(), () -> "")) {
      assertThrows(
          IllegalArgumentException.class, () -> closed.moderate(server.rooms(), "too short"));
      closed.start();
      RawWebSocket answer =
          RawWebSocket.request(
              closed.port(), List.of("GET /rooms HTTP/1.1", "Host: localhost", bearer()));
      assertEquals(403, answer.status());
      assertTrue(answer.body().contains("was started without AdminServer.moderate"));
    }
  }
}
