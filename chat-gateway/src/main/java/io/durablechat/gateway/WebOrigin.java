package io.durablechat.gateway;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a web page comes from (RFC 6454).
 *
 * @param port as written, or -1 for the scheme's own
 */
public record WebOrigin(String scheme, String host, int port) {
  private static final Map<String, Integer> DEFAULT_PORTS = Map.of("http", 80, "https", 443);

  /** Not java.net.URI, which takes names that browsers go to for none: my_chat, nas.2ndfloor. */
  private static final Pattern ORIGIN =
      Pattern.compile(
          "([a-zA-Z][a-zA-Z0-9+.-]*)://(\\[[0-9a-fA-F:.]+]|[a-zA-Z0-9._-]+)(?::([0-9]{1,5}))?");

  private static final int MAX_PORT = 65535;

  /** What an {@code Origin} header says; empty for {@code null} and whatever else is none. */
  public static Optional<WebOrigin> of(String text) {
    Matcher origin = ORIGIN.matcher(text);
    if (!origin.matches()) {
      return Optional.empty();
    }
    String scheme = origin.group(1).toLowerCase(Locale.ROOT);
    int port = origin.group(3) == null ? -1 : Integer.parseInt(origin.group(3));
    if (port > MAX_PORT) {
      return Optional.empty();
    }
    boolean isDefault = DEFAULT_PORTS.getOrDefault(scheme, -1) == port;
    return Addresses.host(origin.group(2))
        .map(host -> new WebOrigin(scheme, host, isDefault ? -1 : port));
  }

  @Override
  public String toString() {
    return scheme + "://" + host + (port < 0 ? "" : ":" + port);
  }
}
