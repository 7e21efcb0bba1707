package io.durablechat.tests;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.jetty.RawWebSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recorded conversations over HTTP, and in rooms where all ways meet. */
final class HttpConversationsTest {
  private static final String ANN = "Authorization: Guest ann-0123456789abcdefghijkl";
  private static final String TEXT = "Content-Type: text/plain";
  private static final String JSON = "Content-Type: application/json";
  private static final String POST = "POST /room/general/messages";
  private static final String GET = "GET /room/general/messages";
  private static final String[] OPTIONS = {
    "--data",
    "memory",
    "--max-message",
    "1K",
    "--public-rooms",
    "general,K\u00fcche",
    "--allow-origin",
    "http://page.example"
  };

  @Test
  void messagesArePosted() throws Exception {
    Conversation.play("http-post", HttpConversationsTest::posts, OPTIONS);
  }

  private static void posts(Conversation all) {
    all.post("eve", POST, "Gr\u00fc\u00dfe", TEXT);
    all.post("ann", POST, "{\"text\":\"hello\",\"name\":\"Ann\",\"replyTo\":1}", JSON, ANN);
    all.note("An id makes it one.");
    all.post("ann", POST, "once", TEXT, ANN, "Idempotency-Key: 1");
    all.post("ann", POST, "once", TEXT, ANN, "Idempotency-Key: \"1\"");
    all.post("ann", POST, "twice", TEXT, ANN, "Idempotency-Key: 1");
    all.post("eve", POST, "once", TEXT, "Idempotency-Key: 1");
    all.note("What cannot be.");
    all.post("ann", POST, "x".repeat(1025), TEXT, ANN);
    all.post("ann", POST, "{\"text\":", JSON, ANN);
    all.post("ann", POST, "{}", JSON, ANN);
    all.post("ann", POST, "{\"text\":\"hello\",\"name\":\"admin\"}", JSON, ANN);
    all.post("ann", POST, "<p>", "Content-Type: text/html", ANN);
    all.post("ann", POST, "hello", ANN);
    all.post("ann", POST, "hello", TEXT, ANN, "Content-Encoding: gzip");
    all.post("ann", POST, "hello", TEXT, ANN, "Idempotency-Key: " + "i".repeat(65));
    all.post("ann", POST, "hello", TEXT, "Authorization: Guest short");
    all.post("ann", POST, "hello", TEXT, "Authorization: Bearer e.y.J");
    all.post("ann", "PUT /room/general/messages", "hello", TEXT, ANN);
    all.post("ann", "POST /room/a%2Fb/messages", "hello", TEXT, ANN);
    all.post("ann", "POST /room/general/poems", "hello", TEXT, ANN);
    all.note("Pages of elsewhere, one of them allowed.");
    all.post("page", POST, "hello", TEXT, "Origin: http://other.example");
    all.post("page", POST, "hello", TEXT, "Origin: http://page.example");
    all.ask(
        "page",
        "OPTIONS /room/general/messages",
        "Origin: http://page.example",
        "Access-Control-Request-Method: POST",
        "Access-Control-Request-Headers: authorization, content-type, idempotency-key");
  }

  @Test
  void messagesAreReadInPages() throws Exception {
    Conversation.play("http-pages", HttpConversationsTest::pages, OPTIONS);
  }

  private static void pages(Conversation all) throws Exception {
    all.placeholders().room("general");
    all.note("Nothing yet.");
    final String start = member(all.ask("ann", GET), "cursor");
    for (int i = 1; i <= 5; i++) {
      all.post("ann", POST, "" + i, TEXT, ANN);
    }
    all.note("The newest, and back from there.");
    String newest = all.ask("ann", GET + "?limit=2", ANN);
    String older = all.ask("ann", GET + "?limit=2&before=" + member(newest, "before"), ANN);
    all.ask("ann", GET + "?limit=2&before=" + member(older, "before"), ANN);
    all.note("From the beginning, and on from there.");
    String first = all.ask("ann", GET + "?limit=3&after=start", ANN);
    String rest = all.ask("ann", GET + "?limit=3&after=" + member(first, "cursor"), ANN);
    all.ask("ann", GET + "?limit=3&after=" + member(rest, "cursor"), ANN);
    all.ask("ann", GET + "?after=" + start, ANN);
    all.ask("ann", "HEAD /room/general/messages", ANN);
    all.note("What cannot be.");
    for (String wrong :
        new String[] {
          "?limit=0",
          "?limit=1001",
          "?limit=x",
          "?before=x",
          "?after=x",
          "?sort=up",
          "?after=start&before=" + member(first, "cursor"),
          "?limit=1&limit=2"
        }) {
      all.ask("ann", GET + wrong, ANN);
    }
    all.placeholders().room("kitchen");
    all.ask("ann", "GET /room/kitchen/messages?after=" + member(first, "cursor"), ANN);
    all.ask("ann", "DELETE /room/general/messages", ANN);
    all.note("Rooms that everybody may know of, and one that nobody can guess.");
    all.ask("ann", "GET /rooms");
    all.ask("ann", "DELETE /rooms");
    all.note("What was kept in memory is another log after a restart.");
    all.stop();
    all.startAgain();
    all.ask("ann", GET + "?after=" + member(first, "cursor"), ANN);
    all.ask("ann", "GET /room/general/events?after=" + member(first, "cursor") + "&history=x", ANN);
  }

  private static String member(String json, String name) {
    return JsonParser.parseString(json).getAsJsonObject().get(name).getAsString();
  }

  @Test
  void eventsAreListenedTo() throws Exception {
    Conversation.play("http-events", HttpConversationsTest::events, OPTIONS);
  }

