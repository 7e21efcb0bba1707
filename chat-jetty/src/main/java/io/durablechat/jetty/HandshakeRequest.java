package io.durablechat.jetty;

import io.durablechat.core.Cursor;
import io.durablechat.gateway.auth.RequestDetails;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The HTTP request of a handshake, of which nothing is kept once its WebSocket is open. Jetty's
 * Jakarta session holds on to the request, and by that to the parser, the headers and all else of
 * the exchange: nearly half of what an idle connection takes. So it is given a wrapper, which is
 * emptied.
 *
 * <p>Should a Jetty pass on another request than the wrapper, more memory is used, and no more.
 */
final class HandshakeRequest extends HttpServletRequestWrapper {
  private static final String KEY = HandshakeRequest.class.getName();

  /** What the thread is handling: the configurator is called within, and told of no request. */
  private static final ThreadLocal<HandshakeRequest> CURRENT = new ThreadLocal<>();

  /** Knows nothing. */
  private static final HttpServletRequest NONE =
      (HttpServletRequest)
          Proxy.newProxyInstance(
              HandshakeRequest.class.getClassLoader(),
              new Class<?>[] {HttpServletRequest.class},
              (proxy, method, arguments) -> {
                if (!method.getReturnType().isPrimitive()) {
                  return null;
                }
                throw new IllegalStateException("the request ended with the handshake");
              });

  HandshakeRequest(HttpServletRequest request) {
    super(request);
  }

  /**
   * Has the handshakes in this context, which is starting, be wrapped.
   *
   * @param below the paths below which rooms are
   */
  static void wrapIn(ServletContext context, List<String> below) {
    FilterRegistration.Dynamic filter = context.addFilter(KEY, new Wrapping());
    if (filter == null) {
      // It is there since the context was started before.
      return;
    }
    filter.setAsyncSupported(true);
    // Ahead of Jetty's own filter, which makes the WebSocket.
    filter.addMappingForUrlPatterns(
        EnumSet.of(DispatcherType.REQUEST),
        false,
        below.stream().map(rooms -> rooms + "*").toArray(String[]::new));
  }

  /** Notes the request of the handshake that this thread is about, to be forgotten. */
  static void note(Map<String, Object> userProperties) {
    HandshakeRequest current = CURRENT.get();
    if (current != null) {
      userProperties.put(KEY, current);
    }
  }

  /** Returns what is known of the handshake that this thread is about. */
  static RequestDetails details(jakarta.websocket.server.HandshakeRequest upgrade) {
    return new UpgradeDetails(upgrade, Optional.ofNullable(CURRENT.get()));
  }

  /** Where the room's log ended before the handshake that this thread is about is answered. */
  static Optional<Cursor> place() {
    return Optional.ofNullable(CURRENT.get())
        .map(request -> request.getAttribute(RoomEndpoint.PLACE))
        .map(Cursor.class::cast);
  }

  /** Forgets the request that was noted. */
  static void forget(Map<String, Object> userProperties) {
    if (userProperties.remove(KEY) instanceof HandshakeRequest request) {
      request.empty();
    }
  }

  /** Forgets the request: its WebSocket is open. */
  void empty() {
    setRequest(NONE);
  }

  private static final class Wrapping implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      HandshakeRequest wrapped = new HandshakeRequest((HttpServletRequest) request);
      CURRENT.set(wrapped);
      try {
        chain.doFilter(wrapped, response);
      } finally {
        CURRENT.remove();
      }
    }
  }
}
