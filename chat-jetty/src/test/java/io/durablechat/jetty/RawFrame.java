package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A client's frame bit by bit (RFC 6455, section 5.2), right or wrong.
 *
 * @param first FIN, the reserved bits and the opcode
 * @param lengthBytes 1, 2 or 8: the form of the length, which may be longer than it need be
 * @param mask four bytes, or none at all
 */
record RawFrame(int first, ByteBuffer payload, int lengthBytes, ByteBuffer mask) {
  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final int SHORT = 126;
  private static final int LONG = 127;
  private static final ByteBuffer USUAL_MASK =
      ByteBuffer.wrap(new byte[] {0x37, (byte) 0xfa, 0x21, 0x3d});

  static RawFrame of(int opCode, byte[] payload) {
    int lengthBytes = payload.length < SHORT ? 1 : payload.length < 1 << 16 ? 2 : 8;
    return new RawFrame(FIN | opCode, ByteBuffer.wrap(payload), lengthBytes, USUAL_MASK);
  }

  static RawFrame of(int opCode, String payload) {
    return of(opCode, payload.getBytes(UTF_8));
  }

  static RawFrame text(String text) {
    return of(RawWebSocket.TEXT, text);
  }

  static RawFrame close(int code, String reason) {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.write(code >> 8);
    payload.write(code);
    payload.writeBytes(reason.getBytes(UTF_8));
    return of(RawWebSocket.CLOSE, payload.toByteArray());
  }

  /** The same, with more to follow. */
  RawFrame unfinished() {
    return new RawFrame(first & ~FIN, payload, lengthBytes, mask);
  }

  /** The same, with these of the three reserved bits set. */
  RawFrame reserved(int bits) {
    return new RawFrame(first | (bits << 4), payload, lengthBytes, mask);
  }

  RawFrame lengthIn(int bytes) {
    return new RawFrame(first, payload, bytes, mask);
  }

  RawFrame masked(byte... with) {
    return new RawFrame(first, payload, lengthBytes, ByteBuffer.wrap(with));
  }

  /** As it travels. */
  byte[] bytes() {
    int length = payload.limit();
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 14);
    out.write(first);
    int masked = mask.limit() == 0 ? 0 : MASKED;
    out.write(masked | (lengthBytes == 1 ? length : lengthBytes == 2 ? SHORT : LONG));
    for (int shift = 8 * (lengthBytes - 1); lengthBytes > 1 && shift >= 0; shift -= 8) {
      out.write((int) ((long) length >> shift));
    }
    for (int i = 0; i < mask.limit(); i++) {
      out.write(mask.get(i));
    }
    for (int i = 0; i < length; i++) {
      out.write(payload.get(i) ^ (mask.limit() == 0 ? 0 : mask.get(i % mask.limit())));
    }
    return out.toByteArray();
  }

  static byte[] together(List<byte[]> parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    parts.forEach(out::writeBytes);
    return out.toByteArray();
  }
}
