package io.durablechat.jetty;

import java.nio.ByteBuffer;

/**
 * The way from an {@link EventSender} to its reader: the body of an answer over HTTP, with one
 * write under way at a time. Nothing here waits for the peer.
 */
interface ByteSink {
  /** Writes these bytes. */
  void write(ByteBuffer bytes, Completion done);

  /** Ends the answer after what was written. */
  void end(Completion done);

  /** Answers with a problem instead; before anything was written. */
  void refuse(Problem problem, Completion done);

  /** Cuts the connection, whatever is under way. */
  void abort(Throwable cause);
}
