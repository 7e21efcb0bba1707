package io.durablechat.gateway.transport;

import io.durablechat.core.CloseReason;

/**
 * The way from a {@link FrameSender} to its socket, which has one write under way at a time.
 * Nothing here waits for the peer.
 */
public interface FrameSink {
  /** Writes these frames in one act, nothing between them. */
  void write(EncodedFrames frames, Completion done);

  /** Writes a close frame, the last there is. */
  void close(CloseReason reason, Completion done);

  /** Cuts the connection, whatever is under way. */
  void abort();
}
