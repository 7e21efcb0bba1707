package io.durablechat.jetty;

import io.durablechat.gateway.Addresses;
import io.durablechat.gateway.http.ApiRequest;
import io.durablechat.gateway.http.BodySource;
import io.durablechat.gateway.http.Parameters;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request to a servlet and the response to it, from its arrival to its end. What is read of the
 * request is copied first: containers use the objects behind it again, while other threads may
 * still ask.
 */
final class ServletExchange implements ApiRequest, AsyncListener {
  private static final Logger LOG = LoggerFactory.getLogger(ServletExchange.class);
  private static final String KEY = ServletExchange.class.getName();

  private final String method;
  private final String protocol;
  private final ServletPath path;
  private final String query;
  private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Optional<InetAddress> peer;
  private final String serverName;
  private final int serverPort;
  private final long contentLength;
  private final ServletBody body;

  /** The container's own; null once the exchange has ended. */
  private volatile HttpServletRequest request;

  private volatile HttpServletResponse response;
  private volatile AsyncContext async;

  /** What is to be done by the container's dispatch; null if none is under way. */
  private volatile Resumption resumption;

  // Guarded by this.
  private final List<Runnable> onEnd = new ArrayList<>(1);
  private boolean hasEnded;

  /** What is done on a thread of the container's, with the request that it has there. */
  interface Resumption {
    void run(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException;
  }

  ServletExchange(HttpServletRequest request, HttpServletResponse response) {
    this.request = request;
    this.response = response;
    method = request.getMethod();
    protocol = request.getProtocol();
    path = ServletPath.of(request);
    query = request.getQueryString();
    for (String name : Collections.list(request.getHeaderNames())) {
      headers.computeIfAbsent(name, n -> Collections.list(request.getHeaders(n)));
    }
    peer = Addresses.literal(String.valueOf(request.getRemoteAddr()).replaceFirst("%.*", ""));
    String name = request.getServerName();
    serverName = name == null ? "" : name;
    serverPort = request.getServerPort();
    contentLength = request.getContentLengthLong();
    body = new ServletBody(this, request, isWithoutBody());
  }

  private boolean isWithoutBody() {
    return contentLength <= 0 && isHttp1() && headers("Transfer-Encoding").isEmpty();
  }

  /** Returns whether the connection carries one exchange after another. */
  boolean isHttp1() {
    return protocol.startsWith("HTTP/1");
  }

  /** Returns the exchange that is resumed by a dispatch to this request; empty if it is new. */
  static Optional<ServletExchange> resumed(HttpServletRequest request) {
    return request.getAttribute(KEY) instanceof ServletExchange known && known.resumption != null
        ? Optional.of(known)
        : Optional.empty();
  }

  /** Goes on with what a dispatch was asked for. */
  void resume(HttpServletRequest dispatched, HttpServletResponse to)
      throws IOException, ServletException {
    Resumption next = resumption;
    resumption = null;
    next.run(dispatched, to);
  }

  /** Lets the answer take longer than the call of the servlet. */
  void startAsync() {
    HttpServletRequest asked = request;
    asked.setAttribute(KEY, this);
    AsyncContext started = asked.startAsync(asked, response);
    // Rooms have deadlines of their own, and a stream of events may last.
    started.setTimeout(0);
    started.addListener(this);
    async = started;
  }

  /** Has this done by the container, as if the request came anew. */
  void dispatch(Resumption next) {
    resumption = next;
    try {
      async.dispatch();
    } catch (IllegalStateException e) {
      LOG.debug("A request has ended before it was gone on with", e);
      complete();
    }
  }

  /** Ends the answer. A second call is harmless. */
  void complete() {
    AsyncContext started = async;
    if (started == null) {
      end();
      return;
    }
    if (hasEnded()) {
      return;
    }
    try {
      started.complete();
    } catch (IllegalStateException e) {
      // The container is ending it, or has.
      LOG.debug("An answer was ended twice", e);
    }
  }

  /**
   * Cuts the connection, whatever was being written. Servlets have no call for that; but a failure
   * after the head of an answer was sent leaves a container nothing else to do. Jetty would wait
   * for the write that is under way.
   */
  void cut(Throwable cause) {
    HttpServletRequest cut = request;
    if (cut == null) {
      return;
    }
    // By HTTP/2 others' requests come by the same connection.
    if (isHttp1()
        && cut.getServletContext().getClass().getName().startsWith("org.eclipse.jetty.")) {
      JettyExchanges.close(cut);
      return;
    }
    dispatch(
        (dispatched, to) -> {
          throw ServletFailures.of(dispatched, cause);
        });
  }

  /** The exchange is over. A second call is harmless. */
  void end() {
    List<Runnable> tasks;
    synchronized (this) {
      if (hasEnded) {
        return;
      }
      hasEnded = true;
      tasks = List.copyOf(onEnd);
      onEnd.clear();
    }
    HttpServletRequest ended = request;
    request = null;
    response = null;
    ended.removeAttribute(KEY);
    tasks.forEach(Runnable::run);
  }

  /** Returns whether the exchange is over. */
  synchronized boolean hasEnded() {
    return hasEnded;
  }

  /** Returns the container's response; empty once the exchange is over. */
  Optional<HttpServletResponse> response() {
    return Optional.ofNullable(response);
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String protocol() {
    return protocol;
  }

  @Override
  public String contextPath() {
    return path.base();
  }

  @Override
  public String path() {
    return path.path();
  }

  @Override
  public String rawPath() {
    return path.raw();
  }

  @Override
  public Parameters parameters() {
    return Parameters.ofQuery(query);
  }

  @Override
  public List<String> headers(String name) {
    return headers.getOrDefault(name, List.of());
  }

  /** The container's own, for as long as it has the request. */
  @Override
  public Optional<Principal> principal() {
    return Optional.ofNullable(request).map(HttpServletRequest::getUserPrincipal);
  }

  @Override
  public Optional<Object> attribute(String name) {
    return Optional.ofNullable(request).map(asked -> asked.getAttribute(name));
  }

  @Override
  public Optional<Object> sessionAttribute(String name) {
    try {
      return Optional.ofNullable(request)
          .map(asked -> asked.getSession(false))
          .map(session -> session.getAttribute(name));
    } catch (IllegalStateException e) {
      // The session has just ended.
      return Optional.empty();
    }
  }

  @Override
  public Optional<InetAddress> peer() {
    return peer;
  }

  /** A container that trusts a proxy tells of the proxy's client as if it were the peer. */
  @Override
  public boolean isBehindProxy() {
    return false;
  }

  @Override
  public String serverName() {
    return serverName;
  }

  @Override
  public int serverPort() {
    return serverPort;
  }

  @Override
  public long contentLength() {
    return contentLength;
  }

  @Override
  public BodySource body() {
    return body;
  }

  /** Not the container's: it drops the tasks of a request that has ended meanwhile. */
  @Override
  public Executor executor() {
    return ForkJoinPool.commonPool();
  }

  @Override
  public void onEnd(Runnable task) {
    synchronized (this) {
      if (!hasEnded) {
        onEnd.add(task);
        return;
      }
    }
    task.run();
  }

  /** The container's timeouts count. */
  @Override
  public void allowIdle(Duration time) {}

  @Override
  public void onStartAsync(AsyncEvent event) {
    // Not by us.
  }

  @Override
  public void onComplete(AsyncEvent event) {
    end();
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    complete();
  }

  @Override
  public void onError(AsyncEvent event) {
    LOG.debug("A request failed", event.getThrowable());
    complete();
  }
}
