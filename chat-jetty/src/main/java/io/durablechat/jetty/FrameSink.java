package io.durablechat.jetty;

import io.durablechat.core.CloseReason;
import org.eclipse.jetty.util.Callback;

/**
 * The way from a {@link FrameSender} to its socket, which has one write under way at a time.
 * Nothing here waits for the peer. A callback is told once, maybe before the call returns.
 */
interface FrameSink {
  /** Writes these frames in one act, nothing between them. */
  void write(Outgoing outgoing, Callback callback);

  /** Writes a close frame, the last there is. */
  void close(CloseReason reason, Callback callback);

  /** Cuts the connection, whatever is under way. */
  void abort();
}
