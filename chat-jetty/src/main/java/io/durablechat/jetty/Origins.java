package io.durablechat.jetty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;

/**
 * Whose pages may have something done: those of this host, and on a machine of one's own those of
 * any of its ports. A page of elsewhere could otherwise speak through every browser that has it
 * open.
 */
final class Origins {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private Origins() {}

  /**
   * Checks a request that changes something.
   *
   * @throws Problem if it comes from another origin's page
   */
  static void check(Request request) {
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin == null
        || HttpMethod.GET.is(request.getMethod())
        || HttpMethod.HEAD.is(request.getMethod())
        || isOwn(origin, request)) {
      return;
    }
    throw Problem.of(
        HttpStatus.FORBIDDEN_403, "forbidden", "pages of another origin may not do this");
  }

  private static boolean isOwn(String origin, Request request) {
    try {
      URI uri = URI.create(origin);
      if (uri.getHost() == null) {
        return false;
      }
      String host = uri.getHost().toLowerCase(Locale.ROOT);
      String ownHost = Request.getServerName(request).toLowerCase(Locale.ROOT);
      // The scheme is not compared: a proxy may have taken TLS off.
      boolean samePort = port(uri.getPort()) == port(Request.getServerPort(request));
      return (host.equals(ownHost) && samePort)
          || (LOOPBACK.contains(host) && LOOPBACK.contains(ownHost) && isLocal(request));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Default ports are all the same, and so is none. */
  private static int port(int port) {
    return port == HTTP || port == HTTPS ? -1 : port;
  }

  private static boolean isLocal(Request request) {
    return request.getConnectionMetaData().getRemoteSocketAddress()
            instanceof InetSocketAddress peer
        && isLoopback(peer.getAddress());
  }

  private static boolean isLoopback(InetAddress address) {
    return address != null && address.isLoopbackAddress();
  }
}
