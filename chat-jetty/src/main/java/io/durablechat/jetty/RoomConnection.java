package io.durablechat.jetty;

import io.durablechat.core.CloseReason;
import io.durablechat.core.HandOff;
import io.durablechat.gateway.Connection;
import io.durablechat.gateway.transport.Completion;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.gateway.transport.FrameSender;
import io.durablechat.gateway.transport.FrameSink;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OutgoingEntry;
import org.eclipse.jetty.websocket.core.WebSocketConnection;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;

/**
 * Jetty's connection of one WebSocket, with two things done another way.
 *
 * <p><b>Writing.</b> A {@link FrameSender} is the one that writes to the socket, instead of Jetty's
 * flusher, to which every frame is a write and a dozen objects. The only frames that Jetty sends of
 * its own are closes, the answer to the peer's and those for what it did wrong; they come by {@link
 * #enqueueFrame} and are handed to the same sender. So whatever is written, one write is under way
 * at a time and no frame can be torn by another.
 *
 * <p><b>Reading.</b> Frames are handled on the thread that selects, and what they set off in rooms
 * runs there too once all that could be read was read: it spares two hops from thread to thread,
 * and gathers what many clients said at the same time. That is why nothing in an endpoint may
 * block.
 */
final class RoomConnection extends WebSocketConnection implements FrameSink {
  private static final int MAX_IN_A_ROW = 64;

  private final WebSocketCoreSession core;
  private final Callback fillable = new Fillable();
  private final MeteredEndPoint socket;
  private final JettyWrite write = new JettyWrite();
  private Connection connection;

  /** Frames handled since others had their turn. One thread at a time reads. */
  private int inARow;

  /** The close frame that the sender has just passed to Jetty, on its way back here. */
  private Frame ownClose;

  RoomConnection(EndPoint endPoint, Connector connector, WebSocketCoreSession core) {
    super(
        endPoint,
        connector.getExecutor(),
        connector.getScheduler(),
        connector.getByteBufferPool(),
        core);
    this.core = core;
    this.socket = (MeteredEndPoint) MeteredEndPoint.unwrapped(endPoint);
  }

  static RoomConnection of(CoreSession session) {
    return (RoomConnection) ((WebSocketCoreSession) session).getConnection();
  }

  /** Its frames are handled by this connection, whose sender is the one that writes here. */
  void onConnected(Connection handler) {
    connection = handler;
  }

  @Override
  public void fillInterested() {
    fillInterested(fillable);
  }

  /** Called on the thread that selects, or in its stead. */
  @Override
  public void onFillable() {
    inARow = 0;
    HandOff.to(socket, super::onFillable);
  }

  /** Asks for the next frame; of a peer that sends and sends, once others have had their turn. */
  void readOn() {
    inARow++;
    if (inARow < MAX_IN_A_ROW) {
      core.demand();
    } else {
      inARow = 0;
      socket.execute(core::demand);
    }
  }

  @Override
  public void write(EncodedFrames frames, Completion done) {
    getEndPoint().write(write.of(done), frames.wire());
  }

  /** By way of Jetty, which has to know that nothing may follow. */
  @Override
  public void close(CloseReason reason, Completion done) {
    ownClose = new CloseStatus(reason.code(), reason.text()).toFrame();
    core.sendFrame(ownClose, write.of(done), false);
  }

  @Override
  public void abort() {
    core.abort();
  }

  /** A close frame: the sender's own, whose turn it is, or Jetty's, which waits for its turn. */
  @Override
  @SuppressWarnings("ReferenceEquality") // it is about this very frame
  public void enqueueFrame(OutgoingEntry entry) {
    Frame frame = entry.getFrame();
    EncodedFrames close = EncodedFrames.of(frame.getOpCode(), frame.getPayload());
    Callback callback = Callback.from(getEndPoint()::shutdownOutput, entry.getCallback());
    if (frame == ownClose) {
      getEndPoint().write(callback, close.wire());
    } else {
      connection.onEnding(close, JettyWrite.completing(callback));
    }
  }

  private final class Fillable implements Callback {
    @Override
    public void succeeded() {
      onFillable();
    }

    @Override
    public void failed(Throwable cause) {
      onFillInterestedFailed(cause);
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }
  }
}
