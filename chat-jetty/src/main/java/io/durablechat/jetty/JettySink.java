package io.durablechat.jetty;

import io.durablechat.core.CloseReason;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OutgoingEntry;

/** Writes through Jetty's session, each batch as one {@link GluedFrame}. */
final class JettySink implements FrameSink {
  private final CoreSession core;

  /** A sink on this session, with which no extension may have been negotiated. */
  JettySink(CoreSession core) {
    if (!core.getNegotiatedExtensions().isEmpty()) {
      throw new IllegalArgumentException("an extension would rewrite frames that are shared");
    }
    this.core = core;
    // Jetty would cut what goes out into frames of this size; what comes in is bounded by message.
    core.setMaxFrameSize(0);
  }

  @Override
  public void write(Outgoing outgoing, Callback callback) {
    send(new GluedFrame(outgoing), callback);
  }

  @Override
  public void close(CloseReason reason, Callback callback) {
    send(new CloseStatus(reason.code(), reason.text()).toFrame(), callback);
  }

  private void send(Frame frame, Callback callback) {
    core.sendFrame(new OutgoingEntry.Builder(frame, callback).build());
  }

  @Override
  public void abort() {
    core.abort();
  }

  /** Jetty refuses frames once it closes by the protocol: then its close frame is on its way. */
  @Override
  public void onFailed() {
    if (core.isOutputOpen()) {
      core.abort();
    }
  }
}
