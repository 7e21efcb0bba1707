package io.durablechat.jetty;

import io.durablechat.core.CloseReason;
import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.Dialect;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.WakingTime;
import io.durablechat.gateway.auth.Authenticator;
import io.durablechat.gateway.http.HandshakeGate;
import io.durablechat.gateway.http.Origins;
import io.durablechat.gateway.limits.Trace;
import jakarta.servlet.ServletContext;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Extension;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * The rooms of a directory in a servlet context: as WebSockets at {@code /room/{room}/websocket},
 * and over plain HTTP at {@code /room/{room}/messages}, {@code /room/{room}/events} and {@code
 * /rooms}.
 *
 * <p>All methods may be called from any thread.
 */
public final class ChatEndpoint implements AutoCloseable {
  private final ChatService service;
  private final Ticking ticking = new Ticking();

  private ChatEndpoint(RoomDirectory rooms, EndpointSettings settings) {
    this.service = new ChatService(rooms, settings);
  }

  /**
   * Adds the endpoint to an application's context, which must not have been started. It works from
   * the context's start to its stop; compression is not negotiated. Up to 50 threads of the
   * server's pool may wait for up to 2 s each while bursts of plain clients are kept: a pool should
   * be larger.
   *
   * <p>The rooms stand before the application's filters, security constraints and login: none of
   * these is asked about their paths. An {@link Authenticator} sees the session and the principal
   * of handshakes; of requests over plain HTTP, which come ahead of the session, it sees the
   * headers.
   *
   * <p>When the context, its server or one of its connectors stops, each client is told when to
   * come back, once what it has said is answered; the stop waits up to 2 s for that.
   *
   * @return a handle on its connections
   */
  public static ChatEndpoint mount(ServletContextHandler context, RoomDirectory rooms) {
    return mount(context, rooms, EndpointSettings.DEFAULT);
  }

  /** Adds the endpoint as above, with settings. */
  public static ChatEndpoint mount(
      ServletContextHandler context, RoomDirectory rooms, EndpointSettings settings) {
    ChatEndpoint endpoint = new ChatEndpoint(rooms, settings);
    JettyContexts.mount(context, endpoint, settings);
    return endpoint;
  }

  /**
   * Adds the WebSockets alone, without HTTP beside them, to a servlet context of any Jakarta
   * container (Servlet 6.1, WebSocket 2.2), such as Tomcat's, while servlets may be added to it. It
   * works from the context's start to its stop, before which each client is told when to come back,
   * once what it has said is answered; the stop waits up to 2 s for that. Where sockets are closed
   * before the context stops, as Spring Boot does with Tomcat's, {@link #close()} is to be called
   * ahead of that.
   *
   * <p>In such a container each frame is a write of its own, what is wrong with a handshake is said
   * by closing the WebSocket with 1008, and WebSockets stand before the application's filters in
   * most. Of Jetty's jars it needs jetty-websocket-core-common alone, and those that this needs.
   *
   * @throws IllegalStateException if rooms are in this context already, or it has been started
   */
  public static ChatEndpoint mountIn(
      ServletContext context, RoomDirectory rooms, EndpointSettings settings) {
    ChatEndpoint endpoint = new ChatEndpoint(rooms, settings);
    MountingServlet.addTo(context, endpoint);
    return endpoint;
  }

  /**
   * Adds the WebSockets alone as above, to a container of which no more is known. It works until it
   * is closed, which has to come before the container stops: that closes WebSockets without a word.
   *
   * @throws DeploymentException if the container does not take it
   */
  public static ChatEndpoint mount(
      ServerContainer container, RoomDirectory rooms, EndpointSettings settings)
      throws DeploymentException {
    ChatEndpoint endpoint = new ChatEndpoint(rooms, settings);
    endpoint.openIn(container);
    return endpoint;
  }

  /** Begins to take in whoever comes by this container. */
  void openIn(ServerContainer container) throws DeploymentException {
    for (String rooms : reception().dialects().rooms()) {
      container.addEndpoint(config(new UngatedConfigurator(rooms)));
    }
    RoomEndpoint.listenTo(container);
    service.start();
  }

  ChatService service() {
    return service;
  }

  Reception reception() {
    return service.reception();
  }

  /** What looks after the connections from its start to its stop. */
  LifeCycle ticking() {
    return ticking;
  }

