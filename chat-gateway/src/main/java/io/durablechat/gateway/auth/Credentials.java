package io.durablechat.gateway.auth;

import io.durablechat.gateway.auth.AuthRequest.Source;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** What somebody shows to be known by. Never in words: it would come to be in a log. */
public final class Credentials {
  static final Credentials NONE =
      new Credentials(Source.REQUEST, List.of(), Optional.empty(), false);

  /** The same as {@code Authorization}, where a proxy wants that header for itself. */
  public static final String HEADER = "Chat-Authorization";

  private static final String BEARER = "bearer";
  private static final String GUEST = "guest";

  /** Of cookies of one name, so many are tried: to look at a token is dear. */
  private static final int MAX_TOKENS = 4;

  private final Source source;
  private final List<String> tokens;
  private final Optional<String> key;
  private final boolean isAmbiguous;

  private Credentials(
      Source source, List<String> tokens, Optional<String> key, boolean isAmbiguous) {
    this.source = source;
    this.tokens = tokens;
    this.key = key;
    this.isAmbiguous = isAmbiguous;
  }

  /** Returns a token that was shown in this place. */
  public static Credentials token(Source source, String token) {
    return new Credentials(source, List.of(token), Optional.empty(), false);
  }

  public static Credentials key(String key) {
    return new Credentials(Source.REQUEST, List.of(), Optional.of(key), false);
  }

  /**
   * Returns what a request shows in {@value #HEADER}, or else in {@code Authorization} (RFC 9110,
   * section 11.6.2). Other schemes are somebody else's, such as a proxy's, and passed over.
   *
   * @param header gives the values of a header
   */
  public static Credentials ofHeaders(Function<String, List<String>> header) {
    return Stream.of(HEADER, "Authorization")
        .map(name -> header.apply(name).stream().filter(Credentials::isOurs).toList())
        .filter(shown -> !shown.isEmpty())
        .findFirst()
        .map(Credentials::ofAuthorization)
        .orElse(NONE);
  }

  private static boolean isOurs(String shown) {
    String scheme = scheme(shown);
    return scheme.equalsIgnoreCase(BEARER) || scheme.equalsIgnoreCase(GUEST);
  }

  private static String scheme(String shown) {
    return shown.strip().split("[ \t]", 2)[0];
  }

  private static Credentials ofAuthorization(List<String> shown) {
    List<Credentials> said =
        shown.stream()
            .map(
                line -> {
                  String scheme = scheme(line);
                  String rest = line.strip().substring(scheme.length()).strip();
                  return scheme.equalsIgnoreCase(BEARER)
                      ? token(Source.AUTHORIZATION, rest)
                      : key(rest);
                })
            .toList();
    boolean isOne = said.stream().allMatch(said.get(0)::isSame);
    return isOne
        ? said.get(0)
        : new Credentials(Source.AUTHORIZATION, List.of(), Optional.empty(), true);
  }

  private boolean isSame(Credentials other) {
    return tokens.equals(other.tokens) && key.equals(other.key);
  }

  /** Returns the same with the tokens in the cookies of this name, unless it has a token. */
  public Credentials orCookie(List<String> cookieHeaders, String name) {
    List<String> cookies = isAmbiguous || hasToken() ? List.of() : cookies(cookieHeaders, name);
    return cookies.isEmpty() ? this : new Credentials(Source.COOKIE, cookies, key, false);
  }

  /**
   * Returns the values of the cookies of this name (RFC 6265, section 5.4). A browser sends several
   * if they were set for several paths or domains, and does not say which is whose.
   */
  static List<String> cookies(List<String> cookieHeaders, String name) {
    return cookieHeaders.stream()
        // By hand: what others put into their cookies must not hide ours from a parser.
        .flatMap(header -> Stream.of(header.split(";", -1)))
        .map(String::strip)
        .filter(cookie -> cookie.startsWith(name + "="))
        .map(cookie -> unquoted(cookie.substring(name.length() + 1).strip()))
        .filter(token -> !token.isEmpty())
        .distinct()
        .limit(MAX_TOKENS)
        .toList();
  }

  private static String unquoted(String value) {
    return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1)
        : value;
  }

  /** Returns where the tokens were shown. */
  public Source source() {
    return source;
  }

  /** Tokens of which the first that is good counts. */
  public List<String> tokens() {
    return tokens;
  }

  /** A guest's. */
  public Optional<String> key() {
    return key;
  }

  /** Whether two things were said at once. */
  public boolean isAmbiguous() {
    return isAmbiguous;
  }

  public boolean hasToken() {
    return !tokens.isEmpty();
  }
}
