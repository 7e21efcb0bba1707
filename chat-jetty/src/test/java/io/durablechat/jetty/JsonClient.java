package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * A client that speaks JSON and takes frames apart into objects. Presence and typing, which come
 * when they come, are put aside.
 */
final class JsonClient implements AutoCloseable {
  final RawWebSocket socket;
  private final Queue<JsonObject> received = new ArrayDeque<>();
  private final Queue<JsonObject> signals = new ArrayDeque<>();

  JsonClient(TestServer where, String room) {
    socket = where.chatV1(room);
  }

  JsonClient say(String json) {
    socket.send(json.replace('\'', '"'));
    return this;
  }

  JsonObject next() {
    while (received.isEmpty()) {
      receive();
    }
    return received.remove();
  }

  private void receive() {
    socket
        .receiveText()
        .lines()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .forEach(object -> (isSignal(object) ? signals : received).add(object));
  }

  private static boolean isSignal(JsonObject object) {
    String type = object.get("type").getAsString();
    return type.equals("presence") || type.equals("typing");
  }

  /** The next presence or typing. */
  JsonObject signal(String type) {
    while (true) {
      while (signals.isEmpty()) {
        receive();
      }
      JsonObject signal = signals.remove();
      if (signal.get("type").getAsString().equals(type)) {
        return signal;
      }
    }
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