  /** The endpoints behind a {@link HandshakeGate}. */
  List<ServerEndpointConfig> gated() {
    return reception().dialects().rooms().stream()
        .map(rooms -> config(new RoomConfigurator(rooms)))
        .toList();
  }

  private ServerEndpointConfig config(RoomConfigurator configurator) {
    return ServerEndpointConfig.Builder.create(
            RoomEndpoint.class, RoomEndpoint.path(configurator.rooms))
        .subprotocols(reception().dialects().subprotocols(configurator.rooms))
        .configurator(configurator)
        .build();
  }

  /** The same on Jetty's own API, which works on {@link ChatServer}'s connectors. */
  static ChatEndpoint mount(
      ContextHandler context, RoomDirectory rooms, EndpointSettings settings) {
    ChatEndpoint endpoint = new ChatEndpoint(rooms, settings);
    JettyContexts.mount(context, endpoint, settings);
    return endpoint;
  }

  /** How many WebSockets and streams of events are open. */
  public int connections() {
    return service.connections();
  }

  /** Ends every connection with this reason, after what is on its way to it. Does not wait. */
  public void closeAll(CloseReason reason) {
    service.closeAll(reason);
  }

  /**
   * Ends every connection with {@link CloseReason#GOING_AWAY}, each once what its client has said
   * is answered, takes in nobody else, and looks after none any more; a context's stop does so,
   * too. Waits for it, up to 2 s. A second call is harmless.
   */
  @Override
  public void close() {
    service.close();
  }

  /** Before all connections are ended, however that comes about. */
  void onStopping() {
    service.onStopping();
  }

  /** What peers are judged by. */
  WakingTime waking() {
    return service.waking();
  }

  /** Has this done about once a second, too, while connections are looked after. */
  void onTick(Runnable task) {
    service.onTick(task);
  }

  Origins origins() {
    return service.origins();
  }

  void watch(CertificateDates certificate) {
    reception().meters().watchCertificate(certificate::end);
  }

  Trace trace() {
    return reception().meters().trace();
  }

  /** Bytes that clients hold in memory now, in all, as far as they are counted. */
  long heldBytes() {
    return service.heldBytes();
  }

  /** Waits until no connection is open, but no longer than this. */
  void awaitNone(Duration patience) throws InterruptedException {
    service.awaitNone(patience);
  }

  private class RoomConfigurator extends ServerEndpointConfig.Configurator {
    private final String rooms;

    /** For the rooms below this path. */
    private RoomConfigurator(String rooms) {
      this.rooms = rooms;
    }

    @Override
    public <T> T getEndpointInstance(Class<T> type) {
      return type.cast(new RoomEndpoint(reception(), rooms));
    }

    @Override
    public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
      return reception().dialects().of(rooms, requested).flatMap(Dialect::subprotocol).orElse("");
    }

    /** None: a compressed frame cannot be shared by sessions, and costs memory in each. */
    @Override
    public List<Extension> getNegotiatedExtensions(
        List<Extension> installed, List<Extension> requested) {
      return List.of();
    }

    @Override
    public void modifyHandshake(
        ServerEndpointConfig config,
        jakarta.websocket.server.HandshakeRequest request,
        HandshakeResponse response) {
      HandshakeRequest.note(config.getUserProperties());
      RoomEndpoint.noteShown(
          reception().access(), HandshakeRequest.details(request), config.getUserProperties());
    }

    /** Not here, where nothing but the origin is known. */
    @Override
    public boolean checkOrigin(String originHeaderValue) {
      return true;
    }
  }

  /** Where no {@link HandshakeGate} stands ahead. */
  private final class UngatedConfigurator extends RoomConfigurator {
    private UngatedConfigurator(String rooms) {
      super(rooms);
    }

    @Override
    public void modifyHandshake(
        ServerEndpointConfig config,
        jakarta.websocket.server.HandshakeRequest request,
        HandshakeResponse response) {
      RoomEndpoint.noteShown(
          reception().access(), HandshakeRequest.details(request), config.getUserProperties());
      RoomEndpoint.takePlace(
          reception().rooms(), request.getParameterMap(), config.getUserProperties());
      RoomEndpoint.noteOrigin(origins(), request.getHeaders(), config.getUserProperties());
    }
  }

  /** Looks after the connections while the context runs. */
  private final class Ticking extends AbstractLifeCycle {
    @Override
    protected void doStart() {
      service.start();
    }

    @Override
    protected void doStop() {
      service.stop();
    }
  }
}
