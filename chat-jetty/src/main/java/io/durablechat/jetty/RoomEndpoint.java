package io.durablechat.jetty;

import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.core.Terms;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketSession;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.IdleTimeout;
import org.eclipse.jetty.websocket.core.WebSocketConnection;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Jakarta endpoint of one WebSocket. Public because Jakarta asks for it; made by {@link
 * ChatEndpoint} alone, after {@link HandshakeGate} has let the handshake pass.
 */
public final class RoomEndpoint extends Endpoint {
  private static final Logger LOG = LoggerFactory.getLogger(RoomEndpoint.class);

  /** JSON may write one byte of text as six, and there is a little around it. */
  private static final long JSON_FACTOR = 6;

  private static final long JSON_AROUND = 4096;

  private final RoomDirectory rooms;
  private final Connections connections;
  private final HeldBytes held;
  private final Duration writeStall;
  private final LongSupplier nanos;
  private Connection connection;

  RoomEndpoint(
      RoomDirectory rooms,
      Connections connections,
      HeldBytes held,
      Duration writeStall,
      LongSupplier nanos) {
    this.rooms = rooms;
    this.connections = connections;
    this.held = held;
    this.writeStall = writeStall;
    this.nanos = nanos;
  }

  @Override
  public void onOpen(Session session, EndpointConfig config) {
    WebSocketCoreSession core =
        (WebSocketCoreSession) ((JakartaWebSocketSession) session).getCoreSession();
    // Jetty would cut what goes out into frames of this size; what comes in is bounded by message.
    core.setMaxFrameSize(0);
    // Jetty's own idle timeout counts bytes either way, so that our pings would hide a dead peer.
    session.setMaxIdleTimeout(0);

    FrameSender sender = new FrameSender(core, nanos);
    Dialect dialect = dialect(session, sender, core.getWebSocketComponents().getExecutor());
    connection = new Connection(dialect, sender, new JettyWire(core), writeStall, nanos);
    connections.add(connection);
    session.addMessageHandler(String.class, (MessageHandler.Whole<String>) connection::onText);
    session.addMessageHandler(
        ByteBuffer.class, (MessageHandler.Whole<ByteBuffer>) connection::onBinary);
    // Last: a room that does not let the session in closes it from within, and so calls onClose.
    connection.onOpen();
  }

  private Dialect dialect(Session session, FrameSender sender, Executor executor) {
    RoomName name = RoomName.of(session.getPathParameters().get(HandshakeGate.ROOM));
    int max = rooms.terms().maxMessageBytes();
    session.setMaxBinaryMessageBufferSize(max);
    if (session.getNegotiatedSubprotocol().equals(ChatV1Dialect.SUBPROTOCOL)) {
      session.setMaxTextMessageBufferSize(maxJson(rooms.terms()));
      return new ChatV1Dialect(
          rooms.room(name), rooms.terms(), sender, nanos, new HistoryPages(held, executor));
    }
    session.setMaxTextMessageBufferSize(max);
    return new PlainDialect(
        rooms.room(name), HandshakeGate.history(session.getRequestParameterMap()), sender);
  }

  /** The longest JSON that a message within the limit may need, in bytes. */
  static int maxJson(Terms terms) {
    return (int) Math.min(terms.maxMessageBytes() * JSON_FACTOR + JSON_AROUND, Integer.MAX_VALUE);
  }

  /** The one place of clean-up: Jetty calls it exactly once, whatever became of the connection. */
  @Override
  public void onClose(Session session, CloseReason reason) {
    if (connection != null) {
      connections.remove(connection);
      connection.onGone();
    }
  }

  /** Called never, once or twice, before or after {@link #onClose}: of no use but to be noted. */
  @Override
  public void onError(Session session, Throwable failure) {
    LOG.debug("A connection failed", failure);
  }

  private static final class JettyWire implements Connection.Wire {
    private final WebSocketConnection connection;

    /** On a connector that is not ours: how often some byte had gone since the look before. */
    private long busyTicks;

    private JettyWire(WebSocketCoreSession core) {
      this.connection = core.getConnection();
    }

    @Override
    public long bytesIn() {
      return connection.getBytesIn();
    }

    @Override
    public long bytesTaken() {
      EndPoint socket = MeteredEndPoint.unwrapped(connection.getEndPoint());
      if (socket instanceof MeteredEndPoint metered) {
        return metered.taken();
      }
      boolean idle =
          socket instanceof IdleTimeout endPoint
              && endPoint.getIdleFor() > Connections.TICK.toMillis();
      return idle ? busyTicks : ++busyTicks;
    }
  }
}
