package io.durablechat.jetty;

import io.durablechat.gateway.Dialect;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.http.HandshakeGate;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Turns a handshake that {@link HandshakeGate} has let pass into a WebSocket of the container's,
 * with a {@link RoomEndpoint}. No extension is negotiated: a compressed frame cannot be shared by
 * sessions, and costs memory in each.
 */
final class ServletUpgrade {
  private final ServerContainer container;
  private final Reception reception;

  ServletUpgrade(ServerContainer container, Reception reception) {
    this.container = container;
    this.reception = reception;
  }

  /** Upgrades the connection of this request. */
  void upgrade(Reception.Wish wish, HttpServletRequest request, HttpServletResponse response)
      throws IOException, ServletException {
    HandshakeRequest wrapped = new HandshakeRequest(request);
    RoomEndpoint endpoint = new RoomEndpoint(reception, wish, wrapped::empty);
    ServerEndpointConfig config =
        ServerEndpointConfig.Builder.create(
                RoomEndpoint.class, RoomEndpoint.path(wish.dialect().rooms()))
            .subprotocols(reception.dialects().subprotocols(wish.dialect().rooms()))
            .configurator(new OneEndpoint(endpoint, wish.dialect()))
            .build();
    try {
      container.upgradeHttpToWebSocket(
          wrapped, response, config, Map.of(HandshakeGate.ROOM, wish.room().value()));
    } catch (DeploymentException e) {
      throw new ServletException("the WebSocket cannot be opened: " + e.getMessage(), e);
    }
  }

  /** Hands out one endpoint, which it does not keep: containers keep a configurator. */
  private static final class OneEndpoint extends ServerEndpointConfig.Configurator {
    private final Dialect dialect;
    private RoomEndpoint endpoint;

    private OneEndpoint(RoomEndpoint endpoint, Dialect dialect) {
      this.endpoint = endpoint;
      this.dialect = dialect;
    }

    @Override
    public <T> T getEndpointInstance(Class<T> type) {
      T only = type.cast(endpoint);
      endpoint = null;
      return only;
    }

    @Override
    public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
      return dialect.subprotocol().orElse("");
    }

    @Override
    public List<Extension> getNegotiatedExtensions(
        List<Extension> installed, List<Extension> requested) {
      return List.of();
    }

    /** The gate has checked more than the origin. */
    @Override
    public boolean checkOrigin(String originHeaderValue) {
      return true;
    }
  }
}
