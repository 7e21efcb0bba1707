package io.durablechat.jetty;

import io.durablechat.core.Cursor;
import io.durablechat.core.RoomName;
import io.durablechat.core.Start;
import io.durablechat.gateway.Dialect;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.http.ApiRequest;
import io.durablechat.gateway.http.HandshakeGate;
import io.durablechat.gateway.http.RoomPath;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.Behavior;
import org.eclipse.jetty.websocket.core.ExtensionStack;
import org.eclipse.jetty.websocket.core.Negotiated;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;
import org.eclipse.jetty.websocket.core.util.WebSocketUtils;

/**
 * Turns a handshake that {@link HandshakeGate} has let pass into a WebSocket with a {@link
 * CoreEndpoint}. No extension is negotiated: a compressed frame cannot be shared by sessions, and
 * costs memory in each.
 */
final class CoreUpgrade extends Handler.Abstract.NonBlocking {
  private final Reception reception;
  private final List<String> below;
  private WebSocketComponents components;

  CoreUpgrade(Reception reception) {
    this.reception = reception;
    this.below = reception.dialects().rooms();
  }

  @Override
  protected void doStart() throws Exception {
    components =
        new WebSocketComponents(
            null, null, getServer().getByteBufferPool(), null, null, getServer().getThreadPool());
    super.doStart();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    ApiRequest asked = new JettyRequest(request);
    Optional<RoomPath> path = RoomPath.of(asked, below).filter(HandshakeGate::isEndpoint);
    if (path.isEmpty()) {
      return false;
    }
    RoomName room = path.get().room(asked);
    Dialect dialect =
        reception
            .dialects()
            .of(path.get().rooms(), HandshakeGate.subprotocols(asked))
            .orElseThrow();
    Start start = dialect.start(asked.parameters().all());
    request.setAttribute(
        HttpStream.UPGRADE_CONNECTION_ATTRIBUTE,
        connection(
            request,
            new Reception.Wish(
                room,
                dialect,
                request.getAttribute(GateHandler.PLACE) instanceof Cursor place
                    ? start.from(place)
                    : start,
                reception.access().shown(asked),
                asked.peer())));

    HttpFields.Mutable headers = response.getHeaders();
    response.setStatus(HttpStatus.SWITCHING_PROTOCOLS_101);
    headers.put(HttpHeader.UPGRADE, "websocket");
    headers.put(HttpHeader.CONNECTION, "Upgrade");
    headers.put(
        HttpHeader.SEC_WEBSOCKET_ACCEPT,
        WebSocketUtils.hashKey(request.getHeaders().get(HttpHeader.SEC_WEBSOCKET_KEY)));
    dialect
        .subprotocol()
        .ifPresent(agreed -> headers.put(HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL, agreed));
    response.write(true, null, callback);
    return true;
  }

  private RoomConnection connection(Request request, Reception.Wish wish) {
    Connector connector = request.getConnectionMetaData().getConnector();
    ExtensionStack none = new ExtensionStack(components, Behavior.SERVER);
    none.negotiate(List.of(), List.of());
    WebSocketCoreSession core =
        new WebSocketCoreSession(
            new CoreEndpoint(reception, wish), Behavior.SERVER, Negotiated.from(none), components) {
          @Override
          protected void handle(Runnable runnable) {
            runnable.run();
          }
        };
    // Messages are bounded, in however many frames they come; pings find out who is gone.
    core.setMaxFrameSize(0);
    core.setIdleTimeout(Duration.ZERO);
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    RoomConnection connection = new RoomConnection(endPoint, connector, core);
    core.setWebSocketConnection(connection);
    return connection;
  }
}
