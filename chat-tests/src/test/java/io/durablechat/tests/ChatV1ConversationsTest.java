package io.durablechat.tests;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recorded conversations in {@code chat.v1}. */
final class ChatV1ConversationsTest {
  private static final String[] SMALL = {"--data", "memory", "--max-message", "1K"};
  private static final String ANN = ",'key':'ann-0123456789abcdefghijkl'";
  private static final String BOB = ",'key':'bob-0123456789abcdefghijkl'";

  @Test
  void helloComesFirst() throws Exception {
    Conversation.playTwice("chat-hello", ChatV1ConversationsTest::hello, SMALL);
  }

  private static void hello(Conversation all) {
    all.note("What cannot be read is said so, also before hello; anything else ends it.");
    ChatV1Voice eve = all.chat("eve", "general");
    eve.says("nonsense").hears("error");
    eve.says("[1]").hears("error");
    eve.says("{'text':'no type'}").hears("error");
    eve.says("{'type':'publish','id':'1','text':'too early'}").hearsBye();
    all.chat("eve", "general").says("{'type':'poem'}").hearsBye();
    all.chat("eve", "general").saysBinary((byte) 1).hearsBye();
    all.note("A hello that cannot be gets an error, and may be said again.");
    ChatV1Voice ann = all.chat("ann", "general");
    for (String wrong :
        new String[] {
          "'key':'short'",
          "'key':7",
          "'name':'admin'",
          "'name':' '",
          "'cursor':'AQ'",
          "'atMost':0",
          "'history':10001",
          "'history':-1",
          "'token':'e.y.J'"
        }) {
      ann.says("{'type':'hello'," + wrong + "}").hears("error");
    }
    ann.comesIn(ANN + ",'name':'  Ann   of general ','shoes':{'size':42}");
    ann.says("{'type':'hello','id':'again'}").hears("error");
    all.note("Somebody new, without a key.");
    all.chat("eve", "general").comesIn("");
    all.note("What ping answers to, and what means nothing.");
    ann.says("{'type':'ping'}").hears("pong");
    ann.says("").says("{'type':'ping'}").hears("pong");
    ann.says("{'type':'ping'}", "", "{'type':'poem','id':'p'}").hears("pong", "error");
    ann.saysBinary((byte) 1).hears("error");
    all.note("Too much in one.");
    ann.saysLong("1,025 lines", "{}\n".repeat(1025)).hears("error");
    ann.saysLong("65 members", members(65)).hears("error");
    ann.saysLong("33 deep", "{\"type\":\"ping\",\"a\":" + "[".repeat(33) + "]".repeat(33) + "}")
        .hears("error");
    ann.says("{'type':'ping','type':'ping'}").hears("error");
    ann.says("{'type':'ping'}{'type':'ping'}").hears("error");
    all.note("They leave.");
    ann.leaves();
  }

  private static String members(int count) {
    StringBuilder object = new StringBuilder("{\"type\":\"ping\"");
    for (int i = 1; i < count; i++) {
      object.append(",\"m").append(i).append("\":0");
    }
    return object.append('}').toString();
  }

  @Test
  void messagesAreKeptOnceAndAnswered() throws Exception {
    Conversation.playTwice("chat-publish", ChatV1ConversationsTest::publish, SMALL);
  }

