package io.durablechat.jetty;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.CookieCompliance;
import org.eclipse.jetty.http.CookieParser;

/** What somebody shows to be known by. Never in words: it would come to be in a log. */
final class Credentials {
  static final Credentials NONE = new Credentials(Optional.empty(), Optional.empty());

  private static final String BEARER = "Bearer ";
  private static final String GUEST = "Guest ";

  private final Optional<String> token;
  private final Optional<String> key;

  private Credentials(Optional<String> token, Optional<String> key) {
    this.token = token;
    this.key = key;
  }

  static Credentials token(String token) {
    return new Credentials(Optional.of(token), Optional.empty());
  }

  static Credentials key(String key) {
    return new Credentials(Optional.empty(), Optional.of(key));
  }

  /** What stands in {@code Authorization} (RFC 9110, section 11.6.2); empty for other schemes. */
  static Optional<Credentials> ofAuthorization(String shown) {
    if (startsWith(shown, BEARER)) {
      return Optional.of(token(shown.substring(BEARER.length()).strip()));
    }
    return startsWith(shown, GUEST)
        ? Optional.of(key(shown.substring(GUEST.length()).strip()))
        : Optional.empty();
  }

  /** The token in the cookie of this name (RFC 6265, section 5.4), if there is one. */
  static Optional<Credentials> ofCookie(List<String> cookieHeaders, String name) {
    List<String> tokens = new ArrayList<>();
    CookieParser parser =
        CookieParser.newParser(
            (cookie, value, version, domain, path, comment) -> {
              if (cookie.equals(name)) {
                tokens.add(value);
              }
            },
            CookieCompliance.RFC6265,
            null);
    try {
      for (String header : cookieHeaders) {
        parser.parseField(header);
      }
    } catch (CookieParser.InvalidCookieException e) {
      // As browsers do with what is no cookie: it is as if it were not there.
      return Optional.empty();
    }
    return tokens.stream().findFirst().map(Credentials::token);
  }

  private static boolean startsWith(String shown, String scheme) {
    return shown.regionMatches(true, 0, scheme, 0, scheme.length());
  }

  Optional<String> token() {
    return token;
  }

  /** A guest's. */
  Optional<String> key() {
    return key;
  }

  boolean isNone() {
    return token.isEmpty() && key.isEmpty();
  }
}
