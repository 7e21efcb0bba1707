package io.durablechat.tests;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.jetty.RawWebSocket;
import io.durablechat.wire.Command;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/** A client of {@code chat.v1}: one thread may say something while another listens. */
final class ChatV1Client implements AutoCloseable {
  private final RawWebSocket socket;
  private final Queue<JsonObject> received = new ArrayDeque<>();

  ChatV1Client(int port, String room) {
    socket = RawWebSocket.chatV1(port, room);
  }

  /** Comes to a server that trusts this machine as a proxy, from another address. */
  ChatV1Client(int port, String room, String address) {
    socket =
        RawWebSocket.open(
            port,
            "/room/" + room + "/websocket",
            List.of("Sec-WebSocket-Protocol: chat.v1", "X-Forwarded-For: " + address));
  }

  /** Says hello, and returns the welcome. */
  JsonObject hello(String key, Optional<String> cursor) {
    sayHello(key, cursor);
    return next("welcome");
  }

  /** Says hello to a server that may be stopping: the welcome, or the bye. */
  JsonObject helloOrBye(String key, String cursor) {
    sayHello(key, Optional.of(cursor));
    JsonObject answer = next();
    while (!List.of("welcome", "bye").contains(answer.get("type").getAsString())) {
      answer = next();
    }
    return answer;
  }

  private void sayHello(String key, Optional<String> cursor) {
    say(Command.Hello.anonymous().withKey(key).withCursor(cursor));
  }

  void publish(String id, String text) {
    say(Command.Publish.of(id, text));
  }

  void say(Command command) {
    socket.send(command.toJson());
  }

  void say(JsonObject object) {
    socket.send(object.toString());
  }

  static JsonObject object(String type) {
    JsonObject object = new JsonObject();
    object.addProperty("type", type);
    return object;
  }

  /** The next object, whatever it is. */
  JsonObject next() {
    while (received.isEmpty()) {
      RawWebSocket.Frame frame = socket.receive();
      switch (frame.opCode()) {
        case RawWebSocket.TEXT ->
            frame
                .text()
                .lines()
                .forEach(line -> received.add(JsonParser.parseString(line).getAsJsonObject()));
        case RawWebSocket.PING -> socket.send(true, RawWebSocket.PONG, frame.payload().array());
        default -> throw new AssertionError("neither text nor ping: " + frame);
      }
    }
    return received.remove();
  }

  /** The next object of this type; those of others are passed over. */
  JsonObject next(String type) {
    while (true) {
      JsonObject object = next();
      if (object.get("type").getAsString().equals(type)) {
        return object;
      }
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
