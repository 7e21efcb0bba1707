package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.core.Draft;
import io.durablechat.core.Member;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.core.RoomName;
import io.durablechat.core.RoomPolicy;
import io.durablechat.jetty.RawWebSocket.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChatV1DialectTest {
  private static final long MOST_HELD = 4 << 20;
  private static final String ANN_KEY = "ann-0123456789abcdefghij";

  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = TestServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void welcomesAndSaysWhatHolds() {
    try (JsonClient ann = new JsonClient(server, "r")) {
      JsonObject welcome = ann.hello(",'name':'Ann','key':'" + ANN_KEY + "'");
      JsonClient.assertFields(
          welcome,
          "{'room':'r','head':0,'resume':'fresh','durability':'memory','count':1,"
              + "'retryWindow':120000,'heartbeat':25000,"
              + "'limits':{'message':1048576,'waiting':1024,'waitingBytes':1048576}}");
      JsonObject you = welcome.getAsJsonObject("you");
      assertEquals("Ann", you.get("name").getAsString());
      assertEquals(Member.guest(ANN_KEY).identity(), you.get("id").getAsString());
      assertEquals(1, welcome.getAsJsonArray("members").size());
      assertFalse(welcome.toString().contains(ANN_KEY));
      JsonClient.assertFields(ann.next("live"), "{'head':0}");
    }
  }

  @Test
  void aMessageReachesEveryoneAndItsAuthorGetsAnOk() {
    try (JsonClient ann = new JsonClient(server, "r");
        JsonClient bob = new JsonClient(server, "r")) {
      String id = ann.hello(",'name':'Ann'").getAsJsonObject("you").get("id").getAsString();
      ann.next("live");
      bob.hello("");
      bob.next("live");
      ann.say("{'type':'publish','id':'1','text':'Grüße\\n👋','replyTo':7}");
      JsonObject ok = ann.await("ok");
      JsonClient.assertFields(ok, "{'id':'1','seq':1,'duplicate':false}");
      for (JsonClient client : List.of(ann, bob)) {
        JsonObject message = client.next("message");
        JsonClient.assertFields(
            message,
            "{'seq':1,'prev':0,'id':'1','kind':'message','text':'Grüße\\n👋','replyTo':7,"
                + "'from':{'id':'"
                + id
                + "','name':'Ann'}}");
        assertTrue(message.get("at").getAsLong() > 1_700_000_000_000L);
        assertTrue(message.has("cursor"));
      }
    }
  }

  @Test
  void aRetryIsADuplicateAndAnotherTextAConflict() {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello(",'key':'" + ANN_KEY + "'");
      ann.next("live");
      ann.say("{'type':'publish','id':'1','text':'a'}");
      ann.await("ok");
      ann.next("message");
      try (JsonClient again = new JsonClient(server, "r")) {
        again.hello(",'key':'" + ANN_KEY + "'");
        again.next("live");
        again.say("{'type':'publish','id':'1','text':'a'}");
        JsonClient.assertFields(again.next("ok"), "{'id':'1','seq':1,'duplicate':true}");
        again.say("{'type':'publish','id':'1','text':'b'}");
        JsonClient.assertFields(again.next("error"), "{'id':'1','code':'conflict'}");
      }
      ann.say("{'type':'ping'}");
      ann.next("pong");
    }
  }

  @Test
  void aPublishWithoutIdIsNotAnswered() {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello("");
      ann.next("live");
      ann.say("{'type':'publish','text':'a'}");
      assertFalse(ann.next("message").has("id"));
    }
  }

  @Test
  void whatWaitsTogetherComesInOneFrameWithOneCursor() {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello("");
      ann.next("live");
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        lines.add("{'type':'publish','text':'" + i + "'}");
      }
      ann.say(String.join("\n", lines));
      int frames = 0;
      long previous = 0;
      for (int i = 0; i < 100; ) {
        List<String> objects = ann.socket.receiveText().lines().toList();
        frames++;
        for (String line : objects) {
          JsonObject message = JsonParser.parseString(line).getAsJsonObject();
          assertEquals("" + i++, message.get("text").getAsString());
          assertEquals(previous, message.get("prev").getAsLong());
          previous = message.get("seq").getAsLong();
          assertEquals(line.equals(objects.get(objects.size() - 1)), message.has("cursor"));
        }
      }
      assertTrue(frames < 100, frames + " frames");
    }
  }

  @Test
  void resumesByCursor() {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello("");
      ann.next("live");
      ann.say("{'type':'publish','text':'a'}");
      String cursor = ann.next("message").get("cursor").getAsString();
      ann.say("{'type':'publish','text':'b'}\n{'type':'publish','text':'c'}");
      ann.next("message");
      String head = ann.next("message").get("cursor").getAsString();

      try (JsonClient back = new JsonClient(server, "r")) {
        JsonClient.assertFields(
            back.hello(",'cursor':'" + cursor + "'"), "{'resume':'exact','head':3}");
        JsonClient.assertFields(back.next("message"), "{'text':'b','prev':1}");
        JsonClient.assertFields(back.next("message"), "{'text':'c','prev':2}");
        JsonClient.assertFields(back.next("live"), "{'head':3}");
      }
      try (JsonClient level = new JsonClient(server, "r")) {
        JsonClient.assertFields(
            level.hello(",'cursor':'" + head + "'"), "{'resume':'exact','cursor':'" + head + "'}");
        level.next("live");
      }
      try (JsonClient skipping = new JsonClient(server, "r")) {
        JsonClient.assertFields(
            skipping.hello(",'cursor':'" + cursor + "','atMost':1"),
            "{'resume':'skipped','first':3}");
        JsonClient.assertFields(skipping.next("message"), "{'text':'c'}");
      }
      try (JsonClient history = new JsonClient(server, "r")) {
        JsonClient.assertFields(history.hello(",'history':2"), "{'resume':'fresh'}");
        JsonClient.assertFields(history.next("message"), "{'text':'b'}");
      }
    }
  }

  @Test
  void aCursorOfAnotherLogIsResetAndOfAnotherRoomRefused() throws IOException {
    String cursor;
    try (JsonClient elsewhere = new JsonClient(server, "other")) {
      cursor = elsewhere.hello("").get("cursor").getAsString();
    }
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.say("{'type':'hello','cursor':'" + cursor + "'}").error("bad_request");
      // A hello that was refused may be said again.
      ann.hello("");
    }
    try (TestServer restarted = TestServer.start();
        JsonClient back = new JsonClient(restarted, "other")) {
      JsonClient.assertFields(back.hello(",'cursor':'" + cursor + "'"), "{'resume':'reset'}");
    }
  }

  @Test
  void readsHistoryInPagesInBothDirections() {
    try (JsonClient ann = new JsonClient(server, "general")) {
      ann.hello("");
      ann.next("live");
      for (int i = 1; i <= 5; i++) {
        ann.say("{'type':'publish','text':'" + i + "'}");
        ann.await("message");
      }
      assertPage(ann, "'before':5,'limit':2", "3 4", true);
      assertPage(ann, "'before':3,'limit':2", "1 2", false);
      assertPage(ann, "'before':1", "", false);
      assertPage(ann, "'after':0,'limit':3", "1 2 3", true);
      assertPage(ann, "'after':3,'limit':2", "4 5", false);
      assertPage(ann, "'limit':1", "5", true);
      assertPage(ann, "", "1 2 3 4 5", false);
      for (String wrong :
          List.of("'before':1,'after':2", "'limit':0", "'limit':1001", "'before':-1")) {
        ann.say("{'type':'history','id':'h'," + wrong + "}").error("bad_request");
      }
      ann.say("{'type':'history'}").error("bad_request");
    }
  }

  private static void assertPage(JsonClient client, String ask, String texts, boolean more) {
    client.say("{'type':'history','id':'h'" + (ask.isEmpty() ? "" : ",") + ask + "}");
    JsonObject page = client.next("history");
    assertEquals("h", page.get("id").getAsString());
    assertEquals(more, page.get("more").getAsBoolean(), page::toString);
    List<String> found = new ArrayList<>();
    for (JsonElement message : page.getAsJsonArray("messages")) {
      found.add(message.getAsJsonObject().get("text").getAsString());
      assertFalse(message.getAsJsonObject().has("prev"));
    }
    assertEquals(texts, String.join(" ", found));
  }

  @Test
  void aPageOfHistoryIsBoundedAndALargeMessageFits() {
    String large = "x".repeat(400_000);
    try (JsonClient ann = new JsonClient(server, "general")) {
      ann.hello("");
      ann.next("live");
      for (int i = 0; i < 3; i++) {
        ann.say("{'type':'publish','text':'" + large + "'}");
        ann.await("message");
      }
      ann.say("{'type':'history','id':'h'}");
      JsonObject page = ann.next("history");
      assertEquals(1, page.getAsJsonArray("messages").size());
      assertTrue(page.get("more").getAsBoolean());
    }
  }

  @Test
  void plainAndChatV1HearEachOther() {
    try (JsonClient ann = new JsonClient(server, "r");
        RawWebSocket plain = server.plain("r")) {
      ann.hello("");
      ann.next("live");
      plain.send("from plain");
      JsonClient.assertFields(ann.next("message"), "{'kind':'plain','text':'from plain'}");
      assertEquals("from plain", plain.receiveText());
      plain.send(new byte[] {0, 1, -1});
      JsonObject binary = ann.next("message");
      JsonClient.assertFields(binary, "{'kind':'plain','data':'AAH/'}");
      assertFalse(binary.has("text"));
      plain.receive();
      ann.say("{'type':'publish','id':'1','text':'{\\\"to\\\":\\\"plain\\\"}'}");
      assertEquals("{\"to\":\"plain\"}", plain.receiveText());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "[]",
        "\"hello\"",
        "{",
        "{'type':'publish','text':'a'",
        "{'type':'publish','text':'a'} {}",
        "{'type':'publish'}",
        "{'type':'publish','text':7}",
        "{'type':'publish','text':null}",
        "{'type':'publish','text':'a','id':''}",
        "{'type':'publish','text':'a','id':'ü'}",
        "{'type':'publish','text':'a','id':7}",
        "{'type':'publish','text':'a','replyTo':0}",
        "{'type':'publish','text':'a','replyTo':-1}",
        "{'type':'publish','text':'a','replyTo':1.5}",
        "{'type':'publish','text':'a','replyTo':1e999999999}",
        "{'type':'publish','text':'a','replyTo':9007199254740992}",
        "{'type':'publish','text':'a','text':'b'}",
        "{'type':'publish','text':'\\ud800'}",
        "{type:'publish'}",
        "{'text':'a'}",
        "{'type':7}",
        "{'type':'hello'}",
        "// comment",
        "NaN"
      })
  void whatCannotBeUsedGetsAnErrorAndTheSessionGoesOn(String json) {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello("");
      ann.next("live");
      ann.say(json).error("bad_request");
      ann.say("{'type':'ping'}").next("pong");
    }
  }

  @Test
  void deepNestingIsRefusedWithoutHarm() {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello("");
      ann.next("live");
      ann.say("{'type':'ping','x':" + "[".repeat(100_000) + "}").error("bad_request");
      ann.say("{'type':'ping','unknown':{'a':[1,2,{'b':null}]},'more':true}").next("pong");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"edit", "delete", "react", "search", "read", "auth", "welcome", "nonsense"})
  void whatIsNotKnownIsUnsupportedAndTheSessionGoesOn(String type) {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello("");
      ann.next("live");
      ann.say("{'type':'" + type + "','id':'42'}");
      JsonClient.assertFields(ann.next("error"), "{'code':'unsupported','id':'42'}");
      ann.say("{'type':'ping'}").next("pong");
    }
  }

  @Test
  void anObjectHasSoManyMembersAndNoMore() {
    String many =
        IntStream.range(0, 62).mapToObj(i -> ",'m" + i + "':0").collect(Collectors.joining());
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello("");
      ann.next("live");
      ann.say("{'type':'nope','id':'1'" + many + "}").error("unsupported");
      ann.say("{'type':'nope','more':0" + many + ",'id':'1'}");
      JsonClient.assertFields(ann.next("error"), "{'code':'bad_request','id':'1'}");
    }
  }

  @Test
  void anIdThatIsTooLongIsNotRepeated() {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello("");
      ann.next("live");
      String id = "x".repeat(300_000);
      ann.say("{'type':'nope','id':'" + id + "'}");
      assertFalse(ann.next("error").has("id"));
      ann.say("{'type':'publish','text':'a','id':'" + id + "'}").error("bad_request");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'text':'\\ud83d','id':'p'",
        "'id':'p','text':'a\\udc4bz'",
        "'text':'\\ud83d\\ud83d','id':'p'",
        "'text':'\\ud83dA','id':'p'",
        "'text':7,'id':'p'",
        "'text':['a'],'id':'p'",
        "'id':'p'",
        "'text':'a','replyTo':-1,'id':'p'",
        "'text':'a','more':1,'more':2,'id':'p'",
        "'id':'p','text':'a','text':'b'",
        "'text':{'a':1,'a':2},'id':'p'",
        "'id':'p','text':'a','x':[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "'id':'p','text':'a','x':01",
        "'id':'p','text':'a",
        "'id':'p','text':'a'} {"
      })
  void aPublishThatCannotBeUsedIsRefusedUnderItsId(String members) {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello("");
      ann.next("live");
      ann.say("{'type':'publish'," + members + "}");
      JsonClient.assertFields(ann.next("error"), "{'code':'bad_request','id':'p'}");
      ann.say("{'type':'ping'}").next("pong");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'type':'rename','name':'\\ud83d'",
        "'type':'rename','name':'a\\udc4bz'",
        "'type':'rename','name':'\\ud83dA'",
        "'type':'\\ud83d'",
        "'type':'history','before':'\\ud83d'",
        "'type':'moderate','action':'lock','reason':'\\ud83d'",
        "'type':'publish','text':'a','\\ud83d':1",
        "'type':'typing','on':'\\ud83d'"
      })
  void halfASurrogateIsRefusedUnderTheIdOfWhatWasAskedFor(String members) {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello("");
      ann.next("live");
      ann.say("{" + members + ",'id':'42'}");
      assertEquals("42", ann.next("error").get("id").getAsString());
      ann.say("{'type':'ping'}").next("pong");
    }
  }

  @Test
  void aHelloIsRefusedUnderItsIdWhateverIsWrongWithIt() {
    try (JsonClient ann = new JsonClient(server, "r")) {
      for (String wrong :
          List.of("'name':'admin'", "'name':'\\ud83d'", "'cursor':'\\ud83d'", "'token':'x'")) {
        ann.say("{'type':'hello','id':'42'," + wrong + "}");
        assertEquals("42", ann.next("error").get("id").getAsString(), wrong);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"publish", "history", "rename", "auth", "nope"})
  void anIdWithHalfASurrogateIsNotRepeatedAsAnother(String type) {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello("");
      ann.next("live");
      for (String id : List.of("\\ud83d", "a\\udc4bz", "\\ud83d\\ud83d", "\\ud83dA")) {
        ann.say("{'type':'" + type + "','text':'a','name':'A','id':'" + id + "'}");
        assertFalse(ann.next("error").has("id"), id);
      }
    }
  }

  @Test
  void anIdThatIsGivenTwiceIsNotGuessed() {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello("");
      ann.next("live");
      ann.say("{'type':'publish','id':'1','text':'a','id':'2'}");
      JsonObject error = ann.next("error");
      assertEquals("bad_request", error.get("code").getAsString());
      assertFalse(error.has("id"));
    }
  }

  @Test
  void linesEndWithALineFeedAlone() {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello("");
      ann.next("live");
      ann.say("{'type':\r'ping'}\r\n\r\n{'type':'ping'}");
      ann.next("pong");
      ann.next("pong");
    }
  }

  @Test
  void binaryFramesMeanNothing() {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello("");
      ann.next("live");
      ann.socket.send(new byte[] {1});
      ann.error("unsupported");
    }
  }

  @Test
  void aBrokenFrameIsClosedForOnceWhatWasSaidBeforeItIsAnswered() {
    try (JsonClient ann = new JsonClient(server, "r")) {
      byte[] broken = RawFrame.of(7, "").bytes();
      byte[] all =
          RawFrame.together(
              List.of(
                  RawFrame.text("{\"type\":\"hello\"}").bytes(),
                  RawFrame.text("{\"type\":\"publish\",\"id\":\"1\",\"text\":\"a\"}").bytes(),
                  RawFrame.text("{\"type\":\"rename\",\"id\":\"2\",\"name\":\"Ann\"}").bytes(),
                  RawFrame.text("{\"type\":\"history\",\"id\":\"3\"}").bytes(),
                  broken));
      ann.socket.write(all, all.length);
      StringBuilder said = new StringBuilder();
      Frame frame = ann.socket.receive();
      while (frame.opCode() == RawWebSocket.TEXT) {
        said.append(frame.text()).append('\n');
        frame = ann.socket.receive();
      }
      assertEquals(1002, frame.closeCode());
      for (String type : List.of("welcome", "ok", "message", "history")) {
        assertTrue(said.indexOf("\"type\":\"" + type + "\"") >= 0, type + ": " + said);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{'type':'publish','text':'a'}", "{'type':'ping'}", "binary"})
  void helloMustComeFirst(String first) {
    try (JsonClient ann = new JsonClient(server, "r")) {
      if (first.equals("binary")) {
        ann.socket.send(new byte[] {1});
      } else {
        ann.say(first);
      }
      JsonClient.assertFields(ann.next("bye"), "{'code':1008,'reconnect':false}");
      assertEquals(1008, ann.socket.receive().closeCode());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'key':'short'",
        "'name':'a\\u0007b'",
        "'name':''",
        "'cursor':'x'",
        "'history':-1",
        "'history':10001",
        "'atMost':0"
      })
  void aHelloThatCannotBeUsedIsRefusedAndMayBeSaidAgain(String field) {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.say("{'type':'hello'," + field + "}").error("bad_request");
      ann.hello("");
    }
  }

  @Test
  void aTokenIsNotSilentlyIgnored() {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.say("{'type':'hello','token':'x'}").error("unsupported");
    }
  }

  @Test
  void guestsAreTheirKeysAndStrangersAreNobody() {
    try (JsonClient a = new JsonClient(server, "r");
        JsonClient b = new JsonClient(server, "r");
        JsonClient c = new JsonClient(server, "r")) {
      JsonObject known = a.hello(",'key':'" + ANN_KEY + "','name':'Ann'").getAsJsonObject("you");
      JsonObject renamed = b.hello(",'key':'" + ANN_KEY + "','name':'Anna'").getAsJsonObject("you");
      JsonObject stranger = c.hello(",'name':'Ann'").getAsJsonObject("you");
      assertEquals(known.get("id"), renamed.get("id"));
      assertNotEquals(known.get("id"), stranger.get("id"));
    }
  }

  @Test
  void aTextUpToTheLimitPassesHoweverItIsEscaped() {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.hello("");
      ann.next("live");
      String escaped = "\\u0001".repeat(1 << 20);
      ann.say("{'type':'publish','id':'1','text':'" + escaped + "'}");
      ann.await("ok");
      assertEquals(1 << 20, ann.next("message").get("text").getAsString().length());
      ann.say("{'type':'publish','id':'2','text':'" + escaped + "x'}");
      JsonClient.assertFields(ann.next("error"), "{'id':'2','code':'too_large'}");
      ann.say("{'type':'ping'}").next("pong");
    }
  }

  @Test
  void whatThePolicyRefusesIsSaidInItsWords() throws IOException {
    RoomPolicy policy =
        new RoomPolicy() {
          @Override
          public void admit(RoomName room, Member member) {
            if (room.value().equals("closed")) {
              throw RefusedException.of(Reason.FORBIDDEN, "closed room");
            }
          }

          @Override
          public Draft review(RoomName room, Member author, Draft draft) {
            throw RefusedException.of(Reason.FORBIDDEN, "no spam");
          }
        };
    try (TestServer strict = TestServer.start(rooms -> rooms.policy(policy), s -> s);
        JsonClient ann = new JsonClient(strict, "r");
        JsonClient outside = new JsonClient(strict, "closed")) {
      ann.hello("");
      ann.next("live");
      ann.say("{'type':'publish','id':'1','text':'spam'}");
      JsonClient.assertFields(
          ann.next("error"), "{'id':'1','code':'forbidden','message':'no spam'}");
      outside.say("{'type':'hello'}");
      JsonClient.assertFields(outside.next("bye"), "{'code':4503,'reconnect':false}");
      assertEquals(4503, outside.socket.receive().closeCode());
    }
  }

  /** However much is asked for, the answers that nobody reads take a bounded room. */
  @Test
  void aClientThatAsksAndDoesNotReadIsNotReadFrom() throws InterruptedException {
    try (JsonClient ann = new JsonClient(server, "r");
        JsonClient bob = new JsonClient(server, "other")) {
      ann.hello("");
      byte[] pings = "{\"type\":\"ping\"}\n".repeat(1000).getBytes(UTF_8);
      Thread asking =
          new Thread(
              () -> {
                try {
                  while (true) {
                    ann.socket.send(true, RawWebSocket.TEXT, pings);
                  }
                } catch (UncheckedIOException e) {
                  // Its connection has ended.
                }
              });
      asking.start();
      bob.hello("");
      for (int i = 0; i < 200; i++) {
        bob.say("{'type':'publish','id':'" + i + "','text':'x'}");
        bob.await("ok");
        assertTrue(server.server().heldBytes() < MOST_HELD, server.server()::toString);
      }
      ann.socket.vanish();
      asking.join();
    }
  }
}
