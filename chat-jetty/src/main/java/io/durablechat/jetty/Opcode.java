package io.durablechat.jetty;

/** What a frame is, by the numbers of RFC 6455, section 11.8. */
final class Opcode {
  static final byte CONTINUATION = 0;
  static final byte TEXT = 1;
  static final byte BINARY = 2;
  static final byte CLOSE = 8;
  static final byte PING = 9;
  static final byte PONG = 10;

  private Opcode() {}
}
