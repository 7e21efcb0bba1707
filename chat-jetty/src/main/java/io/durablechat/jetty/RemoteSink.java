package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.CloseReason;
import io.durablechat.gateway.Connection;
import io.durablechat.gateway.transport.Completion;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.gateway.transport.FrameSink;
import io.durablechat.gateway.transport.Opcode;
import io.durablechat.gateway.transport.WriteLoop;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes by the Jakarta API alone, for containers other than Jetty: frame after frame, each when
 * the one before it is through. Pings and closes may make the container wait for the socket, so
 * they are left to an executor.
 */
final class RemoteSink implements FrameSink, Connection.Wire {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteSink.class);

  private final Session session;
  private final Executor executor;
  private final RemoteEndpoint.Async remote;
  private final AtomicLong heard = new AtomicLong();
  private final AtomicLong written = new AtomicLong();

  /**
   * Writes to this session.
   *
   * @param executor whose threads may wait
   */
  RemoteSink(Session session, Executor executor) {
    this.session = session;
    this.executor = executor;
    this.remote = session.getAsyncRemote();
  }

  /** Something came from the peer. */
  void onHeard() {
    heard.incrementAndGet();
  }

  /** Not bytes, which this API does not tell of, but a number that rises when some come. */
  @Override
  public long bytesIn() {
    return heard.get();
  }

  /** Not bytes, but how many frames the container has got rid of. */
  @Override
  public long bytesTaken() {
    return written.get();
  }

  @Override
  public void write(EncodedFrames frames, Completion done) {
    new OneByOne(frames.frames().iterator(), done).iterate();
  }

  private final class OneByOne extends WriteLoop {
    private final Iterator<EncodedFrames.Payload> frames;
    private final Completion all;

    private OneByOne(Iterator<EncodedFrames.Payload> frames, Completion all) {
      this.frames = frames;
      this.all = all;
    }

    @Override
    protected Step step() {
      if (!frames.hasNext()) {
        return Step.DONE;
      }
      send(frames.next());
      return Step.WRITING;
    }

    @Override
    protected void onDone() {
      all.succeeded();
    }

    @Override
    protected void onFailure(Throwable cause) {
      all.failed(cause);
    }

    private void ping(ByteBuffer content) {
      try {
        remote.sendPing(content);
        succeeded();
      } catch (IOException | IllegalStateException e) {
        failed(e);
      }
    }

    private void send(EncodedFrames.Payload frame) {
      ByteBuffer content = frame.bytes().duplicate();
      SendHandler onSent =
          result -> {
            written.incrementAndGet();
            if (result.isOK()) {
              succeeded();
            } else {
              failed(result.getException());
            }
          };
      switch (frame.opCode()) {
        case Opcode.TEXT -> remote.sendText(UTF_8.decode(content).toString(), onSent);
        case Opcode.BINARY -> remote.sendBinary(content, onSent);
        case Opcode.PING -> executor.execute(() -> ping(content));
        default -> throw new IllegalArgumentException("no frame of ours: " + frame.opCode());
      }
    }
  }

  @Override
  public void close(CloseReason reason, Completion done) {
    executor.execute(() -> closeNow(reason, done));
  }

  private void closeNow(CloseReason reason, Completion done) {
    try {
      session.close(
          new jakarta.websocket.CloseReason(
              jakarta.websocket.CloseReason.CloseCodes.getCloseCode(reason.code()), reason.text()));
      done.succeeded();
    } catch (IOException | IllegalStateException e) {
      done.failed(e);
    }
  }

  /** This API knows no harder way. */
  @Override
  public void abort() {
    executor.execute(this::closeNow);
  }

  private void closeNow() {
    try {
      session.close();
    } catch (IOException | IllegalStateException e) {
      LOG.debug("A connection could not be closed", e);
    }
  }
}
