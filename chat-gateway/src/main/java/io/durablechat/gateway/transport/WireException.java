package io.durablechat.gateway.transport;

/** What a peer did wrong by the protocol: its connection is closed with this code and text. */
public final class WireException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int NOT_CONSISTENT = 1007;
  private static final int TOO_LARGE = 1009;

  private final int code;

  private WireException(int code, String message) {
    super(message);
    this.code = code;
  }

  /** Returns the fault of a text that is not UTF-8 (RFC 6455, section 8.1). */
  public static WireException notUtf8() {
    return new WireException(NOT_CONSISTENT, "text is not UTF-8");
  }

  /** Returns the fault of a message that is larger than it may be. */
  static WireException tooLarge(int maxBytes) {
    return new WireException(TOO_LARGE, "message is larger than " + maxBytes + " bytes");
  }

  /** Returns the code to close with (RFC 6455, section 7.4.1). */
  public int code() {
    return code;
  }
}
