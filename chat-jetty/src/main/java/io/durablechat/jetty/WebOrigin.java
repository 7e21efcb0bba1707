package io.durablechat.jetty;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where a web page comes from (RFC 6454).
 *
 * @param port as written, or -1 for the scheme's own
 */
record WebOrigin(String scheme, String host, int port) {
  private static final Map<String, Integer> DEFAULT_PORTS = Map.of("http", 80, "https", 443);

  /** What an {@code Origin} header says; empty for {@code null} and whatever else is none. */
  static Optional<WebOrigin> of(String text) {
    try {
      URI uri = new URI(text);
      boolean bare =
          uri.getHost() != null
              && uri.getRawUserInfo() == null
              && uri.getRawPath().isEmpty()
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null;
      if (!bare || uri.getScheme() == null) {
        return Optional.empty();
      }
      String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
      boolean isDefault = DEFAULT_PORTS.getOrDefault(scheme, -1) == uri.getPort();
      return Optional.of(
          new WebOrigin(
              scheme, uri.getHost().toLowerCase(Locale.ROOT), isDefault ? -1 : uri.getPort()));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return scheme + "://" + host + (port < 0 ? "" : ":" + port);
  }
}
