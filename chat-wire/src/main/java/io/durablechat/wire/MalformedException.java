package io.durablechat.wire;

/**
 * A text that is not what the protocol says. The message tells in one line what is wrong with it,
 * and may be shown to its sender.
 */
public final class MalformedException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  MalformedException(String message) {
    super(message);
  }

  static MalformedException missing(String name) {
    return new MalformedException(name + " is missing");
  }

  /**
   * Returns this as it is: senders of nonsense can be many, and nobody reads where it was found.
   */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
