package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Presence, typing and names on the wire. */
final class SignalsTest {
  private static final String BOB = ",'key':'bob-0123456789abcdefghij'";

  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = TestServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private JsonClient live(String rest) {
    JsonClient client = new JsonClient(server, "r");
    client.hello(rest);
    client.await("live");
    return client;
  }

  private static String name(JsonObject object, String list) {
    return object.getAsJsonArray(list).get(0).getAsJsonObject().get("name").getAsString();
  }

  @Test
  void othersHearWhoComes() {
    try (JsonClient ann = live(",'name':'Ann'");
        JsonClient bob = new JsonClient(server, "r")) {
      JsonObject welcome = bob.hello(",'name':'Bob'" + BOB);
      bob.next("live");
      JsonObject presence = ann.signal("presence");
      // Should Ann have come in the same turn of the room, she is told with him.
      JsonArray joined = presence.getAsJsonArray("join");
      assertEquals(welcome.get("you"), joined.get(joined.size() - 1));
      assertEquals(2, presence.get("count").getAsInt());
      assertEquals(welcome.get("version"), presence.get("version"));
      assertFalse(presence.has("leave"));
      // The newcomer knows it from the welcome.
      bob.say("{'type':'ping'}").next("pong");
    }
  }

  @Test
  void whoTypesIsToldToAll() {
    try (JsonClient ann = live(",'name':'Ann'");
        JsonClient bob = live(",'name':'Bob'" + BOB)) {
      bob.say("{'type':'typing','on':true}");
      assertEquals("Bob", name(ann.signal("typing"), "who"));
      bob.say("{'type':'typing','on':false}");
      assertTrue(ann.signal("typing").getAsJsonArray("who").isEmpty());
      bob.say("{'type':'typing'}");
      assertEquals("on is missing", bob.await("error").get("message").getAsString());
      bob.say("{'type':'typing','on':'yes'}");
      assertEquals("on must be true or false", bob.await("error").get("message").getAsString());
    }
  }

  @Test
  void aNewNameIsAnsweredToldAndBorne() {
    try (JsonClient ann = live(",'name':'Ann'");
        JsonClient bob = live(",'name':'Bob'" + BOB)) {
      ann.signal("presence");
      bob.say("{'type':'rename','id':'1','name':'Robert'}");
      JsonObject ok = bob.await("ok");
      assertEquals("Robert", ok.getAsJsonObject("you").get("name").getAsString());
      bob.say("{'type':'publish','text':'hi'}");
      JsonObject message = ann.await("message");
      assertEquals("Robert", message.getAsJsonObject("from").get("name").getAsString());
      assertEquals("Robert", name(ann.signal("presence"), "join"));
      bob.say("{'type':'rename','id':'2','name':' '}").await("error");
      bob.say("{'type':'rename','name':'R'}").await("error");
      bob.say("{'type':'rename','id':'3'}").await("error");
    }
  }

  @Test
  void plainClientsAreToldNothing() {
    try (RawWebSocket plain = server.plain("r")) {
      plain.send("first");
      assertEquals("first", plain.receiveText());
      try (JsonClient bob = live(BOB)) {
        bob.say("{'type':'typing','on':true}").signal("typing");
        bob.say("{'type':'publish','text':'second'}").await("message");
      }
      assertEquals("second", plain.receiveText());
    }
  }
}
