package io.durablechat.gateway;

/** What a client sent cannot be used; the message says in one line what is wrong with it. */
public final class BadRequestException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public BadRequestException(String message) {
    super(message, null, false, false);
  }
}
