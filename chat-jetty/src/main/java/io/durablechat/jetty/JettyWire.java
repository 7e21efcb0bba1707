package io.durablechat.jetty;

import io.durablechat.gateway.Connection;
import io.durablechat.gateway.Connections;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.IdleTimeout;
import org.eclipse.jetty.websocket.core.WebSocketConnection;

/** What can be seen of a peer's socket on Jetty. */
final class JettyWire implements Connection.Wire {
  private final WebSocketConnection connection;

  /** On a connector that is not ours: how often some byte had gone since the look before. */
  private long busyTicks;

  JettyWire(WebSocketConnection connection) {
    this.connection = connection;
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
