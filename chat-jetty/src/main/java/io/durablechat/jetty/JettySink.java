package io.durablechat.jetty;

import io.durablechat.core.CloseReason;
import io.durablechat.gateway.Connection;
import io.durablechat.gateway.transport.Completion;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.gateway.transport.FrameSender;
import io.durablechat.gateway.transport.FrameSink;
import io.durablechat.gateway.transport.Utf8Check;
import io.durablechat.gateway.transport.WireException;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.ExtensionStack;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.IncomingFrames;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.OutgoingEntry;
import org.eclipse.jetty.websocket.core.OutgoingFrames;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;

/**
 * A Jakarta session of Jetty's, looked at from below: between the session and its connection, where
 * extensions would be.
 *
 * <p><b>Writing.</b> Each batch goes to the connection as one {@link CoalescedFrame}. A close frame
 * of Jetty's own, the answer to the peer's or one for what it did wrong, waits for its turn in the
 * {@link FrameSender} as it does in {@link RoomConnection}: Jetty would send it before the answers
 * to what came before.
 *
 * <p><b>Reading.</b> Text in fragments is refused at the first byte that is not UTF-8: Jetty's
 * Jakarta API looks at it once it is whole.
 */
final class JettySink implements FrameSink, IncomingFrames, OutgoingFrames {
  private final WebSocketCoreSession core;
  private final IncomingFrames session;
  private final OutgoingFrames wire;
  private final JettyWrite write = new JettyWrite();
  private Connection connection;

  /** Of a text that goes on in the next frame; null if none does. Frames come one by one. */
  private Utf8Check unfinished;

  private volatile boolean isClosedByPeer;

  /** The close frame that the sender has just passed to Jetty, on its way back here. */
  private Frame ownClose;

  /** A sink on this session, with which no extension may have been negotiated. */
  JettySink(WebSocketCoreSession core) {
    ExtensionStack between = core.getExtensionStack();
    if (between.hasNegotiatedExtensions()) {
      throw new IllegalArgumentException("an extension would rewrite frames that are shared");
    }
    this.core = core;
    this.session = between.getNextIncoming();
    this.wire = between.getNextOutgoing();
    // Jetty would cut what goes out into frames of this size; what comes in is bounded by message.
    core.setMaxFrameSize(0);
  }

  /** From now on: before the first frame is read. */
  void onConnected(Connection handler) {
    connection = handler;
    core.getExtensionStack().initialize(this, this, core);
  }

  @Override
  public void onFrame(Frame frame, Callback callback) {
    if (frame.getOpCode() == OpCode.CLOSE) {
      isClosedByPeer = true;
    }
    if (frame.isDataFrame() && !mayBeText(frame)) {
      callback.failed(JettyWrite.closing(WireException.notUtf8()));
    } else {
      session.onFrame(frame, callback);
    }
  }

  /** Whole frames are looked at when they are made text. */
  private boolean mayBeText(Frame frame) {
    if (frame.getOpCode() != OpCode.CONTINUATION) {
      boolean isTextToGoOn = frame.getOpCode() == OpCode.TEXT && !frame.isFin();
      unfinished = isTextToGoOn ? new Utf8Check() : null;
    }
    boolean may = unfinished == null || unfinished.accepts(frame.getPayload());
    if (frame.isFin()) {
      unfinished = null;
    }
    return may;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // it is about this very frame
  public void sendFrame(OutgoingEntry entry) {
    Frame frame = entry.getFrame();
    if (frame.getOpCode() != OpCode.CLOSE || frame == ownClose) {
      wire.sendFrame(entry);
      return;
    }
    EncodedFrames close = EncodedFrames.of(OpCode.CLOSE, frame.getPayload());
    if (!isClosedByPeer
        && CloseStatus.getCloseStatus(frame).getCode() == CloseReason.GOING_AWAY.code()) {
      connection.onStopping(close, JettyWrite.completing(entry.getCallback()));
    } else {
      connection.onEnding(close, JettyWrite.completing(entry.getCallback()));
    }
  }

  /** Past the session, which takes no more once it was told to close. */
  @Override
  public void write(EncodedFrames frames, Completion done) {
    wire.sendFrame(new OutgoingEntry.Builder(new CoalescedFrame(frames), write.of(done)).build());
  }

  /** By way of the session, which has to know that nothing may follow. */
  @Override
  public void close(CloseReason reason, Completion done) {
    ownClose = new CloseStatus(reason.code(), reason.text()).toFrame();
    core.sendFrame(ownClose, write.of(done), false);
  }

  @Override
  public void abort() {
    core.abort();
  }
}
