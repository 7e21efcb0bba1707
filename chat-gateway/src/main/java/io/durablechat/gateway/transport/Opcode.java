package io.durablechat.gateway.transport;

/** What a frame is, by the numbers of RFC 6455, section 11.8. */
public final class Opcode {
  public static final byte CONTINUATION = 0;
  public static final byte TEXT = 1;
  public static final byte BINARY = 2;
  public static final byte CLOSE = 8;
  public static final byte PING = 9;
  public static final byte PONG = 10;

  private Opcode() {}
}
