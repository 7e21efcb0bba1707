package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.core.Draft;
import io.durablechat.core.Member;
import io.durablechat.core.Room;
import io.durablechat.core.RoomName;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In a room where 50 of 60 messages were deleted: what a number of messages means. */
final class HistoryWindowsTest {
  private static final Member ANN = Member.guest("ann-0123456789abcdefghij");

  private TestServer server;
  private Room room;

  @BeforeEach
  void start() throws IOException {
    server = TestServer.start();
    room = server.rooms().room(RoomName.of("r"));
    publish(1, 60);
    for (int i = 6; i <= 55; i++) {
      room.publish(ANN, Draft.deletion(i)).toCompletableFuture().join();
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void publish(int from, int to) {
    IntStream.rangeClosed(from, to)
        .forEach(i -> room.publish(ANN, Draft.text("" + i)).toCompletableFuture().join());
  }

  private static List<String> texts(int... ranges) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < ranges.length; i += 2) {
      IntStream.rangeClosed(ranges[i], ranges[i + 1]).forEach(n -> texts.add("" + n));
    }
    return texts;
  }

  private static List<String> texts(JsonObject page) {
    List<String> texts = new ArrayList<>();
    JsonArray messages = page.getAsJsonArray("messages");
    for (JsonElement message : messages) {
      texts.add(message.getAsJsonObject().get("text").getAsString());
    }
    return texts;
  }

  @Test
  void aPlainClientIsGivenSoManyMessagesAsItAskedFor() {
    for (int history : new int[] {50, 8}) {
      String path = "/room/r/websocket?history=" + history;
      try (RawWebSocket late = RawWebSocket.open(server.port(), path, List.of())) {
        for (String text : history == 50 ? texts(1, 5, 56, 60) : texts(3, 5, 56, 60)) {
          assertEquals(text, late.receiveText());
        }
      }
    }
  }

  @Test
  void aNewcomerIsGivenMessagesWithoutBlanksInAnUnbrokenChain() {
    try (JsonClient late = new JsonClient(server, "r")) {
      JsonClient.assertFields(late.hello(",'history':8"), "{'resume':'fresh','head':110}");
      long before = 0;
      for (String text : texts(3, 5, 56, 60)) {
        JsonObject message = late.next("message");
        assertEquals(text, message.get("text").getAsString());
        assertTrue(before == 0 || before == message.get("prev").getAsLong(), message::toString);
        before = message.get("seq").getAsLong();
      }
      JsonClient.assertFields(late.next("deleted"), "{'seq':110,'prev':60,'target':55}");
      JsonClient.assertFields(late.next("live"), "{'head':110}");
      publish(111, 111);
      JsonClient.assertFields(late.next("message"), "{'seq':111,'prev':110,'text':'111'}");
    }
  }

  @Test
  void whoWantsAtMostSoManyIsToldAllIfNoMoreAreThere() {
    JsonObject welcome;
    String cursor = page("?limit=1&after=start").get("cursor").getAsString();
    try (JsonClient back = new JsonClient(server, "r")) {
      welcome = back.hello(",'cursor':'" + cursor + "','atMost':9");
      JsonClient.assertFields(welcome, "{'resume':'exact'}");
    }
    try (JsonClient back = new JsonClient(server, "r")) {
      welcome = back.hello(",'cursor':'" + cursor + "','atMost':8");
      JsonClient.assertFields(welcome, "{'resume':'skipped','first':3}");
    }
  }

  @Test
  void theFirstRecordNamesTheOneHeldOnlyWhereNothingWasLeftOut() {
    String cursor = page("?limit=1&after=start").get("cursor").getAsString();
    assertEquals(1, firstPrevious(",'cursor':'" + cursor + "'", "exact"));
    assertEquals(2, firstPrevious(",'cursor':'" + cursor + "','atMost':8", "skipped"));
    assertEquals(2, firstPrevious(",'history':8", "fresh"));
    assertEquals(0, firstPrevious(",'history':100", "fresh"));
  }

  private long firstPrevious(String hello, String resume) {
    try (JsonClient client = new JsonClient(server, "r")) {
      JsonObject welcome = client.hello(hello);
      assertEquals(resume, welcome.get("resume").getAsString());
      JsonObject first = client.next("message");
      long previous = first.get("prev").getAsLong();
      // The replay is what follows this place.
      String cursor = welcome.get("cursor").getAsString();
      try (JsonClient again = new JsonClient(server, "r")) {
        again.hello(",'cursor':'" + cursor + "'");
        assertEquals(first.get("seq"), again.next("message").get("seq"));
      }
      return previous;
    }
  }

  @Test
  void aPageOfHistoryHoldsMessagesAndSaysWhetherThereAreMore() {
    try (JsonClient bob = new JsonClient(server, "r")) {
      bob.hello("");
      bob.next("live");
      JsonObject page = history(bob, "'limit':8");
      assertEquals(texts(3, 5, 56, 60), texts(page));
      assertTrue(page.get("more").getAsBoolean());
      assertEquals(110, page.get("head").getAsLong());
      page = history(bob, "'limit':10");
      assertEquals(texts(1, 5, 56, 60), texts(page));
      assertFalse(page.get("more").getAsBoolean());
      assertEquals(texts(4, 5), texts(history(bob, "'before':40,'limit':2")));
      page = history(bob, "'after':5,'limit':5");
      assertEquals(texts(56, 60), texts(page));
      assertFalse(page.get("more").getAsBoolean());
      assertEquals(List.of(), texts(history(bob, "'after':60")));
    }
  }

  private static JsonObject history(JsonClient client, String ask) {
    client.say("{'type':'history','id':'h'," + ask + "}");
    return client.next("history");
  }

  @Test
  void aPageOverHttpHoldsMessagesAndItsCursorsGoOn() {
    JsonObject page = page("?limit=8");
    assertEquals(texts(3, 5, 56, 60), texts(page));
    assertTrue(page.get("more").getAsBoolean());
    page = page("?limit=8&before=" + page.get("before").getAsString());
    assertEquals(texts(1, 2), texts(page));
    assertFalse(page.get("more").getAsBoolean());
    page = page("?limit=7&after=start");
    assertEquals(texts(1, 5, 56, 57), texts(page));
    assertTrue(page.get("more").getAsBoolean());
    page = page("?limit=3&after=" + page.get("cursor").getAsString());
    assertEquals(texts(58, 60), texts(page));
    assertFalse(page.get("more").getAsBoolean());
    String cursor = page.get("cursor").getAsString();
    page = page("?after=" + cursor);
    assertEquals(List.of(), texts(page));
    assertFalse(page.get("more").getAsBoolean());
    publish(111, 111);
    assertEquals(texts(111, 111), texts(page("?after=" + page.get("cursor").getAsString())));
  }

  private JsonObject page(String query) {
    URI uri = URI.create("http://localhost:" + server.port() + "/room/r/messages" + query);
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
            .join();
    assertEquals(200, answer.statusCode(), answer.body());
    return JsonParser.parseString(answer.body()).getAsJsonObject();
  }
}
