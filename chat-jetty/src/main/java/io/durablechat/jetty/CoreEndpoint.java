package io.durablechat.jetty;

import io.durablechat.core.CloseReason;
import io.durablechat.gateway.Connection;
import io.durablechat.gateway.Conversation;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.transport.WireException;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The endpoint of one WebSocket on Jetty's own API. Next to {@link RoomEndpoint} it needs less
 * memory, takes text as the bytes it came in, and stops reading where reading should wait, so that
 * no thread has to.
 *
 * <p>Frames come one after another, mostly on the thread that selects: nothing here blocks.
 */
final class CoreEndpoint implements FrameHandler {
  private static final Logger LOG = LoggerFactory.getLogger(CoreEndpoint.class);

  private final Reception reception;

  /** Until it is open. */
  private Reception.Wish wish;

  private RoomConnection jetty;
  private Connection connection;

  CoreEndpoint(Reception reception, Reception.Wish wish) {
    this.reception = reception;
    this.wish = wish;
  }

  @Override
  public void onOpen(CoreSession session, Callback callback) {
    jetty = RoomConnection.of(session);
    connection = reception.connection(wish, jetty, new JettyWire(jetty), jetty.getExecutor());
    wish = null;
    jetty.onConnected(connection);
    callback.succeeded();
    reception.open(connection);
    jetty.readOn();
  }

  @Override
  public void onFrame(Frame frame, Callback callback) {
    if (frame.getOpCode() == OpCode.CLOSE) {
      // Answered by Jetty; nothing comes after it.
      callback.succeeded();
      return;
    }
    CompletionStage<?> readOn;
    try {
      readOn = take(frame);
    } catch (WireException whatThePeerDidWrong) {
      callback.failed(JettyWrite.closing(whatThePeerDidWrong));
      return;
    } catch (Throwable e) {
      callback.failed(e);
      return;
    }
    callback.succeeded();
    if (Conversation.readsOn(readOn)) {
      jetty.readOn();
    } else {
      readOn.whenComplete((settled, e) -> onSettled(e));
    }
  }

  private void onSettled(Throwable failure) {
    if (failure != null) {
      LOG.error("A message could not be handled; its connection is closed", failure);
      connection.close(CloseReason.FAULT);
    }
    jetty.readOn();
  }

  private CompletionStage<?> take(Frame frame) {
    if (frame.isDataFrame()) {
      return connection.onFrame(frame.getOpCode(), frame.isFin(), frame.getPayload());
    }
    return frame.getOpCode() == OpCode.PING
        ? connection.onPing(frame.getPayload())
        : connection.onPong();
  }

  @Override
  public void onError(Throwable cause, Callback callback) {
    LOG.debug("A connection failed", cause);
    callback.succeeded();
  }

  /** The one place of clean-up: Jetty calls it exactly once after opening. */
  @Override
  public void onClosed(CloseStatus status, Callback callback) {
    if (connection != null) {
      reception.onGone(connection);
    }
    callback.succeeded();
  }
}
