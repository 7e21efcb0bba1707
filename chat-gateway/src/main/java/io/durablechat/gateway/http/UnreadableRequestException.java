package io.durablechat.gateway.http;

/** A fault in how a request is written, found by the server that it came by. */
public final class UnreadableRequestException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** A fault that is said in one line. */
  public UnreadableRequestException(String line, Throwable cause) {
    super(line, cause);
  }
}
