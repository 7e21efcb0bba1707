package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.core.Member;
import io.durablechat.jetty.RawWebSocket;
import io.durablechat.sqlite.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that a server of an earlier commit has written is opened, and goes on exactly. */
final class FolderOfBeforeTest {
  /** Its files, cursors and secrets are promised to be read from now on. */
  private static final String COMMIT = "0c2405b";

  private static final String ANN = "ann-0123456789abcdefghijkl";
  private static final String BOB = "bob-0123456789abcdefghijkl";
  private static final String DAN = "dan-0123456789abcdefghijkl";
  private static final String EVE = "eve-0123456789abcdefghijkl";
  private static final String ZOE = "zoe-0123456789abcdefghijkl";
  private static final String ANN_ID = "guest:DpFfLgB3S_ZcI1vbH5-Wd2k8QBj7LoVoeV7F-pimrv0";
  private static final List<String> ROOMS = List.of("general", "kitchen", "K%C3%BCche", "members");
  private static final int MANY = 300;

  /** So long that SQLite keeps a part of it on pages of its own. */
  private static final String LONG = "a long story ".repeat(5_000);

  @TempDir private Path folder;
  private Path rules;

  // What the server of before said.
  private final Map<String, List<String>> records = new LinkedHashMap<>();
  private JsonObject second;
  private JsonObject head;
  private long ofBob;
  private long posted;
  private String invite;

  @Test
  void aFolderOfBeforeGoesOnExactly() throws Exception {
    Path jar = JarOfBefore.of(COMMIT);
    rules =
        Files.writeString(
            folder.resolve("rules.json"),
            """
            [{"who": "%s", "rooms": "*", "may": ["join", "read", "publish", "moderate"]},
             {"rooms": "members", "may": []},
             {"rooms": "*", "may": ["join", "read", "publish"]}]
            """
                .replace("%s", ANN_ID));
    try (ServerProcess before = serve(jar)) {
      write(before.port());
      for (String room : ROOMS) {
        records.put(room, records(before.port(), room));
      }
      before.kill();
    }
    try (ServerProcess now = serve(ProjectFiles.runnableJar())) {
      for (String room : ROOMS) {
        assertEquals(records.get(room), records(now.port(), room), room);
      }
      resumesExactly(now.port());
      knowsWhatWasSent(now.port());
      heedsWhatWasDecided(now.port());
      numbersGoOn(now.port());
      assertEquals(143, now.terminate());
      assertEquals("", now.errors());
    }
    try (LogFile file = LogFile.open(folder.resolve("data"))) {
      assertEquals(List.of(), file.verify(count -> {}));
    }
  }

  private ServerProcess serve(Path jar) throws IOException {
    return ServerProcess.serve(
        jar, List.of(), "--data", folder.resolve("data").toString(), "--rules", rules.toString());
  }

  private void write(int port) {
    try (ChatV1Client ann = in(port, "general", ANN, "Ann");
        ChatV1Client bob = in(port, "general", BOB, "Bob");
        ChatV1Client dan = in(port, "general", DAN, "Dan");
        RawWebSocket plain = RawWebSocket.plain(port, "general")) {
      ann.publish("1", "one");
      ann.next("ok");
      bob.publish("1", "of bob");
      second = bob.next("message");
      while (!second.get("text").getAsString().equals("of bob")) {
        second = bob.next("message");
      }
      ofBob = second.get("seq").getAsLong();
      relay(plain, RawWebSocket.TEXT, "plainly".getBytes(UTF_8));
      relay(plain, RawWebSocket.BINARY, new byte[] {0, 1, (byte) 0xff});
      relay(plain, RawWebSocket.TEXT, new byte[0]);
      relay(plain, RawWebSocket.TEXT, LONG.getBytes(UTF_8));
      JsonObject answer = ChatV1Client.object("publish");
      answer.addProperty("id", "an answer");
      answer.addProperty("text", "to one, with \u0000 and \ud83d\ude42");
      answer.addProperty("replyTo", 1);
      dan.say(answer);
      dan.next("ok");
      posted = post(port, "general", BOB, "posted", "by POST", 201).get("seq").getAsLong();
      ann.publish("2", "what nobody should read");
      long rude = ann.next("ok").get("seq").getAsLong();
      JsonObject delete = ChatV1Client.object("delete");
      delete.addProperty("id", "d");
      delete.addProperty("seq", rude);
      ann.say(delete);
      ann.next("ok");
      moderate(ann, "mute", "member", id(BOB));
      moderate(ann, "ban", "member", id(DAN));
      assertEquals(4511, dan.next("bye").get("code").getAsInt());
    }
    writeElsewhere(port);
    head = JsonParser.parseString(get(port, "/room/general/messages?limit=1")).getAsJsonObject();
  }

