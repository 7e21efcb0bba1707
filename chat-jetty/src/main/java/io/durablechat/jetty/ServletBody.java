package io.durablechat.jetty;

import io.durablechat.gateway.http.BodySource;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The body of a request to a servlet, read without a thread that waits for it. */
final class ServletBody implements BodySource, ReadListener {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int MIN_PIECE = 512;
  private static final int MAX_PIECE = 8 << 10;

  /** So many pieces of a body that nobody wants are read: more is not worth its connection. */
  private static final int MAX_DISCARDED = 16;

  private final ServletExchange exchange;
  private final HttpServletRequest request;
  private final boolean isEmpty;

  /** Where it comes from; null until it is first read. The reader's own. */
  private ServletInputStream in;

  // Guarded by this.
  private Runnable reader;
  private boolean isReady;
  private TimeoutException late;
  private Throwable failure;

  /**
   * A body that has not been read.
   *
   * @param isEmpty whether it is known to be empty
   */
  ServletBody(ServletExchange exchange, HttpServletRequest request, boolean isEmpty) {
    this.exchange = exchange;
    this.request = request;
    this.isEmpty = isEmpty;
  }

  @Override
  public Read read(Consumer<ByteBuffer> taker) throws IOException, TimeoutException {
    synchronized (this) {
      if (late != null) {
        throw late;
      }
      if (failure != null) {
        throw new IOException(failure);
      }
      isReady = false;
    }
    if (isEmpty) {
      taker.accept(NOTHING.duplicate());
      return Read.LAST;
    }
    try {
      return readOn(taker);
    } catch (IllegalStateException e) {
      // The container has ended the request.
      throw new IOException(e);
    }
  }

  private Read readOn(Consumer<ByteBuffer> taker) throws IOException {
    if (exchange.hasEnded()) {
      throw new IOException("the request has ended");
    }
    if (in == null) {
      in = request.getInputStream();
      in.setReadListener(this);
    }
    if (!in.isFinished() && !in.isReady()) {
      return in.isFinished() ? last(taker) : Read.NOTHING;
    }
    if (in.isFinished()) {
      return last(taker);
    }
    byte[] piece = new byte[Math.max(MIN_PIECE, Math.min(MAX_PIECE, in.available()))];
    int length = in.read(piece);
    if (length < 0) {
      return last(taker);
    }
    taker.accept(ByteBuffer.wrap(piece, 0, length));
    return in.isFinished() ? Read.LAST : Read.PIECE;
  }

  private static Read last(Consumer<ByteBuffer> taker) {
    taker.accept(NOTHING.duplicate());
    return Read.LAST;
  }

  @Override
  public void demand(Runnable newReader) {
    synchronized (this) {
      if (!isReady && late == null && failure == null) {
        reader = newReader;
        return;
      }
    }
    exchange.executor().execute(newReader);
  }

  @Override
  public void fail(TimeoutException cause) {
    Runnable waiting;
    synchronized (this) {
      late = cause;
      waiting = reader;
      reader = null;
    }
    if (waiting != null) {
      exchange.executor().execute(waiting);
    }
  }

  @Override
  public boolean discard() {
    if (isEmpty) {
      return true;
    }
    try {
      if (exchange.hasEnded()) {
        return false;
      }
      if (in != null) {
        return in.isFinished();
      }
      if (!exchange.headers("Expect").isEmpty()) {
        // To look at it would ask the client to send it.
        return false;
      }
      ServletInputStream unread = request.getInputStream();
      byte[] piece = new byte[MAX_PIECE];
      int left = unread.available();
      for (int i = 0; i < MAX_DISCARDED && left > 0; i++, left = unread.available()) {
        if (unread.read(piece, 0, Math.min(left, piece.length)) < 0) {
          return true;
        }
      }
      return unread.isFinished();
    } catch (IOException | IllegalStateException e) {
      return false;
    }
  }

  @Override
  public void onDataAvailable() {
    wake(null);
  }

  @Override
  public void onAllDataRead() {
    wake(null);
  }

  @Override
  public void onError(Throwable cause) {
    wake(cause);
  }

  private void wake(Throwable cause) {
    Runnable waiting;
    synchronized (this) {
      failure = failure == null ? cause : failure;
      isReady = true;
      waiting = reader;
      reader = null;
    }
    if (waiting != null) {
      waiting.run();
    }
  }
}
