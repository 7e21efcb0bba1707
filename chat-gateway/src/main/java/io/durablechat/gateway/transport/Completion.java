package io.durablechat.gateway.transport;

/**
 * A callback for the end of one write. Exactly one of its methods is called, once, on any thread;
 * maybe before the call that began the write returns.
 */
public interface Completion {
  /** Reports that all was written. */
  void succeeded();

  /** Reports that it was not, and that nothing more can be written. */
  void failed(Throwable cause);

  /** Returns a completion that runs this in either case. */
  public static Completion of(Runnable task) {
    return new Completion() {
      @Override
      public void succeeded() {
        task.run();
      }

      @Override
      public void failed(Throwable cause) {
        task.run();
      }
    };
  }
}
