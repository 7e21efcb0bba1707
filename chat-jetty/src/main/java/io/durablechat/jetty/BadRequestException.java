package io.durablechat.jetty;

/** What a client sent cannot be used; the message says in one line what is wrong with it. */
final class BadRequestException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BadRequestException(String message) {
    super(message, null, false, false);
  }
}
