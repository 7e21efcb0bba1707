package io.durablechat.jetty;

import io.durablechat.core.CloseReason;
import io.durablechat.core.RoomDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.http.pathmap.ServletPathSpec;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.util.resource.ResourceFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A chat server on embedded Jetty: the rooms of a directory as in {@link ChatEndpoint}, files
 * beside them, {@code /healthz} and {@code /readyz}.
 *
 * <p>Its methods may be called from any thread; {@link #start()}, {@link #stop} and {@link #close}
 * block. A server that was stopped is not started again.
 */
public final class ChatServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChatServer.class);

  /** The port used unless another is asked for. */
  public static final int DEFAULT_PORT = 8787;

  private static final int MAX_THREADS = 200;

  /**
   * What the kernel holds for a peer, in bytes. It lets more in only once a third of that is free
   * again: with the megabytes that it would grow to, one that reads slowly would seem to read
   * nothing for minutes.
   */
  private static final int SEND_BUFFER = 128 << 10;

  private static final int ACCEPT_QUEUE = 4096;

  private static final int TICKS_A_MINUTE = 60;
  private static final int PORT_ATTEMPTS = 20;
  private static final Duration JETTY_STOP = Duration.ofSeconds(1);
  private static final Duration IDLE_AT_STOP = Duration.ofMillis(200);

  private final Server server;
  private final Health health;
  private final ServerSecret secret;
  private final RequestDeadline deadline;
  private final ChatEndpoint endpoint;
  private final List<InetAddress> addresses;
  private final int port;
  private final TrustedProxies proxies;
  private final SettingNames names;
  private final Optional<PemKeys> tls;
  private final TlsFailures tlsFailures = new TlsFailures(System::nanoTime);
  private List<ServerConnector> connectors = List.of();

  private ChatServer(Builder settings) {
    secret = settings.endpoint.serverSecret();
    health = new Health(settings.rooms::canKeep);
    addresses = settings.addresses;
    port = settings.port;
    proxies = settings.proxies.naming(settings.endpoint.settingNames());
    names = settings.endpoint.settingNames();
    tls = settings.tls;
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("chat-http");
    server = new Server(threads);
    server.setErrorHandler(new PlainErrors(settings.endpoint.origins()));
    // With 0, Jetty's default, connections would end without a close frame.
    server.setStopTimeout(JETTY_STOP.toMillis());

    Handler handler;
    if (settings.jakarta) {
      ServletContextHandler context = new ServletContextHandler("/");
      context.setErrorHandler(new PlainErrors(settings.endpoint.origins()));
      endpoint = ChatEndpoint.mount(context, settings.rooms, settings.endpoint);
      handler = context;
    } else {
      ContextHandler context = new ContextHandler("/");
      context.setErrorHandler(new PlainErrors(settings.endpoint.origins()));
      endpoint = ChatEndpoint.mount(context, settings.rooms, settings.endpoint);
      handler = context;
    }

    PathMappingsHandler paths = new PathMappingsHandler();
    paths.addMapping(new ServletPathSpec("/healthz"), health.alive());
    paths.addMapping(new ServletPathSpec("/readyz"), health.ready());
    settings.endpoint.paths().forEach(path -> paths.addMapping(new ServletPathSpec(path), handler));
    settings
        .files
        .map(folder -> folder.apply(ResourceFactory.of(server)))
        .ifPresent(files -> paths.addMapping(new ServletPathSpec("/"), files));
    deadline = new RequestDeadline(endpoint.waking());
    deadline.setHandler(paths);
    server.setHandler(deadline);
    endpoint.onTick(deadline::onTick);
    tls.ifPresent(
        keys -> {
          endpoint.onTick(everyMinute(keys::refresh));
          endpoint.watch(keys.dates());
        });
  }

  private ServerConnector secured(PemKeys keys, HttpConnectionFactory requests) {
    // The certificate is what a proxy or a client asks for, or else the client refuses it.
    requests.getHttpConfiguration().addCustomizer(new SecureRequestCustomizer(false));
    ServerConnector connector =
        new MeteredEndPoint.Connector(
            server,
            endpoint.waking(),
            new TlsConnections(keys.tls(), requests.getProtocol()),
            requests);
    connector.addBean(tlsFailures);
    return connector;
  }

  private static Runnable everyMinute(Runnable task) {
    int[] ticks = new int[1];
    return () -> {
      if (++ticks[0] % TICKS_A_MINUTE == 0) {
        task.run();
      }
    };
  }

  /** Settings of a server for these rooms. The directory stays its owner's to close. */
  public static Builder of(RoomDirectory rooms) {
    return new Builder(rooms);
  }

  /** The addresses that reach this machine only: both, so that {@code localhost} always works. */
  public static List<InetAddress> loopback() {
    List<InetAddress> addresses = new ArrayList<>();
    for (String address : List.of("127.0.0.1", "::1")) {
      try {
        InetAddress literal = InetAddress.getByName(address);
        if (NetworkInterface.getByInetAddress(literal) != null) {
          addresses.add(literal);
        }
      } catch (UnknownHostException | SocketException e) {
        // This machine has no such address: it is listened on where there is one.
      }
    }
    return addresses.isEmpty() ? List.of(InetAddress.getLoopbackAddress()) : addresses;
  }

  /**
   * Starts to listen.
   *
   * @throws IOException if an address cannot be listened on, saying which and why in one line
   */
  public void start() throws IOException {
    connectors = open();
    connectors.forEach(server::addConnector);
    try {
      server.start();
    } catch (Exception e) {
      connectors.forEach(ServerConnector::close);
      throw new IOException("the server cannot start: " + e.getMessage(), e);
    }
    health.setReady(true);
    tls.map(PemKeys::dates).ifPresent(CertificateDates::look);
  }

  /**
   * The port it listens on.
   *
   * @throws IllegalStateException before {@link #start()}
   */
  public int port() {
    if (connectors.isEmpty()) {
      throw new IllegalStateException("not started");
    }
    return connectors.get(0).getLocalPort();
  }

  /** How many WebSockets and streams of events are open. */
  public int connections() {
    return endpoint.connections();
  }

  /** Connections that requests come by; a WebSocket is none. */
  int watchedConnections() {
    return deadline.watched();
  }

  SettingNames settingNames() {
    return names;
  }

  Trace trace() {
    return endpoint.trace();
  }

  /** The server's own. */
  ServerSecret secret() {
    return secret;
  }

  Health health() {
    return health;
  }

  /** Bytes that requests hold in memory now, in all. */
  long heldBytes() {
    return endpoint.heldBytes();
  }

  /**
   * From now on {@code /readyz} answers 503, so that a balancer sends nobody new. To be called
   * before the rooms are drained: clients are told to come back over a time that is the longer the
   * more of them there are.
   */
  public void markUnready() {
    endpoint.onStopping();
    health.setReady(false);
  }

  /**
   * Ends all connections with this reason and stops. Waits for them to take their leave, but no
   * longer than {@code patience}, and about a second for Jetty. A second call is harmless.
   */
  public void stop(CloseReason reason, Duration patience) {
    markUnready();
    endpoint.closeAll(reason);
    boolean interrupted = false;
    try {
      endpoint.awaitNone(patience);
    } catch (InterruptedException e) {
      // Stopped all the same; whoever interrupted hears of it afterwards.
      interrupted = true;
    }
    try {
      server.stop();
    } catch (TimeoutException e) {
      // Somebody still held an idle connection; it has been cut, and all else has stopped.
      LOG.debug("Stopped with connections open", e);
    } catch (Exception e) {
      throw new IllegalStateException("the server did not stop in order", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Stops with {@link CloseReason#GOING_AWAY} and two seconds of patience. */
  @Override
  public void close() {
    stop(CloseReason.GOING_AWAY, Duration.ofSeconds(2));
  }

  /** One connector for each address, all on one port; for port 0, one that is free on all. */
  private List<ServerConnector> open() throws IOException {
    for (int attempt = 1; ; attempt++) {
      List<ServerConnector> opened = new ArrayList<>();
      try {
        for (InetAddress address : addresses) {
          opened.add(open(address, opened.isEmpty() ? port : opened.get(0).getLocalPort()));
        }
        return opened;
      } catch (IOException e) {
        opened.forEach(ServerConnector::close);
        if (port != 0 || attempt == PORT_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private ServerConnector open(InetAddress address, int onPort) throws IOException {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    // What Jetty remembers of the headers of each connection takes 100 KB from its second request
    // on, which nothing bounds and nobody is charged for.
    http.setHeaderCacheSize(0);
    http.addCustomizer(new ProxyCustomizer(proxies));
    HttpConnectionFactory requests = new HttpConnectionFactory(http);
    ServerConnector connector =
        tls.map(keys -> secured(keys, requests))
            .orElseGet(() -> new MeteredEndPoint.Connector(server, endpoint.waking(), requests));
    connector.setHost(address.getHostAddress());
    connector.setPort(onPort);
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setAcceptedSendBufferSize(SEND_BUFFER);
    connector.addBean(deadline);
    connector.setShutdownIdleTimeout(IDLE_AT_STOP.toMillis());
    try {
      connector.open();
      return connector;
    } catch (IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          String.format(
              Locale.ROOT,
              "cannot listen on %s, port %d: %s",
              address.getHostAddress(),
              onPort,
              cause.getMessage()),
          e);
    }
  }

  /** Settings of a server. Not safe for use by several threads. */
  public static final class Builder {
    private final RoomDirectory rooms;
    private int port = DEFAULT_PORT;
    private List<InetAddress> addresses = loopback();
    private EndpointSettings endpoint = EndpointSettings.DEFAULT;
    private Optional<PemKeys> tls = Optional.empty();
    private TrustedProxies proxies = new TrustedProxies(List.of());
    private boolean jakarta;
    private Optional<Function<ResourceFactory, Handler>> files = Optional.empty();

    private Builder(RoomDirectory rooms) {
      this.rooms = Objects.requireNonNull(rooms);
    }

    /**
     * The port to listen on, by default {@value ChatServer#DEFAULT_PORT}; 0 takes one that is free.
     *
     * @throws IllegalArgumentException unless it is 0 to 65535
     */
    public Builder port(int newPort) {
      if (newPort < 0 || newPort > 65535) {
        throw new IllegalArgumentException("port must be 0 to 65535: " + newPort);
      }
      this.port = newPort;
      return this;
    }

    /**
     * The addresses to listen on, by default {@link ChatServer#loopback()}.
     *
     * @throws IllegalArgumentException if there are none
     */
    public Builder addresses(List<InetAddress> newAddresses) {
      if (newAddresses.isEmpty()) {
        throw new IllegalArgumentException("no address to listen on");
      }
      this.addresses = List.copyOf(newAddresses);
      return this;
    }

    /** Settings of the endpoint. */
    public Builder endpoint(EndpointSettings newSettings) {
      this.endpoint = Objects.requireNonNull(newSettings);
      return this;
    }

    /**
     * Proxies whose {@code X-Forwarded-For} is taken for true, as addresses or networks such as
     * 10.0.0.0/8; by default none.
     *
     * @throws IllegalArgumentException naming one that is neither
     */
    public Builder trustedProxies(List<String> addresses) {
      this.proxies = new TrustedProxies(addresses);
      return this;
    }

    /**
     * Speaks TLS, 1.2 or newer, with a certificate and its key as files of PEM. They are looked at
     * once a minute: renewed ones count for who connects from then on; that one has expired, or is
     * not good yet, is logged. Host names that are none, such as those with an underscore, cannot
     * be had: Java's TLS does not take them.
     *
     * @param certificate the certificate, and those between it and its root, if there are any
     * @param key its key, not encrypted (PKCS #8); may be the same file
     * @throws IllegalArgumentException saying in one line what is wrong with which
     */
    public Builder tls(Path certificate, Path key) {
      this.tls = Optional.of(new PemKeys(certificate, key, InstantSource.system()));
      return this;
    }

    /**
     * Has WebSockets come by the Jakarta API, as they do in an application's own context, instead
     * of Jetty's: the same to clients, for more memory and time.
     */
    public Builder jakarta() {
      this.jakarta = true;
      return this;
    }

    /** Serves the files in this folder, and nothing that lies outside it. */
    public Builder files(Path folder) {
      this.files = Optional.of(factory -> StaticFiles.inFolder(factory.newResource(folder)));
      return this;
    }

    /** Serves the files below this path on the class path, such as {@code /page/}. */
    public Builder filesFromClassPath(String path) {
      this.files = Optional.of(factory -> StaticFiles.inJar(factory.newClassLoaderResource(path)));
      return this;
    }

    /** A server that has not been started. */
    public ChatServer build() {
      return new ChatServer(this);
    }
  }
}