  private static void publish(Conversation all) {
    ChatV1Voice ann = all.chat("ann", "general");
    ann.comesIn(ANN + ",'name':'Ann'");
    ChatV1Voice bob = all.chat("bob", "general");
    bob.comesIn(BOB);
    all.note("Without an id there is no ok.");
    ann.says("{'type':'publish','text':'hello'}").hears("message");
    bob.hears("message");
    all.note("An id makes it one, however often it comes; it is its author's own.");
    ann.says("{'type':'publish','id':'1','text':'once'}").hears("ok", "message");
    bob.hears("message");
    ann.says("{'type':'publish','id':'1','text':'once'}").hears("ok");
    ann.says("{'type':'publish','id':'1','text':'twice'}").hears("error");
    ann.says("{'type':'publish','id':'1','text':'once','replyTo':1}").hears("error");
    bob.says("{'type':'publish','id':'1','text':'of bob'}").hears("ok", "message");
    ann.hears("message");
    all.note("Answers.");
    bob.says("{'type':'publish','id':'2','text':'hello, Ann','replyTo':1}").hears("ok", "message");
    ann.hears("message");
    for (String wrong : new String[] {"0", "-1", "1.5", "'1'", "9007199254740992"}) {
      bob.says("{'type':'publish','id':'3','text':'to whom?','replyTo':" + wrong + "}")
          .hears("error");
    }
    all.note("What a message may be.");
    for (String text : new String[] {"''", "'\\u0000 \\ud83d\\ude42 <b>'"}) {
      ann.says("{'type':'publish','id':'text " + text.length() + "','text':" + text + "}")
          .hears("ok", "message");
      bob.hears("message");
    }
    for (String wrong :
        new String[] {
          "'id':'4'",
          "'id':'4','text':5",
          "'id':4,'text':'x'",
          "'id':'','text':'x'",
          "'id':'\u00e4','text':'x'",
          "'id':'4','text':'\\ud800'"
        }) {
      ann.says("{'type':'publish'," + wrong + "}").hears("error");
    }
    String tooLong = "i".repeat(65);
    ann.says("{'type':'publish','id':'" + tooLong + "','text':'x'}").hears("error");
    ann.saysLong(
            "publish with id 5 and a text of 1,025 bytes",
            "{\"type\":\"publish\",\"id\":\"5\",\"text\":\"" + "x".repeat(1025) + "\"}")
        .hears("error");
    all.note("Several in one frame.");
    ann.says(
            "{'type':'publish','id':'6','text':'six'}",
            "{'type':'publish','id':'7','text':'seven'}",
            "{'type':'publish','id':'7','text':'not seven'}",
            "{'type':'ping'}")
        .hearsTogether("ok", "ok", "error", "pong", "message", "message");
    bob.hearsTogether("message", "message");
    all.note("What one may not do.");
    bob.says("{'type':'delete','id':'d','seq':1}").hears("error");
    bob.says("{'type':'moderate','id':'m','action':'lock'}").hears("error");
    bob.says("{'type':'auth','id':'t','token':'e.y.J'}").hears("error");
  }

  @Test
  void historyIsReadInPages() throws Exception {
    Conversation.playTwice("chat-history", ChatV1ConversationsTest::history, SMALL);
  }

  private static void history(Conversation all) {
    ChatV1Voice ann = all.chat("ann", "general");
    ann.comesIn(ANN);
    all.note("Nothing yet.");
    ann.says("{'type':'history','id':'h'}").hears("history");
    for (int i = 1; i <= 5; i++) {
      ann.says("{'type':'publish','text':'" + i + "'}").hears("message");
    }
    all.note("The newest, those before, those after.");
    for (String range :
        new String[] {
          "",
          ",'limit':2",
          ",'before':4,'limit':2",
          ",'before':2,'limit':2",
          ",'before':1",
          ",'after':0,'limit':2",
          ",'after':3,'limit':2",
          ",'after':5",
          ",'before':99,'limit':1"
        }) {
      ann.says("{'type':'history','id':'h'" + range + "}").hears("history");
    }
    all.note("What cannot be.");
    for (String wrong :
        new String[] {
          "",
          ",'id':'h','before':2,'after':1",
          ",'id':'h','limit':0",
          ",'id':'h','limit':1001",
          ",'id':'h','before':-1",
          ",'id':'h','after':'x'"
        }) {
      ann.says("{'type':'history'" + wrong + "}").hears("error");
    }
  }

  @Test
  void sessionsGoOnWhereTheyWere() throws Exception {
    Conversation.playTwice("chat-resume", ChatV1ConversationsTest::resume, SMALL);
  }

  private static void resume(Conversation all) throws Exception {
    all.note("Another tab of Ann's, so that she is there all the time.");
    all.chat("tab", "general").comesIn(ANN);
    ChatV1Voice ann = all.chat("ann", "general");
    String beginning = cursor(ann.comesIn(ANN));
    ann.says("{'type':'publish','text':'one'}");
    String afterOne = cursor(ann.hears("message"));
    ann.says("{'type':'publish','text':'two'}").hears("message");
    ann.says("{'type':'publish','text':'three'}");
    String afterThree = cursor(ann.hears("message"));
    ann.loses();
    all.note("Exactly what was missed.");
    comesBack(all, ",'cursor':'" + afterOne + "'", "message", "message");
    comesBack(all, ",'cursor':'" + afterThree + "','history':10");
    comesBack(all, ",'cursor':'" + beginning + "'", "message", "message", "message");
    all.note("At most so many.");
    comesBack(all, ",'cursor':'" + beginning + "','atMost':3", "message", "message", "message");
    comesBack(all, ",'cursor':'" + beginning + "','atMost':1", "message");
    all.note("Anew, with some history.");
    comesBack(all, ",'history':2", "message", "message");
    comesBack(all, ",'history':10", "message", "message", "message");
    comesBack(all, "");
    all.note("The cursor of another room.");
    ChatV1Voice other = all.chat("ann", "kitchen");
    other.says("{'type':'hello','cursor':'" + afterOne + "'}").hears("error");
    all.note("In memory 10,000 messages of a room are kept: three have to go.");
    ChatV1Voice busy = all.chat("ann", "busy");
    String start = cursor(busy.comesIn(ANN));
    busy.loses();
    all.hidePresence();
    all.plain("bob", "busy", "").saysMany(10_003);
    ChatV1Voice trimmed = all.chat("eve", "busy");
    trimmed.says("{'type':'hello','cursor':'" + start + "'}");
    trimmed.hears("welcome");
    trimmed.hearsMany(10_000);
    trimmed.hears("live");
    trimmed.says("{'type':'history','id':'h','after':0,'limit':1}").hears("history");
    all.stop();
    all.startAgain();
    all.note("Messages in memory are gone: another log.");
    all.chat("tab", "general").comesIn(ANN);
    comesBack(all, ",'cursor':'" + afterThree + "','history':10");
  }

