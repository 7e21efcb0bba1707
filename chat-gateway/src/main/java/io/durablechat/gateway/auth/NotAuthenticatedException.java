package io.durablechat.gateway.auth;

/** Who somebody is was not shown. The message is one short line, fit to be shown to them. */
public final class NotAuthenticatedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With a line of at most 100 characters that holds nothing of the inside. */
  public NotAuthenticatedException(String message) {
    // An answer: nobody looks at its stack.
    super(message == null ? "not authenticated" : message, null, false, false);
  }
}
