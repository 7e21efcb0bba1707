package io.durablechat.gateway.transport;

import java.nio.ByteBuffer;

/**
 * The way from an {@code EventSender} to its reader: the body of an answer over HTTP, with one
 * write under way at a time. Nothing here waits for the peer.
 */
public interface ByteSink {
  /** What {@link #taken} returns where nobody counts. */
  long UNKNOWN = -1;

  /** Writes these bytes. */
  void write(ByteBuffer bytes, Completion done);

  /** Ends the answer after what was written. */
  void end(Completion done);

  /** Cuts the connection, whatever is under way. */
  void abort(Throwable cause);

  /**
   * Returns how many bytes have ever gone into the socket below, which are what its peer has taken
   * once the buffers between are full; {@value #UNKNOWN} if that cannot be told.
   */
  long taken();
}
