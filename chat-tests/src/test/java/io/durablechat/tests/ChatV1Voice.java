package io.durablechat.tests;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.jetty.RawWebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/** Somebody in a {@link Conversation} who speaks {@code chat.v1}; quotes are written as '. */
final class ChatV1Voice implements AutoCloseable {
  /** What comes when time passes is passed over where nobody waits for it. */
  private static final Set<String> PASSED_OVER = Set.of("presence", "pong");

  private static final String CURSOR = ",\"cursor\":\"[^\"]*\"";

  private final Conversation conversation;
  private final String who;
  private final String room;
  private final RawWebSocket socket;
  private final Queue<String> lines = new ArrayDeque<>();
  private boolean isTogether;

  ChatV1Voice(Conversation conversation, String who, String room, List<String> headers) {
    this.conversation = conversation;
    this.who = who;
    this.room = room;
    conversation.placeholders().room(room);
    conversation.sent(who, room, "(opens chat.v1 in " + room + ")");
    headers.forEach(header -> conversation.sent(who, room, header));
    List<String> all = new ArrayList<>(headers);
    all.add("Sec-WebSocket-Protocol: chat.v1");
    socket = RawWebSocket.open(conversation.port(), "/room/" + room + "/websocket", all);
  }

  /** Says objects in one frame. */
  ChatV1Voice says(String... objects) {
    String[] json = Arrays.stream(objects).map(o -> o.replace('\'', '"')).toArray(String[]::new);
    conversation.sent(who, room, json[0]);
    Arrays.stream(json).skip(1).forEach(line -> conversation.sentToo(who, room, line));
    socket.send(String.join("\n", json));
    return this;
  }

  /** Says a frame that is described rather than shown. */
  ChatV1Voice saysLong(String described, String text) {
    conversation.sent(who, room, "(" + described + ")");
    socket.send(text);
    return this;
  }

  ChatV1Voice saysBinary(byte... bytes) {
    conversation.sent(who, room, "(a binary frame)");
    socket.send(bytes);
    return this;
  }

  /**
   * Hears an object of each of these types and nothing else; the last one is returned. Those of one
   * type come in their order.
   */
  JsonObject hears(String... types) {
    List<String> missing = new ArrayList<>(List.of(types));
    List<JsonObject> objects = new ArrayList<>();
    List<String> heard = new ArrayList<>();
    while (!missing.isEmpty()) {
      String line = next();
      JsonObject object = JsonParser.parseString(line).getAsJsonObject();
      String type = object.get("type").getAsString();
      if (missing.remove(type)) {
        objects.add(object);
        heard.add(line);
      } else if (!PASSED_OVER.contains(type)) {
        throw new AssertionError(who + " waited for " + missing + " and heard " + line);
      }
    }
    JsonObject last = null;
    for (String type : types) {
      int i = 0;
      while (!objects.get(i).get("type").getAsString().equals(type)) {
        i++;
      }
      last = objects.remove(i);
      String line = heard.remove(i);
      conversation.received(who, room, isTogether ? line.replaceFirst(CURSOR, "") : line);
    }
    return last;
  }

  /**
   * Hears what answers to several things said in one breath. Where it is cut into frames is not
   * promised, so neither is which records have a cursor.
   */
  void hearsTogether(String... types) {
    isTogether = true;
    hears(types);
    isTogether = false;
  }

  /** Hears so many messages, and shows the last. */
  JsonObject hearsMany(int count) {
    String line = "";
    for (int i = 0; i < count; i++) {
      line = next();
    }
    conversation.received(who, room, "(" + (count - 1) + " messages, then)");
    conversation.received(who, room, line);
    return JsonParser.parseString(line).getAsJsonObject();
  }

  private String next() {
    while (lines.isEmpty()) {
      RawWebSocket.Frame frame = socket.receive();
      switch (frame.opCode()) {
        case RawWebSocket.TEXT -> frame.text().lines().forEach(lines::add);
        case RawWebSocket.PING -> socket.send(true, RawWebSocket.PONG, frame.payload().array());
        default -> throw new AssertionError(who + " heard " + PlainVoice.shown(frame));
      }
    }
    return lines.remove();
  }

  /** Hears the bye and the close that the server has decided on. */
  void hearsBye() {
    hears("bye");
    hearsClose();
  }

  /** Hears the close of the WebSocket. */
  void hearsClose() {
    if (!lines.isEmpty()) {
      throw new AssertionError(who + " has not heard " + lines);
    }
    RawWebSocket.Frame frame = socket.receive();
    conversation.received(who, room, PlainVoice.shown(frame));
    if (frame.opCode() != RawWebSocket.CLOSE) {
      throw new AssertionError(who + " heard no close");
    }
    PlainVoice.answer(socket, frame);
  }

  /** Says hello and hears all until live. */
  JsonObject comesIn(String rest) {
    says("{'type':'hello'" + rest + "}");
    JsonObject welcome = hears("welcome");
    hears("live");
    return welcome;
  }

  /** Closes in order. */
  void leaves() {
    conversation.sent(who, room, "close 1000 \"\"");
    socket.send(true, RawWebSocket.CLOSE, ByteBuffer.allocate(2).putShort((short) 1000).array());
    RawWebSocket.Frame frame = socket.receive();
    while (frame.opCode() == RawWebSocket.TEXT && frame.text().contains("\"presence\"")) {
      frame = socket.receive();
    }
    conversation.received(who, room, PlainVoice.shown(frame));
    if (frame.opCode() != RawWebSocket.CLOSE || !lines.isEmpty()) {
      throw new AssertionError(who + " has not heard all: " + lines);
    }
    socket.close();
  }

  /** Loses the line, without a word. */
  void loses() {
    conversation.sent(who, room, "(loses the line)");
    socket.close();
  }

  @Override
  public void close() {
    socket.close();
  }
}