  private static void events(Conversation all) {
    all.hidePresence();
    EventsVoice bob = all.events("bob", "general", "");
    final String beginning = bob.hears(2);
    all.post("ann", POST, "one", TEXT, ANN);
    final String one = bob.hears(1);
    all.post("ann", POST, "{\"text\":\"two\\nlines\",\"name\":\"Ann\"}", JSON, ANN);
    bob.hears(1);
    all.post("ann", POST, "three", TEXT, ANN);
    final String three = bob.hears(1);
    bob.close();
    all.note("A browser comes back with the last id it has.");
    all.events("bob", "general", "", "Last-Event-ID: " + one).hears(4);
    all.events("bob", "general", "?history=1", "Last-Event-ID: " + three).hears(2);
    all.events("bob", "general", "?lastEventId=" + one + "&_=1&r=2").hears(4);
    all.note("A script says where it was.");
    all.events("bob", "general", "?after=" + beginning).hears(5);
    all.events("bob", "general", "?after=" + beginning + "&atMost=1").hears(3);
    all.events("bob", "general", "?history=2").hears(4);
    all.note("Whoever was told to stay away.");
    all.ask("bob", "GET /room/general/events", "Last-Event-ID: " + three + ".bye");
    all.events("bob", "general", "?after=" + three + ".bye").hears(2);
    all.note("What cannot be.");
    for (String wrong : new String[] {"?history=x", "?history=10001", "?after=x", "?sort=up"}) {
      all.ask("bob", "GET /room/general/events" + wrong);
    }
    all.ask("bob", "GET /room/general/events", "Last-Event-ID: x");
    all.ask("bob", "POST /room/general/events");
    all.ask("bob", "HEAD /room/general/events");
    all.ask("page", "HEAD /room/general/events", "Origin: http://page.example");
  }

  @Test
  void aRoomIsOneForAll() throws Exception {
    Conversation.playTwice("mixed", HttpConversationsTest::mixed, OPTIONS);
  }

  private static void mixed(Conversation all) {
    all.hidePresence();
    ChatV1Voice ann = all.chat("ann", "general");
    ann.comesIn(",'key':'ann-0123456789abcdefghijkl','name':'Ann'");
    EventsVoice bob = all.events("bob", "general", "");
    bob.hears(2);
    PlainVoice eve = all.plain("eve", "general", "");
    all.note("Each says something.");
    eve.saysAndHears("plainly");
    ann.hears("message");
    bob.hears(1);
    ann.says("{'type':'publish','id':'1','text':'in chat.v1','replyTo':1}").hears("ok", "message");
    eve.hears();
    bob.hears(1);
    all.post("dan", POST, "by POST", TEXT);
    eve.hears();
    bob.hears(1);
    ann.hears("message");
    all.note("Binary.");
    eve.says(true, RawWebSocket.BINARY, (byte) 1, (byte) 2, (byte) 0xff).hears();
    ann.hears("message");
    bob.hears(1);
    all.note("An id is one id, however it is sent.");
    all.post("ann", POST, "in chat.v1", TEXT, ANN, "Idempotency-Key: 1");
    all.post(
        "ann", POST, "{\"text\":\"in chat.v1\",\"replyTo\":1}", JSON, ANN, "Idempotency-Key: 1");
    all.note("Who comes later.");
    PlainVoice late = all.plain("late", "general", "?history=3");
    late.hears();
    late.hears();
    late.hears();
    ChatV1Voice later = all.chat("later", "general");
    later.says("{'type':'hello','history':10}").hears("welcome");
    later.hears("message", "message", "message", "message");
    later.hears("live");
    all.ask("later", GET);
  }

  @Test
  void roomsOutliveTheServer(@TempDir Path folder) throws Exception {
    for (String[] jakarta : new String[][] {{}, {"--jakarta"}}) {
      List<String> options = new ArrayList<>(List.of("--data"));
      options.add(folder.resolve("data" + jakarta.length).toString());
      options.addAll(List.of(jakarta));
      Conversation.play("restart", HttpConversationsTest::restart, options.toArray(String[]::new));
    }
  }

  private static void restart(Conversation all) throws Exception {
    all.hidePresence();
    ChatV1Voice ann = all.chat("ann", "general");
    ann.comesIn(",'key':'ann-0123456789abcdefghijkl','name':'Ann'");
    EventsVoice bob = all.events("bob", "general", "");
    bob.hears(2);
    PlainVoice eve = all.plain("eve", "general", "");
    eve.saysAndHears("plainly");
    JsonObject first = ann.hears("message");
    bob.hears(1);
    ann.says("{'type':'publish','id':'1','text':'kept'}").hears("ok", "message");
    eve.hears();
    String last = bob.hears(1);
    all.stop();
    ann.hearsBye();
    eve.hears();
    bob.hears(1);
    bob.hearsTheEnd();
    all.startAgain();
    ChatV1Voice again = all.chat("ann", "general");
    again.says(
        "{'type':'hello','key':'ann-0123456789abcdefghijkl','cursor':'"
            + first.get("cursor").getAsString()
            + "'}");
    again.hears("welcome");
    again.hears("message");
    again.hears("live");
    again.says("{'type':'publish','id':'1','text':'kept'}").hears("ok");
    again.says("{'type':'publish','id':'2','text':'numbers go on'}").hears("ok", "message");
    all.events("bob", "general", "", "Last-Event-ID: " + last).hears(3);
    PlainVoice plain = all.plain("eve", "general", "?history=2");
    plain.hears();
    plain.hears();
    all.ask("dan", GET + "?after=" + last);
  }
}
