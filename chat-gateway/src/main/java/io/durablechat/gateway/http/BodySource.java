package io.durablechat.gateway.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A request's body as it comes, which is read by demand: nothing is taken in that nobody asked for.
 * One reader at a time; {@link #fail} may be called from any thread.
 */
public interface BodySource {
  /** What one read has brought. */
  enum Read {
    /** Nothing has come. */
    NOTHING,
    /** A piece, and there may be more. */
    PIECE,
    /** The last piece, which may be empty. */
    LAST
  }

  /**
   * Reads the next piece, if one has come, without waiting for it.
   *
   * @param taker is handed the piece, which is valid until it returns
   * @throws TimeoutException if the body came too slowly
   * @throws IOException if it cannot be read for another reason
   */
  Read read(Consumer<ByteBuffer> taker) throws IOException, TimeoutException;

  /** Runs this once, when {@link #read} would bring something, on a thread that may take time. */
  void demand(Runnable reader);

  /** Fails what reads, or will. */
  void fail(TimeoutException cause);

  /** Throws away what has come; returns whether that was all. */
  boolean discard();
}
