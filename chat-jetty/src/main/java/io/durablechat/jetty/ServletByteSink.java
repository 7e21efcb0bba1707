package io.durablechat.jetty;

import io.durablechat.gateway.transport.ByteSink;
import io.durablechat.gateway.transport.Completion;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The body of a servlet's answer, written as its client takes it: a slice at a time, the next when
 * the container has got rid of the one before.
 */
final class ServletByteSink implements ByteSink, WriteListener {
  private static final int SLICE = 8 << 10;

  private final ServletExchange exchange;
  private final ServletOutputStream out;
  private final AtomicReference<Write> current = new AtomicReference<>();

  // Guarded by this.
  private long taken;

  private boolean hasEnded;

  /** Whether the container can take something now: it says when it can again. */
  private boolean isWritable;

  /** What is being written; only whoever writes looks inside. */
  private static final class Write {
    private final ByteBuffer bytes;
    private final Completion done;
    private boolean isFlushed;

    private Write(ByteBuffer bytes, Completion done) {
      this.bytes = bytes;
      this.done = done;
    }
  }

  private ServletByteSink(ServletExchange exchange, ServletOutputStream out) {
    this.exchange = exchange;
    this.out = out;
  }

  /** Returns a sink to this stream, of an exchange whose answer may take long. */
  static ServletByteSink to(ServletOutputStream out, ServletExchange exchange) {
    ServletByteSink sink = new ServletByteSink(exchange, out);
    out.setWriteListener(sink);
    exchange.onEnd(sink::onExchangeEnded);
    return sink;
  }

  @Override
  public void write(ByteBuffer bytes, Completion done) {
    Write write = new Write(bytes, done);
    synchronized (this) {
      current.set(write);
      if (!isWritable && !hasEnded) {
        return;
      }
    }
    goOn(write);
  }

  /** The container may use the stream again for another answer: nothing is written to it. */
  private void onExchangeEnded() {
    synchronized (this) {
      hasEnded = true;
    }
    failWrite(new IOException("the request has ended"));
  }

  private synchronized boolean hasEnded() {
    return hasEnded;
  }

  @Override
  public void onWritePossible() {
    Write write;
    synchronized (this) {
      isWritable = true;
      write = current.get();
    }
    if (write != null) {
      goOn(write);
    }
  }

  private void goOn(Write write) {
    if (hasEnded()) {
      failWrite(new IOException("the request has ended"));
      return;
    }
    try {
      while (isReady()) {
        if (write.bytes.hasRemaining()) {
          byte[] slice = new byte[Math.min(SLICE, write.bytes.remaining())];
          write.bytes.get(slice);
          out.write(slice);
          count(slice.length);
        } else if (!write.isFlushed) {
          write.isFlushed = true;
          out.flush();
        } else {
          if (current.compareAndSet(write, null)) {
            write.done.succeeded();
          }
          return;
        }
      }
    } catch (IOException | RuntimeException e) {
      onError(e);
    }
  }

  private synchronized void count(int length) {
    taken += length;
  }

  /** Once this is false, another thread may be in {@link #onWritePossible} already. */
  private boolean isReady() {
    setWritable(false);
    if (!out.isReady()) {
      return false;
    }
    setWritable(true);
    return true;
  }

  private synchronized void setWritable(boolean isIt) {
    isWritable = isIt;
  }

  @Override
  public void end(Completion done) {
    write(
        ByteBuffer.allocate(0),
        new Completion() {
          @Override
          public void succeeded() {
            exchange.complete();
            done.succeeded();
          }

          @Override
          public void failed(Throwable cause) {
            done.failed(cause);
          }
        });
  }

  @Override
  public void onError(Throwable cause) {
    exchange.complete();
    failWrite(cause);
  }

  @Override
  public void abort(Throwable cause) {
    exchange.cut(cause);
    failWrite(cause);
  }

  private void failWrite(Throwable cause) {
    Write write = current.getAndSet(null);
    if (write != null) {
      write.done.failed(cause);
    }
  }

  @Override
  public synchronized long taken() {
    return taken;
  }
}