  /** Sends a frame, and waits until it comes back; what others have said may come before. */
  private static void relay(RawWebSocket plain, int opCode, byte[] payload) {
    plain.send(true, opCode, payload);
    RawWebSocket.Frame frame = plain.receive();
    while (frame.opCode() != opCode || !frame.payload().equals(ByteBuffer.wrap(payload))) {
      frame = plain.receive();
    }
  }

  private void writeElsewhere(int port) {
    try (RawWebSocket plain = RawWebSocket.plain(port, "kitchen");
        ChatV1Client ann = in(port, "kitchen", ANN, "Ann")) {
      for (int i = 0; i < MANY; i++) {
        plain.send("message " + i);
        plain.receiveText();
      }
      moderate(ann, "lock", "reason", "closed for today");
    }
    try (RawWebSocket plain = RawWebSocket.plain(port, "K%C3%BCche")) {
      plain.send("Gr\u00fc\u00dfe");
      plain.receiveText();
    }
    try (ChatV1Client ann = in(port, "members", ANN, "Ann")) {
      JsonObject asked = ChatV1Client.object("moderate");
      asked.addProperty("id", "i");
      asked.addProperty("action", "invite");
      asked.addProperty("uses", 2);
      ann.say(asked);
      invite = ann.next("ok").get("invite").getAsString();
      assertEquals("welcome", hello(port, "members", EVE, Optional.of(invite)));
      ann.publish("1", "among ourselves");
      ann.next("ok");
    }
  }

  /** All of a room as events have it: records, and the cursor after each. */
  private static List<String> records(int port, String room) {
    String path = "/room/" + room + "/messages?after=start&limit=1";
    JsonObject page = JsonParser.parseString(get(port, path)).getAsJsonObject();
    assertFalse(page.getAsJsonArray("messages").isEmpty(), room);
    // To resume leaves nothing out, as history does.
    String beginning = page.get("before").getAsString();
    List<String> lines =
        List.of(
            "GET /room/" + room + "/events?after=" + beginning + " HTTP/1.1",
            "Host: localhost:" + port,
            "Authorization: Guest " + ANN);
    try (RawWebSocket answer = RawWebSocket.request(port, lines)) {
      assertEquals(200, answer.status());
      ServerSentEvents events = new ServerSentEvents(answer);
      List<String> records = new ArrayList<>();
      String event = events.next().orElseThrow();
      while (!event.contains("event: live")) {
        if (!event.contains("event: welcome")) {
          records.add(event);
        }
        event = events.next().orElseThrow();
      }
      // With the place where the room stands.
      records.add(event);
      return records;
    }
  }

  private void resumesExactly(int port) {
    List<String> texts = new ArrayList<>();
    try (ChatV1Client ann = new ChatV1Client(port, "general")) {
      JsonObject welcome = ann.hello(ANN, Optional.of(second.get("cursor").getAsString()));
      assertEquals("exact", welcome.get("resume").getAsString());
      long last = ofBob;
      JsonObject object = ann.next();
      while (!object.get("type").getAsString().equals("live")) {
        if (object.has("prev")) {
          assertEquals(last, object.get("prev").getAsLong(), object::toString);
          last = object.get("seq").getAsLong();
          texts.add(object.has("text") ? object.get("text").getAsString() : kind(object));
        }
        object = ann.next();
      }
      assertEquals(last, object.get("head").getAsLong());
    }
    assertEquals(
        List.of(
            "plainly",
            "message",
            "",
            LONG,
            "to one, with \u0000 and \ud83d\ude42",
            "by POST",
            "deleted",
            "deleted"),
        texts.stream().map(text -> text.equals("plain") ? "message" : text).toList());
  }

  private static String kind(JsonObject record) {
    return record.get(record.has("kind") ? "kind" : "type").getAsString();
  }

