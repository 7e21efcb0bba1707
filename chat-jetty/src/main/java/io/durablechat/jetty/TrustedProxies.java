package io.durablechat.jetty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.InetAddressSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose word is taken for where a request comes from ({@code X-Forwarded-For}): proxies that are
 * listed. Each appends the address it was asked from, so the last one that is no such proxy's is
 * the client's; what stands before it may be anybody's invention. Jetty's own customizer believes
 * the first, of whomever.
 */
final class TrustedProxies implements HttpConfiguration.Customizer {
  private static final Logger LOG = LoggerFactory.getLogger(TrustedProxies.class);
  private static final String BEHIND = TrustedProxies.class.getName();

  private final InetAddressSet trusted;
  private final SettingNames names;
  private final AtomicBoolean hasWarned = new AtomicBoolean();

  /**
   * @param addresses addresses and networks, such as 10.0.0.0/8
   * @throws IllegalArgumentException naming one that is neither
   */
  TrustedProxies(List<String> addresses) {
    trusted = new InetAddressSet();
    names = SettingNames.OF_METHODS;
    for (String address : addresses) {
      try {
        if (!isNetwork(address)) {
          throw new IllegalArgumentException("neither");
        }
        trusted.add(address);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "not an address or a network, such as 10.0.0.0/8: " + address, e);
      }
    }
  }

  /** Jetty takes more, such as 127.0.0 for all that begin so, and names. */
  private static boolean isNetwork(String text) {
    String[] parts = text.split("/", -1);
    boolean isBare = !parts[0].startsWith("[") && !parts[0].matches("[^:]*:[^:]*");
    Optional<InetAddress> address = isBare ? Addresses.literal(parts[0]) : Optional.empty();
    return address.isPresent()
        && (parts.length == 1
            || (parts.length == 2
                && parts[1].matches("[0-9]{1,3}")
                && Integer.parseInt(parts[1]) <= address.get().getAddress().length * Byte.SIZE));
  }

  private TrustedProxies(InetAddressSet trusted, SettingNames names) {
    this.trusted = trusted;
    this.names = names;
  }

  /** The same, naming these settings where it warns. */
  TrustedProxies naming(SettingNames newNames) {
    return new TrustedProxies(trusted, newNames);
  }

  /** Whether a trusted proxy has handed this request on. */
  static boolean isBehind(Request request) {
    return request.getAttribute(BEHIND) != null;
  }

  @Override
  public Request customize(Request request, HttpFields.Mutable responseHeaders) {
    Optional<InetAddress> peer = Addresses.of(request);
    List<String> forwarded = request.getHeaders().getCSV(HttpHeader.X_FORWARDED_FOR, false);
    if (!isTrusted(peer)) {
      if (!forwarded.isEmpty() && hasWarned.compareAndSet(false, true)) {
        LOG.warn(
            "X-Forwarded-For of {} is not taken for true; if that is your proxy: {}",
            peer.map(InetAddress::getHostAddress).orElse("an unknown peer"),
            names.trustedProxies());
      }
      return request;
    }
    if (forwarded.isEmpty()) {
      // A browser on the proxy's machine, for all that is known; it does not send this header.
      return request;
    }
    request.setAttribute(BEHIND, true);
    return client(forwarded).<Request>map(client -> new Forwarded(request, client)).orElse(request);
  }

  private Optional<InetAddress> client(List<String> forwarded) {
    List<String> nearestFirst = new ArrayList<>(forwarded);
    Collections.reverse(nearestFirst);
    Optional<InetAddress> client = Optional.empty();
    for (String hop : nearestFirst) {
      client = Addresses.literal(hop);
      if (client.isEmpty() || !isTrusted(client)) {
        return client;
      }
    }
    return client;
  }

  private boolean isTrusted(Optional<InetAddress> address) {
    return address.filter(trusted).isPresent();
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
