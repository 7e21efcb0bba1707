package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayDeque;
import java.util.Queue;

/** A client that speaks JSON and takes frames apart into objects. */
final class JsonClient implements AutoCloseable {
  final RawWebSocket socket;
  private final Queue<JsonObject> received = new ArrayDeque<>();

  JsonClient(TestServer where, String room) {
    socket = where.chatV1(room);
  }

  JsonClient say(String json) {
    socket.send(json.replace('\'', '"'));
    return this;
  }

  JsonObject next() {
    while (received.isEmpty()) {
      socket
          .receiveText()
          .lines()
          .forEach(line -> received.add(JsonParser.parseString(line).getAsJsonObject()));
    }
    return received.remove();
  }

  JsonObject next(String type) {
    JsonObject object = next();
    assertEquals(type, object.get("type").getAsString(), object::toString);
    return object;
  }

  /** The next of this type; an ok and the message it is for may come in either order. */
  JsonObject await(String type) {
    Queue<JsonObject> others = new ArrayDeque<>();
    JsonObject object = next();
    while (!object.get("type").getAsString().equals(type)) {
      others.add(object);
      object = next();
    }
    others.addAll(received);
    received.clear();
    received.addAll(others);
    return object;
  }

  JsonObject hello(String rest) {
    say("{'type':'hello'" + rest + "}");
    return next("welcome");
  }

  void error(String code) {
    assertEquals(code, next("error").get("code").getAsString());
  }

  @Override
  public void close() {
    socket.close();
  }

  static void assertFields(JsonObject object, String expected) {
    JsonObject fields = JsonParser.parseString(expected.replace('\'', '"')).getAsJsonObject();
    fields
        .entrySet()
        .forEach(e -> assertEquals(e.getValue(), object.get(e.getKey()), object::toString));
  }
}
