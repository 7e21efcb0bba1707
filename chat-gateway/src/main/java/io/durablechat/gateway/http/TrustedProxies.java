package io.durablechat.gateway.http;

import io.durablechat.gateway.Addresses;
import io.durablechat.gateway.SettingNames;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose word is taken for where a request comes from ({@code X-Forwarded-For}): proxies that are
 * listed. Each appends the address it was asked from, so the last one that is no such proxy's is
 * the client's; what stands before it may be anybody's invention.
 */
public final class TrustedProxies {
  private static final Logger LOG = LoggerFactory.getLogger(TrustedProxies.class);

  private final List<Network> trusted;
  private final SettingNames names;
  private final AtomicBoolean hasWarned = new AtomicBoolean();

  /**
   * @param addresses addresses and networks, such as 10.0.0.0/8
   * @throws IllegalArgumentException naming one that is neither
   */
  public TrustedProxies(List<String> addresses) {
    trusted = addresses.stream().map(TrustedProxies::network).toList();
    names = SettingNames.OF_METHODS;
  }

  private static Network network(String address) {
    return Network.of(address)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "not an address or a network, such as 10.0.0.0/8: " + address));
  }

  private TrustedProxies(List<Network> trusted, SettingNames names) {
    this.trusted = trusted;
    this.names = names;
  }

  /** The same, naming these settings where it warns. */
  public TrustedProxies naming(SettingNames newNames) {
    return new TrustedProxies(trusted, newNames);
  }

  /**
   * The origin of a request.
   *
   * @param client the address that counts; empty if it is not known
   * @param isBehindProxy whether a trusted proxy has handed the request on
   */
  public record Origin(Optional<InetAddress> client, boolean isBehindProxy) {}

  /**
   * Returns the origin of a request.
   *
   * @param peer the other end of its connection
   * @param header the lines of {@code X-Forwarded-For}
   */
  public Origin origin(Optional<InetAddress> peer, List<String> header) {
    List<String> forwarded = header.isEmpty() ? header : HeaderList.unquoted(header);
    if (!isTrusted(peer)) {
      if (!forwarded.isEmpty() && hasWarned.compareAndSet(false, true)) {
        LOG.warn(
            "X-Forwarded-For of {} is not taken for true; if that is your proxy: {}",
            peer.map(InetAddress::getHostAddress).orElse("an unknown peer"),
            names.trustedProxies());
      }
      return new Origin(peer, false);
    }
    // Without the header it is a browser on the proxy's machine, for all that is known.
    return forwarded.isEmpty()
        ? new Origin(peer, false)
        : new Origin(client(forwarded).or(() -> peer), true);
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
    return address.isPresent() && trusted.stream().anyMatch(n -> n.contains(address.get()));
  }
}