  private void knowsWhatWasSent(int port) {
    try (ChatV1Client bob = in(port, "general", BOB, "Bob")) {
      bob.publish("1", "of bob");
      JsonObject ok = bob.next("ok");
      assertEquals(ofBob, ok.get("seq").getAsLong());
      assertTrue(ok.get("duplicate").getAsBoolean());
      bob.publish("1", "something else");
      assertEquals("conflict", bob.next("error").get("code").getAsString());
    }
    JsonObject again = post(port, "general", BOB, "posted", "by POST", 200);
    assertEquals(posted, again.get("seq").getAsLong());
    assertTrue(again.get("duplicate").getAsBoolean());
    String page = get(port, "/room/general/messages?limit=1000");
    assertFalse(page.contains("what nobody should read"), page);
    for (JsonElement message :
        JsonParser.parseString(page).getAsJsonObject().getAsJsonArray("messages")) {
      assertFalse(message.toString().contains("\"deleted\""), message::toString);
    }
    // What was deleted was published all the same.
    try (ChatV1Client ann = in(port, "general", ANN, "Ann")) {
      ann.publish("2", "what nobody should read");
      assertTrue(ann.next("ok").get("duplicate").getAsBoolean());
    }
  }

  private void heedsWhatWasDecided(int port) {
    try (ChatV1Client bob = in(port, "general", BOB, "Bob")) {
      bob.publish("new", "may I?");
      assertEquals("muted", bob.next("error").get("code").getAsString());
    }
    assertEquals("bye 4511", hello(port, "general", DAN, Optional.empty()));
    try (ChatV1Client eve = in(port, "kitchen", EVE, "Eve")) {
      eve.publish("1", "may I?");
      assertEquals("locked", eve.next("error").get("code").getAsString());
    }
    assertEquals("welcome", hello(port, "members", EVE, Optional.empty()));
    assertEquals("bye 4503", hello(port, "members", ZOE, Optional.empty()));
    assertEquals("welcome", hello(port, "members", ZOE, Optional.of(invite)));
    assertEquals("bye 4503", hello(port, "members", BOB, Optional.of(invite)));
  }

  private void numbersGoOn(int port) {
    try (ChatV1Client ann = new ChatV1Client(port, "general")) {
      long last = ann.hello(ANN, Optional.empty()).get("head").getAsLong();
      ann.publish("new", "goes on");
      assertEquals(last + 1, ann.next("ok").get("seq").getAsLong());
    }
    String cursor = head.get("cursor").getAsString();
    JsonArray after =
        JsonParser.parseString(get(port, "/room/general/messages?after=" + cursor))
            .getAsJsonObject()
            .getAsJsonArray("messages");
    assertEquals(1, after.size(), after::toString);
    assertEquals("goes on", after.get(0).getAsJsonObject().get("text").getAsString());
  }

  private static ChatV1Client in(int port, String room, String key, String name) {
    ChatV1Client client = new ChatV1Client(port, room);
    JsonObject hello = ChatV1Client.object("hello");
    hello.addProperty("key", key);
    hello.addProperty("name", name);
    client.say(hello);
    client.next("welcome");
    client.next("live");
    return client;
  }

  /** Says hello: "welcome", or "bye" and why. */
  private static String hello(int port, String room, String key, Optional<String> invite) {
    try (ChatV1Client client = new ChatV1Client(port, room)) {
      JsonObject hello = ChatV1Client.object("hello");
      hello.addProperty("key", key);
      invite.ifPresent(shown -> hello.addProperty("invite", shown));
      client.say(hello);
      JsonObject answer = client.next();
      String type = answer.get("type").getAsString();
      return type.equals("bye") ? type + " " + answer.get("code") : type;
    }
  }

  private static void moderate(ChatV1Client ann, String action, String name, String value) {
    JsonObject asked = ChatV1Client.object("moderate");
    asked.addProperty("id", action);
    asked.addProperty("action", action);
    asked.addProperty(name, value);
    ann.say(asked);
    assertEquals(action, ann.next("ok").get("id").getAsString());
  }

  private static String id(String key) {
    return Member.guest(key).identity();
  }

  private static String get(int port, String path) {
    List<String> lines =
        List.of(
            "GET " + path + " HTTP/1.1", "Host: localhost:" + port, "Authorization: Guest " + ANN);
    try (RawWebSocket answer = RawWebSocket.request(port, lines)) {
      String body = answer.body();
      assertEquals(200, answer.status(), body);
      return body;
    }
  }

  private static JsonObject post(
      int port, String room, String key, String id, String text, int status) {
    List<String> lines =
        List.of(
            "POST /room/" + room + "/messages HTTP/1.1",
            "Host: localhost:" + port,
            "Authorization: Guest " + key,
            "Idempotency-Key: " + id,
            "Content-Type: text/plain",
            "Content-Length: " + text.length());
    try (RawWebSocket answer = RawWebSocket.request(port, lines, text.getBytes(UTF_8))) {
      String body = answer.body();
      assertEquals(status, answer.status(), body);
      return JsonParser.parseString(body).getAsJsonObject();
    }
  }
}
