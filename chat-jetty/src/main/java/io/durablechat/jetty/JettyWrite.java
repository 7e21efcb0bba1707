package io.durablechat.jetty;

import io.durablechat.gateway.transport.Completion;
import io.durablechat.gateway.transport.WireException;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.exception.CloseException;

/**
 * Jetty's callback for the writes of one sink, of which one is under way at a time: an object a
 * sink, none a write. What it reports to does not block.
 */
final class JettyWrite implements Callback {
  /** Written before a write begins, read once it has ended. */
  private Completion done;

  /** Returns this for the next write. */
  Callback of(Completion next) {
    done = next;
    return this;
  }

  /** Returns a completion that reports to a callback of Jetty's. */
  static Completion completing(Callback callback) {
    return new Completion() {
      @Override
      public void succeeded() {
        callback.succeeded();
      }

      @Override
      public void failed(Throwable cause) {
        callback.failed(cause);
      }
    };
  }

  /** Returns what makes Jetty close with the code of what the peer did wrong. */
  static CloseException closing(WireException fault) {
    return new CloseException(fault.code(), fault.getMessage(), fault);
  }

  @Override
  public void succeeded() {
    done.succeeded();
  }

  @Override
  public void failed(Throwable cause) {
    done.failed(cause);
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }
}
