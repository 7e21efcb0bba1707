package io.durablechat.cli;

import io.durablechat.core.RoomName;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The rooms to measure.
 *
 * @param rooms the address of each
 */
record BenchTarget(List<URI> rooms) {
  private static final Pattern ROOM_PATH = Pattern.compile(".*/room/([^/]*)/websocket");
  private static final String EXAMPLES =
      "such as http://localhost:8787 or ws://localhost:8787/room/general/websocket";
  private static final int NAME_BYTES = 16;
  private static final int MAX_PORT = 65_535;

  /**
   * The rooms behind what was typed: one that {@code ws:} or {@code wss:} names, or as many as are
   * asked for with {@code http:} or {@code https:}, with names that nobody can guess.
   *
   * @throws IllegalArgumentException saying in one line what is wrong
   */
  static BenchTarget of(String typed, int rooms) {
    URI url = parse(typed);
    return switch (url.getScheme().toLowerCase(Locale.ROOT)) {
      case "ws", "wss" -> named(url, rooms);
      case "http" -> made("ws", url, rooms);
      case "https" -> made("wss", url, rooms);
      default ->
          throw new IllegalArgumentException(
              "the URL must begin with ws://, wss://, http:// or https://, " + EXAMPLES);
    };
  }

  private static URI parse(String typed) {
    URI url;
    try {
      url = new URI(typed);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "not a URL: " + typed + " (" + e.getReason() + "); it must be " + EXAMPLES, e);
    }
    if (url.getScheme() == null || url.getHost() == null) {
      throw new IllegalArgumentException(
          "the URL " + typed + " names no host; it must be " + EXAMPLES);
    }
    if (url.getPort() == 0 || url.getPort() > MAX_PORT) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "the port in the URL must be 1 to %d: %s", MAX_PORT, typed));
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null || url.getUserInfo() != null) {
      throw new IllegalArgumentException("the URL must have no user, no ? and no #: " + typed);
    }
    return url;
  }

  private static BenchTarget named(URI url, int rooms) {
    Matcher path = ROOM_PATH.matcher(url.getRawPath());
    if (!path.matches()) {
      throw new IllegalArgumentException(
          "the URL must end with /room/{name}/websocket, or be http://host:port, which makes a room: "
              + url);
    }
    try {
      RoomName.of(URI.create(path.group(1)).getPath());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the URL names no room: " + e.getMessage(), e);
    }
    if (rooms > 1) {
      throw new IllegalArgumentException(
          "--rooms goes with http://host:port, which makes rooms; this URL names one");
    }
    return new BenchTarget(List.of(url));
  }

  private static BenchTarget made(String scheme, URI url, int rooms) {
    if (!Optional.ofNullable(url.getRawPath()).orElse("").matches("/?")) {
      throw new IllegalArgumentException(
          "an http URL is host and port alone; ws:// names a room by its path: " + url);
    }
    byte[] random = new byte[NAME_BYTES];
    new SecureRandom().nextBytes(random);
    String name = "bench-" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    return new BenchTarget(
        IntStream.range(0, rooms)
            .mapToObj(
                room ->
                    scheme
                        + "://"
                        + url.getRawAuthority()
                        + "/room/"
                        + name
                        + "-"
                        + room
                        + "/websocket")
            .map(URI::create)
            .toList());
  }
}
