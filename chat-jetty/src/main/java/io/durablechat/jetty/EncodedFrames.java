package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Frames that go to the socket in one act, made ready once and shared by all sessions. They never
 * change.
 */
public final class EncodedFrames implements BatchGate.Payload {
  static final EncodedFrames PING = of(Opcode.PING, ByteBuffer.allocate(0));

  private static final int FIN = 0x80;
  private static final int SHORT = 126;
  private static final int LONG = 127;
  private static final int MAX_UNSIGNED_SHORT = 0xffff;

  private final List<Payload> frames;
  private final ByteBuffer wire;
  private final int firstBody;
  private final SharedPayload load;

  /** One frame's opcode and content. */
  record Payload(byte opCode, ByteBuffer bytes) {}

  private EncodedFrames(List<Payload> contents) {
    int size = 0;
    for (Payload content : contents) {
      size += headerLength(content) + content.bytes().remaining();
    }
    wire = ByteBuffer.allocate(size);
    firstBody = headerLength(contents.get(0));
    List<Payload> slices = new ArrayList<>(contents.size());
    for (Payload content : contents) {
      putHeader(content, wire);
      int body = wire.position();
      wire.put(content.bytes().duplicate());
      slices.add(new Payload(content.opCode(), wire.slice(body, wire.position() - body)));
    }
    wire.flip();
    frames = List.copyOf(slices);
    load = SharedPayload.of(size);
  }

  /**
   * These frames.
   *
   * @param frames at least one; what they hold is copied and not used up
   */
  static EncodedFrames of(List<Payload> frames) {
    return new EncodedFrames(frames);
  }

  static EncodedFrames of(byte opCode, ByteBuffer content) {
    return new EncodedFrames(List.of(new Payload(opCode, content)));
  }

  static EncodedFrames text(String text) {
    return of(Opcode.TEXT, UTF_8.encode(text));
  }

  /**
   * Returns text frames.
   *
   * @param texts at least one; each is a frame
   */
  public static EncodedFrames texts(List<String> texts) {
    return of(texts.stream().map(text -> new Payload(Opcode.TEXT, UTF_8.encode(text))).toList());
  }

  private static int headerLength(Payload frame) {
    int length = frame.bytes().remaining();
    return length < SHORT ? 2 : length <= MAX_UNSIGNED_SHORT ? 4 : 10;
  }

  /** RFC 6455, section 5.2: a whole message in one frame, unmasked, as servers send. */
  private static void putHeader(Payload frame, ByteBuffer to) {
    int length = frame.bytes().remaining();
    to.put((byte) (FIN | frame.opCode()));
    if (length < SHORT) {
      to.put((byte) length);
    } else if (length <= MAX_UNSIGNED_SHORT) {
      to.put((byte) SHORT).putShort((short) length);
    } else {
      to.put((byte) LONG).putLong(length);
    }
  }

  /** The frames one by one, at least one. */
  List<Payload> frames() {
    return frames;
  }

  /** The opcode of the first frame. */
  byte opCode() {
    return frames.get(0).opCode();
  }

  /** All frames as they travel, for one session: with a position of its own. */
  ByteBuffer wire() {
    return wire.duplicate();
  }

  /** The same without the first frame's header. */
  ByteBuffer wireFromFirstBody() {
    return wire.duplicate().position(firstBody);
  }

  /** The length of the first frame's content. */
  int firstLength() {
    return frames.get(0).bytes().remaining();
  }

  @Override
  public SharedPayload load() {
    return load;
  }

  /** The length of all as they travel, in bytes. */
  int length() {
    return wire.remaining();
  }
}
