package io.durablechat.gateway.http;

import io.durablechat.gateway.Addresses;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.SettingNames;
import io.durablechat.gateway.WebOrigin;
import io.durablechat.gateway.auth.Credentials;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose pages may have something done: those of this host, on a machine of one's own those of any
 * of its ports, and those that are listed. A page of elsewhere could otherwise speak through every
 * browser that has it open (cross-site WebSocket hijacking).
 *
 * <p>A page of elsewhere may also have its own name lead to this machine (DNS rebinding): to a peer
 * on this machine the server answers under no name that was not said to be its own.
 */
public final class Origins {
  private static final Logger LOG = LoggerFactory.getLogger(Origins.class);
  private static final String ORIGIN = "Origin";
  private static final String VARY = "Vary";
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /** What pages of another origin may send, and read. */
  private static final String REQUEST_HEADERS =
      "Authorization, "
          + Credentials.HEADER
          + ", Content-Type, Idempotency-Key, Last-Event-ID, Cache-Control, X-Requested-With";

  private static final Map<String, String> PREFLIGHT =
      Answer.headers(
          "Access-Control-Allow-Methods",
          "GET, HEAD, POST",
          "Access-Control-Allow-Headers",
          REQUEST_HEADERS,
          "Access-Control-Max-Age",
          "600");

  /**
   * So many different refusals are logged, each once: whoever asks again and again fills no disk.
   */
  private static final int MAX_LOGGED = 100;

  private final Set<WebOrigin> listed;
  private final SettingNames names;
  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  /**
   * Accepts these origins from everywhere.
   *
   * @param names how refusals name what would allow what was refused
   */
  public Origins(Set<WebOrigin> listed, SettingNames names) {
    this.listed = listed;
    this.names = names;
  }

  /** Returns what the settings say. */
  public static Origins of(EndpointSettings settings) {
    return new Origins(settings.allowedOrigins(), settings.settingNames());
  }

  /** Why a page may not have this done, in one line; empty if it may, or if it is no page. */
  public Optional<String> refusal(ApiRequest request) {
    Optional<String> host = hostRefusal(request);
    return host.isPresent() ? host : originRefusal(request);
  }

  /**
   * Checks a request; where it comes from matters only if it changes something.
   *
   * @throws Problem if it may not be done
   */
  void check(ApiRequest request) {
    boolean changes = !request.isMethod("GET") && !request.isMethod("HEAD");
    (changes ? refusal(request) : hostRefusal(request))
        .ifPresent(
            refusal -> {
              throw Problem.of(Status.FORBIDDEN, "forbidden", refusal);
            });
  }

  /** Returns headers by which browsers show an answer to the pages it may be shown to (CORS). */
  public Map<String, String> sharing(ApiRequest request) {
    String origin = origin(request);
    if (origin == null) {
      return Map.of();
    }
    return isAccepted(origin, request)
        ? Answer.headers(
            VARY,
            ORIGIN,
            "Access-Control-Allow-Origin",
            origin,
            "Access-Control-Expose-Headers",
            "Retry-After")
        : Answer.headers(VARY, ORIGIN);
  }

  /** Whether a browser asks what a page may ask for. */
  static boolean isPreflight(ApiRequest request) {
    return request.isMethod("OPTIONS")
        && !request.headers("Access-Control-Request-Method").isEmpty();
  }

  /** Returns what a browser is told that asks so. */
  static Answer preflight() {
    return Answer.of(Status.NO_CONTENT, PREFLIGHT);
  }

  /**
   * Why a page of this origin may not use a WebSocket that was asked for under this host, where no
   * more than that is known of the request.
   */
  public Optional<String> refusal(String origin, String host) {
    if (origin == null) {
      return Optional.empty();
    }
    Optional<WebOrigin> own = WebOrigin.of("http://" + host);
    boolean isAccepted =
        WebOrigin.of(origin)
            .filter(
                page ->
                    listed.contains(page)
                        || own.filter(o -> isSameHost(page, o.host(), o.port())).isPresent()
                        || own.filter(o -> isLoopback(page.host()) && isLoopback(o.host()))
                            .isPresent())
            .isPresent();
    return isAccepted ? Optional.empty() : Optional.of(refusalOf(origin));
  }

  /** What the header says; null if it is not there. Two values are none that a page could have. */
  private static String origin(ApiRequest request) {
    List<String> values = request.headers(ORIGIN);
    return values.isEmpty() ? null : String.join(", ", values);
  }

  private Optional<String> originRefusal(ApiRequest request) {
    String origin = origin(request);
    return origin == null || isAccepted(origin, request)
        ? Optional.empty()
        : Optional.of(refusalOf(origin));
  }

  private String refusalOf(String origin) {
    // What is no origin is not repeated: it may be anything.
    String refusal =
        WebOrigin.of(origin)
            .map(
                page ->
                    String.format(
                        Locale.ROOT,
                        "pages of another origin may not do this; %s %s lets them",
                        names.allowedOrigins(),
                        page))
            .orElse("pages without an origin may not do this");
    return logged(refusal);
  }

  private boolean isAccepted(String origin, ApiRequest request) {
    Optional<WebOrigin> page = WebOrigin.of(origin);
    if (page.isEmpty()) {
      return false;
    }
    String host = host(request);
    return listed.contains(page.get())
        || isSameHost(page.get(), host, request.serverPort())
        || (isLoopback(page.get().host()) && isLoopback(host) && isLocal(request));
  }

  /** Under which name or address the server was asked. */
  private static String host(ApiRequest request) {
    String name = request.serverName();
    return Addresses.host(name).orElse(name);
  }

  /** The scheme is not compared: a proxy may have taken TLS off. */
  private static boolean isSameHost(WebOrigin page, String host, int port) {
    return page.host().equals(host) && withoutDefault(page.port()) == withoutDefault(port);
  }

  /** Default ports are all the same, and so is none. */
  private static int withoutDefault(int port) {
    return port == HTTP || port == HTTPS ? -1 : port;
  }

  private Optional<String> hostRefusal(ApiRequest request) {
    String host = host(request);
    boolean isOwn =
        !isLocal(request)
            || request.isBehindProxy()
            || isLoopback(host)
            || isAddress(host)
            || listed.stream().anyMatch(page -> page.host().equals(host));
    if (isOwn) {
      return Optional.empty();
    }
    String refusal =
        "this server is not known by the name in Host; for a proxy in front of it that"
            + " sends X-Forwarded-For there is "
            + names.trustedProxies()
            + ", for a name of its own "
            + names.allowedOrigins();
    return Optional.of(logged(refusal));
  }

  private String logged(String refusal) {
    if (logged.size() < MAX_LOGGED && logged.add(refusal)) {
      LOG.warn("Refused: {}", refusal);
    }
    return refusal;
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost")
        || Addresses.literal(host).filter(InetAddress::isLoopbackAddress).isPresent();
  }

  private static boolean isAddress(String host) {
    return Addresses.literal(host).isPresent();
  }

  private static boolean isLocal(ApiRequest request) {
    return request.peer().filter(InetAddress::isLoopbackAddress).isPresent();
  }
}
