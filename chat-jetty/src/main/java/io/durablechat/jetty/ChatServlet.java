package io.durablechat.jetty;

import io.durablechat.core.CloseReason;
import io.durablechat.core.Cursor;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.Start;
import io.durablechat.gateway.Dialect;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.http.Answer;
import io.durablechat.gateway.http.HandshakeGate;
import io.durablechat.gateway.http.RoomApi;
import io.durablechat.gateway.http.RoomPath;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.server.ServerContainer;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rooms of a directory as a servlet of any container (Servlet 6.0, WebSocket 2.1): as
 * WebSockets at {@code room/{room}/websocket}, and over plain HTTP at {@code room/{room}/messages},
 * {@code room/{room}/events} and {@code rooms}, below the path that it is mapped to. Mapped to
 * {@code /room/*} and {@code /rooms}, it leaves all other paths to the application.
 *
 * <p>It has to be registered as one that supports asynchronous answers, and so has every filter
 * before it. The application's filters, security constraints and login stand before the rooms. The
 * address of a client is what the container says it is.
 *
 * <p>It works from {@link #init()} to {@link #destroy()}, which tells each client when to come
 * back, once what it has said is answered, and waits up to 2 s for that. Where a container closes
 * WebSockets before it destroys servlets, {@link #close} is to be called ahead of that; on Jetty
 * the servlet sees to it by itself. Compression is not negotiated. Up to 50 threads of the
 * container may wait for up to 2 s each while bursts of plain clients are kept.
 */
public final class ChatServlet extends HttpServlet implements AutoCloseable {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ChatServlet.class);

  private final transient ChatService service;
  private final transient HandshakeGate gate;
  private final transient RoomApi api;
  private final transient AtomicBoolean hasWarned = new AtomicBoolean();
  private transient ServletUpgrade upgrade;

  /** Rooms with the default settings. */
  public ChatServlet(RoomDirectory rooms) {
    this(rooms, EndpointSettings.DEFAULT);
  }

  /** Rooms with these settings. */
  public ChatServlet(RoomDirectory rooms, EndpointSettings settings) {
    this(new ChatService(rooms, settings));
  }

  ChatServlet(ChatService service) {
    this.service = service;
    this.gate = service.gate();
    this.api = service.api();
  }

  @Override
  public void init() throws ServletException {
    Object attribute = getServletContext().getAttribute(ServerContainer.class.getName());
    if (!(attribute instanceof ServerContainer container)) {
      throw new ServletException(
          "no WebSockets in this servlet context: add what its server has for them, such as"
              + " tomcat-embed-websocket");
    }
    RoomEndpoint.listenTo(container, service);
    upgrade = new ServletUpgrade(container, service.reception());
    service.start();
  }

  /** Ends as {@link #close} does. */
  @Override
  public void destroy() {
    service.close();
  }

  /**
   * Ends every connection with {@link CloseReason#GOING_AWAY}, each once what its client has said
   * is answered, and takes in nobody else. Waits for it, up to 2 s. A second call is harmless.
   */
  @Override
  public void close() {
    service.close();
  }

  /** Ends every connection with this reason, after what is on its way to it. Does not wait. */
  public void closeAll(CloseReason reason) {
    service.closeAll(reason);
  }

  /** Returns how many WebSockets and streams of events are open. */
  public int connections() {
    return service.connections();
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    Optional<ServletExchange> resumed = ServletExchange.resumed(request);
    if (resumed.isPresent()) {
      resumed.get().resume(request, response);
      return;
    }
    ServletExchange exchange = new ServletExchange(request, response);
    Optional<CompletionStage<HandshakeGate.Decision>> decision = gate.decide(exchange);
    if (decision.isPresent()) {
      decide(decision.get().toCompletableFuture(), exchange, request, response);
    } else if (!api.serves(exchange)) {
      response.sendError(HttpServletResponse.SC_NOT_FOUND);
    } else if (startsAsync(exchange, request, response)) {
      ServletAnswer.write(api.handle(exchange).orElseThrow(), exchange);
    }
  }

  private void decide(
      CompletableFuture<HandshakeGate.Decision> decision,
      ServletExchange exchange,
      HttpServletRequest request,
      HttpServletResponse response)
      throws ServletException, IOException {
    if (decision.isDone()) {
      HandshakeGate.Decision decided = decision.join();
      if (decided.refusal().isPresent() && request.isAsyncSupported()) {
        exchange.startAsync();
        ServletAnswer.write(decided.refusal().get(), exchange);
      } else if (decided.refusal().isPresent()) {
        ServletAnswer.writeNow(decided.refusal().get(), exchange, response);
      } else {
        upgrade(decided, exchange, request, response);
      }
    } else if (startsAsync(exchange, request, response)) {
      ServletAnswer.write(
          decision.thenCompose(
              decided -> {
                CompletableFuture<Answer> refusal = new CompletableFuture<>();
                decided
                    .refusal()
                    .ifPresentOrElse(
                        refusal::complete,
                        () ->
                            exchange.dispatch(
                                (again, to) -> upgrade(decided, exchange, again, to)));
                return refusal;
              }),
          exchange);
    }
  }

  private void upgrade(
      HandshakeGate.Decision decided,
      ServletExchange exchange,
      HttpServletRequest request,
      HttpServletResponse response)
      throws ServletException, IOException {
    upgrade.upgrade(wish(exchange, decided.place()), request, response);
    exchange.end();
  }

  private Reception.Wish wish(ServletExchange exchange, Optional<Cursor> place) {
    Reception reception = service.reception();
    RoomPath path = RoomPath.of(exchange, reception.dialects().rooms()).orElseThrow();
    Dialect dialect =
        reception.dialects().of(path.rooms(), HandshakeGate.subprotocols(exchange)).orElseThrow();
    Start start = dialect.start(exchange.parameters().all());
    return new Reception.Wish(
        path.room(exchange),
        dialect,
        place.map(start::from).orElse(start),
        reception.access().shown(exchange),
        exchange.peer());
  }

  /** Says which filters may be in the way where an answer may not take long. */
  private boolean startsAsync(
      ServletExchange exchange, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.isAsyncSupported()) {
      exchange.startAsync();
      return true;
    }
    if (hasWarned.compareAndSet(false, true)) {
      LOG.error(
          "The rooms cannot answer: the servlet {} or a filter before it does not support"
              + " asynchronous answers, which is set where it is registered (async-supported)."
              + " Filters here: {}",
          getServletName(),
          ServletFilters.before(request, getServletName()));
    }
    exchange.end();
    response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
    return false;
  }
}
