package io.durablechat.jetty;

/** A fault in how a request is written, found by the server that it came by. */
final class UnreadableRequestException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** A fault that is said in one line. */
  UnreadableRequestException(String line, Throwable cause) {
    super(line, cause);
  }
}
