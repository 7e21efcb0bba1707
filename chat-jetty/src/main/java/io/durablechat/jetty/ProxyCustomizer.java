package io.durablechat.jetty;

import io.durablechat.gateway.http.TrustedProxies;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/**
 * Has requests of Jetty's come from where {@link TrustedProxies} say. Jetty's own customizer
 * believes the first address, of whomever.
 */
final class ProxyCustomizer implements HttpConfiguration.Customizer {
  private static final String BEHIND = ProxyCustomizer.class.getName();

  private final TrustedProxies proxies;

  ProxyCustomizer(TrustedProxies proxies) {
    this.proxies = proxies;
  }

  /** Returns whether a trusted proxy has handed this request on. */
  static boolean isBehind(Request request) {
    return request.getAttribute(BEHIND) != null;
  }

  @Override
  public Request customize(Request request, HttpFields.Mutable responseHeaders) {
    TrustedProxies.Origin origin =
        proxies.origin(
            new JettyRequest(request).peer(),
            request.getHeaders().getValuesList(HttpHeader.X_FORWARDED_FOR));
    if (!origin.isBehindProxy()) {
      return request;
    }
    request.setAttribute(BEHIND, true);
    return origin.client().<Request>map(client -> new Forwarded(request, client)).orElse(request);
  }

  /** The request as its client sent it to the proxy. */
  private static final class Forwarded extends Request.Wrapper {
    private final ConnectionMetaData connection;

    Forwarded(Request request, InetAddress client) {
      super(request);
      connection =
          new ConnectionMetaData.Wrapper(request.getConnectionMetaData()) {
            @Override
            public SocketAddress getRemoteSocketAddress() {
              return new InetSocketAddress(client, 0);
            }
          };
    }

    @Override
    public ConnectionMetaData getConnectionMetaData() {
      return connection;
    }
  }
}