  private static void comesBack(Conversation all, String rest, String... replay) {
    ChatV1Voice ann = all.chat("ann", "general");
    ann.says("{'type':'hello'" + ANN + rest + "}").hears("welcome");
    ann.hears(replay);
    ann.hears("live");
    ann.loses();
  }

  private static String cursor(JsonObject object) {
    return object.get("cursor").getAsString();
  }

  @Test
  void whoIsThereAndTypesIsTold() throws Exception {
    Conversation.play("chat-presence", ChatV1ConversationsTest::presence, SMALL);
  }

  private static void presence(Conversation all) {
    ChatV1Voice ann = all.chat("ann", "general");
    ann.comesIn(ANN + ",'name':'Ann'");
    ChatV1Voice bob = all.chat("bob", "general");
    bob.comesIn(BOB + ",'name':'Bob'");
    ann.hears("presence");
    all.note("Another tab is nobody new, and may be called something else.");
    ChatV1Voice tab = all.chat("tab", "general");
    tab.comesIn(BOB + ",'name':'Bob'");
    bob.says("{'type':'rename','id':'n','name':'Bobby'}").hears("ok", "presence");
    ann.hears("presence");
    tab.hears("presence");
    bob.says("{'type':'publish','text':'call me Bobby'}").hears("message");
    ann.hears("message");
    tab.hears("message");
    for (String wrong : new String[] {"", ",'id':'n'", ",'id':'n','name':'admin'"}) {
      bob.says("{'type':'rename'" + wrong + "}").hears("error");
    }
    all.note("Who types.");
    ann.says("{'type':'typing','on':true}").hears("typing");
    bob.hears("typing");
    tab.hears("typing");
    bob.says("{'type':'typing','on':true}").hears("typing");
    ann.hears("typing");
    tab.hears("typing");
    ann.says("{'type':'typing','on':false}").hears("typing");
    bob.hears("typing");
    tab.hears("typing");
    bob.says("{'type':'publish','text':'typed'}").hears("message", "typing");
    ann.hears("message", "typing");
    tab.hears("message", "typing");
    ann.says("{'type':'typing'}").hears("error");
    all.note("Who has no key is gone at once.");
    ChatV1Voice eve = all.chat("eve", "general");
    eve.comesIn(",'name':'Eve'");
    ann.hears("presence");
    bob.hears("presence");
    tab.hears("presence");
    eve.leaves();
    ann.hears("presence");
    bob.hears("presence");
    tab.hears("presence");
    all.note("Who has one after a while, with the last of their tabs.");
    tab.leaves();
    bob.leaves();
    ann.hears("presence");
  }

  @Test
  void limitsAreToldInNumbers(@TempDir Path folder) throws Exception {
    Path limits =
        Files.writeString(
            folder.resolve("limits"),
            """
            publishes-per-session=1/min burst 2
            requests-per-session=1/min burst 10
            joins-per-address=1/min burst 3
            """);
    Conversation.playTwice(
        "chat-limits",
        ChatV1ConversationsTest::limits,
        "--data",
        "memory",
        "--limits",
        limits.toString());
  }

  private static void limits(Conversation all) {
    ChatV1Voice ann = all.chat("ann", "general");
    ann.comesIn(ANN);
    ann.says("{'type':'publish','id':'1','text':'one'}").hears("ok", "message");
    ann.says("{'type':'publish','id':'2','text':'two'}").hears("ok", "message");
    ann.says("{'type':'publish','id':'3','text':'three'}").hears("error");
    all.note("What is asked for is counted as well.");
    for (int i = 0; i < 4; i++) {
      ann.says("{'type':'history','id':'h','limit':1}").hears("history");
    }
    ann.says("{'type':'history','id':'h','limit':1}").hears("error");
    all.note("And who comes in.");
    all.chat("ann", "kitchen").comesIn(ANN);
    all.chat("ann", "hall").comesIn(ANN);
    all.handshake("ann", "/room/general/websocket");
    all.ask("ann", "GET /room/general/events");
  }
}
