package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.SettingNames;
import io.durablechat.gateway.http.Origins;
import io.durablechat.gateway.http.Problem;
import io.durablechat.gateway.http.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.pathmap.ServletPathSpec;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * What an operator asks a {@link ChatServer}, on a port of its own that clients need not reach:
 * {@code /metrics}, {@code /healthz}, {@code /readyz}, which show nobody's messages or names and
 * change nothing; and, for who shows a token, who is in the rooms and what is moderated there.
 */
public final class AdminServer implements AutoCloseable {
  /** The shortest token, in characters. */
  public static final int MIN_TOKEN = 16;

  private static final int MAX_THREADS = 8;

  /** The text format of Prometheus. */
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

  private final ChatServer asked;
  private final Server server;
  private final ServerConnector connector;
  private final PathMappingsHandler paths = new PathMappingsHandler();

  /**
   * A server that has not been started.
   *
   * @param address to listen on; one of this machine only, unless a firewall stands in front
   * @param port to listen on; 0 takes one that is free
   * @param asked whose health is told
   * @param metrics what {@code /metrics} shows, in the text format of Prometheus
   */
  public AdminServer(InetAddress address, int port, ChatServer asked, Supplier<String> metrics) {
    this.asked = asked;
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("chat-admin");
    server = new Server(threads);
    server.setErrorHandler(new PlainErrors());
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(address.getHostAddress());
    connector.setPort(port);
    server.addConnector(connector);
    paths.addMapping(new ServletPathSpec("/healthz"), asked.health().alive());
    paths.addMapping(new ServletPathSpec("/readyz"), asked.health().ready());
    paths.addMapping(new ServletPathSpec("/metrics"), new Metrics(metrics));
    AdminApi.PATHS.forEach(
        path -> paths.addMapping(new ServletPathSpec(path), new Closed(asked.settingNames())));
    server.setHandler(new OwnHost(paths));
  }

  /**
   * Opens what takes a token: who is in these rooms, and what is moderated there. Before {@link
   * #start()}.
   *
   * @param token to be shown in {@code Authorization: Bearer}, at least {@value #MIN_TOKEN}
   *     characters
   * @throws IllegalArgumentException if the token is too short, or the rooms are not moderated
   */
  public void moderate(RoomDirectory rooms, String token) {
    if (token.length() < MIN_TOKEN) {
      throw new IllegalArgumentException(
          "the admin token must have at least " + MIN_TOKEN + " characters");
    }
    AdminApi api = new AdminApi(rooms, asked.secret(), asked.trace(), token);
    AdminApi.PATHS.forEach(path -> paths.addMapping(new ServletPathSpec(path), api));
  }

  /**
   * Starts to listen.
   *
   * @throws IOException if the address cannot be listened on, saying which and why in one line
   */
  public void start() throws IOException {
    try {
      server.start();
    } catch (Exception e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          String.format(
              Locale.ROOT,
              "cannot listen on %s, port %d: %s",
              connector.getHost(),
              connector.getPort(),
              cause.getMessage()),
          e);
    }
  }

  /** The port it listens on, once it was started. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Stops. A second call is harmless. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the admin server did not stop in order", e);
    }
  }

  /** A page must not read what this machine's own address tells (DNS rebinding). */
  private static final class OwnHost extends Handler.Wrapper {
    private final Origins origins = new Origins(Set.of(), SettingNames.OF_METHODS);

    OwnHost(Handler handler) {
      super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      if (origins.refusal(new JettyRequest(request)).isEmpty()) {
        return super.handle(request, response, callback);
      }
      Response.writeError(
          request, response, callback, HttpStatus.FORBIDDEN_403, "ask by localhost or an address");
      return true;
    }
  }

  /** What takes a token, where there is none. */
  private static final class Closed extends Handler.Abstract {
    private final SettingNames names;

    Closed(SettingNames names) {
      this.names = names;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      Problem problem =
          Problem.of(
              Status.FORBIDDEN,
              "forbidden",
              "this server was started without " + names.adminToken());
      JettyAnswer.write(problem.answer(new JettyRequest(request)), response, callback);
      return true;
    }
  }

  private static final class Metrics extends Handler.Abstract {
    private final Supplier<String> metrics;

    Metrics(Supplier<String> metrics) {
      this.metrics = metrics;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, METRICS);
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
      response.write(true, UTF_8.encode(metrics.get()), callback);
      return true;
    }
  }
}
