package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.jetty.RawWebSocket;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Somebody in a {@link Conversation} who speaks plainly. */
final class PlainVoice implements AutoCloseable {
  private static final int LONG = 100;

  private final Conversation conversation;
  private final String who;
  private final String room;
  private final RawWebSocket socket;

  PlainVoice(Conversation conversation, String who, String room, String query) {
    this.conversation = conversation;
    this.who = who;
    this.room = room;
    conversation.placeholders().room(URLDecoder.decode(room, UTF_8));
    conversation.sent(who, room, "(opens a plain WebSocket in " + room + query + ")");
    socket =
        RawWebSocket.open(conversation.port(), "/room/" + room + "/websocket" + query, List.of());
  }

  PlainVoice says(String text) {
    return says(true, RawWebSocket.TEXT, text.getBytes(UTF_8));
  }

  /** Says any frame. */
  PlainVoice says(boolean fin, int opCode, byte... payload) {
    conversation.sent(
        who, room, shown(new RawWebSocket.Frame(fin, opCode, ByteBuffer.wrap(payload))));
    socket.send(fin, opCode, payload);
    return this;
  }

  /** Hears a frame; the server's own pings are answered, and passed over. */
  void hears() {
    RawWebSocket.Frame frame = socket.receive();
    while (frame.opCode() == RawWebSocket.PING) {
      socket.send(true, RawWebSocket.PONG, frame.payload().array());
      frame = socket.receive();
    }
    conversation.received(who, room, shown(frame));
    if (frame.opCode() == RawWebSocket.CLOSE) {
      answer(socket, frame);
    }
  }

  /** Says something, and hears it. */
  void saysAndHears(String text) {
    says(text);
    hears();
  }

  /** Says so many short messages, and hears them. */
  void saysMany(int count) {
    conversation.sent(who, room, "(" + count + " messages)");
    for (int i = 0; i < count; i++) {
      socket.send("" + i);
      socket.receive();
    }
  }

  /** Closes, with this code and text. */
  void closes(int code, String text) {
    byte[] reason = text.getBytes(UTF_8);
    says(
        true,
        RawWebSocket.CLOSE,
        ByteBuffer.allocate(2 + reason.length).putShort((short) code).put(reason).array());
    hears();
  }

  /** Answers a close, so that the server need not wait. */
  static void answer(RawWebSocket socket, RawWebSocket.Frame close) {
    try {
      byte[] code = new byte[Math.min(2, close.payload().limit())];
      close.payload().get(0, code);
      socket.send(true, RawWebSocket.CLOSE, code);
    } catch (UncheckedIOException e) {
      // It has not waited.
    }
    if (!socket.isEnded()) {
      throw new AssertionError("more came after the close");
    }
  }

  static String shown(RawWebSocket.Frame frame) {
    String end = frame.fin() ? "" : " (to be continued)";
    return switch (frame.opCode()) {
      case RawWebSocket.CONTINUATION -> "continuation " + text(frame) + end;
      case RawWebSocket.TEXT -> "text " + text(frame) + end;
      case RawWebSocket.BINARY ->
          "binary " + HexFormat.of().formatHex(frame.payload().array()) + end;
      case RawWebSocket.PING -> "ping " + text(frame);
      case RawWebSocket.PONG -> "pong " + text(frame);
      case RawWebSocket.CLOSE ->
          frame.payload().limit() < 2
              ? "close"
              : "close " + (frame.closeCode() & 0xffff) + " \"" + frame.closeText() + "\"";
      default -> String.format(Locale.ROOT, "opcode %x %s", frame.opCode(), text(frame)) + end;
    };
  }

  private static String text(RawWebSocket.Frame frame) {
    int length = frame.payload().limit();
    return length > LONG ? "of " + length + " bytes" : "\"" + frame.text() + "\"";
  }

  @Override
  public void close() {
    socket.close();
  }
}
