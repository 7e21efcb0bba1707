package io.durablechat.jetty;

import io.durablechat.core.Cursor;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * The decision on handshakes: lets pass what may become a WebSocket, and answers what may not with
 * a status and one line. Requests for other paths are none of its business.
 */
final class HandshakeGate {
  /** The name of the path parameter that names the room. */
  static final String ROOM = "room";

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final String HTTP_1_1 = "HTTP/1.1";

  /** RFC 9110, section 15.5.22, and RFC 6455, section 4.4. */
  private static final Map<String, String> UPGRADE =
      Answer.headers(
          "Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Version", "13");

  /** The last segment of a WebSocket's path. */
  static final String LAST_SEGMENT = "websocket";

  private static final int KEY_BYTES = 16;
  private static final int KEY_CHARS = 24;

  private final Origins origins;
  private final Dialects dialects;
  private final List<String> below;
  private final Charging charging;
  private final RoomDirectory rooms;

  HandshakeGate(Origins origins, Reception reception) {
    this.origins = origins;
    this.dialects = reception.dialects();
    this.below = dialects.rooms();
    this.charging = reception.charging();
    this.rooms = reception.rooms();
  }

  /**
   * What becomes of a handshake: it passes unless it is refused.
   *
   * @param place where the room's log ended before, if the dialect begins there and it was found
   */
  record Decision(Optional<Answer> refusal, Optional<Cursor> place) {
    private static final Decision PASSES = new Decision(Optional.empty(), Optional.empty());
  }

  private record Refusal(int status, String reason, Optional<Duration> retryAfter) {
    Refusal(int status, String reason) {
      this(status, reason, Optional.empty());
    }
  }

  /** Decides on a request; empty if its path is not where WebSockets are. */
  Optional<CompletionStage<Decision>> decide(ApiRequest request) {
    return RoomPath.of(request, below)
        .filter(HandshakeGate::isEndpoint)
        .map(path -> decide(request, path));
  }

  private CompletionStage<Decision> decide(ApiRequest request, RoomPath path) {
    Optional<Refusal> refusal = refusal(request, path);
    if (refusal.isEmpty()) {
      return dialect(request, path).filter(Dialect::beginsAtHandshake).isPresent()
          ? place(path.room(request), request)
          : CompletableFuture.completedFuture(Decision.PASSES);
    }
    return refusal.get().retryAfter().isPresent()
        ? CompletableFuture.supplyAsync(
            () -> refused(refusal.get(), request), Problem.afterPause(request.executor()))
        : CompletableFuture.completedFuture(refused(refusal.get(), request));
  }

  private Decision refused(Refusal refusal, ApiRequest request) {
    Answer answer =
        Answer.line(refusal.status(), refusal.reason())
            .after(refusal.retryAfter().map(Problem::retryAfter).orElse(Map.of()))
            .after(origins.sharing(request));
    if (refusal.status() == Status.UPGRADE_REQUIRED) {
      answer = answer.after(UPGRADE);
    }
    boolean isLast = !request.body().discard() && request.protocol().equals(HTTP_1_1);
    return new Decision(Optional.of(isLast ? answer.closing() : answer), Optional.empty());
  }

  /**
   * Takes a place in the room's log before the handshake is answered: whoever has the answer counts
   * as being there, and what others say from then on reaches them. Mostly it is known; should it
   * not be found, they begin as soon as they have joined.
   */
  private CompletionStage<Decision> place(RoomName room, ApiRequest request) {
    CompletableFuture<Cursor> place = rooms.room(room).head().toCompletableFuture();
    return place.isDone()
        ? CompletableFuture.completedFuture(at(place))
        : place
            .copy()
            .completeOnTimeout(null, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .handleAsync((found, e) -> at(place), request.executor());
  }

  private static Decision at(CompletableFuture<Cursor> place) {
    return place.isDone() && !place.isCompletedExceptionally()
        ? new Decision(Optional.empty(), Optional.of(place.join()))
        : Decision.PASSES;
  }

  /** Whether this is where WebSockets are. */
  static boolean isEndpoint(RoomPath path) {
    return path.what().equals(LAST_SEGMENT);
  }

  private Optional<Dialect> dialect(ApiRequest request, RoomPath path) {
    return dialects.of(path.rooms(), subprotocols(request));
  }

  /** What a handshake offers to speak. */
  static List<String> subprotocols(ApiRequest request) {
    return HeaderList.elements(request.headers("Sec-WebSocket-Protocol"));
  }

  private Optional<Refusal> refusal(ApiRequest request, RoomPath path) {
    Optional<Dialect> dialect = dialect(request, path);
    try {
      RoomName room = path.room(request);
      dialect.ifPresent(spoken -> spoken.check(room));
      Map<String, List<String>> parameters = request.parameters().all();
      dialect.ifPresent(spoken -> spoken.start(parameters));
    } catch (IllegalArgumentException e) {
      return Optional.of(new Refusal(Status.BAD_REQUEST, e.getMessage()));
    }
    if (!isUpgrade(request)) {
      return Optional.of(
          new Refusal(
              Status.UPGRADE_REQUIRED, "this is a WebSocket: connect with ws:// or wss://"));
    }
    Optional<String> foreign = origins.refusal(request);
    if (foreign.isPresent()) {
      return Optional.of(new Refusal(Status.FORBIDDEN, foreign.get()));
    }
    List<String> keys = request.headers("Sec-WebSocket-Key");
    if (keys.size() != 1 || !isKey(keys.get(0))) {
      return Optional.of(
          new Refusal(
              Status.BAD_REQUEST, "Sec-WebSocket-Key must be there once, 16 bytes in base64"));
    }
    if (hasBody(request)) {
      return Optional.of(new Refusal(Status.BAD_REQUEST, "a handshake has no body"));
    }
    if (dialect.isEmpty()) {
      return Optional.of(new Refusal(Status.BAD_REQUEST, dialects.refusal(path.rooms())));
    }
    return charging
        .of(request.peer())
        .onJoin()
        .map(over -> new Refusal(over.status(), over.reason(), Optional.of(over.retryAfter())));
  }

  private static boolean isUpgrade(ApiRequest request) {
    return request.isMethod("GET")
        && request.protocol().equals(HTTP_1_1)
        && "websocket".equalsIgnoreCase(first(request, "Upgrade"))
        && HeaderList.contains(request.headers("Connection"), "upgrade")
        && first(request, "Sec-WebSocket-Version").equals("13");
  }

  private static String first(ApiRequest request, String header) {
    return request.headers(header).stream().findFirst().orElse("");
  }

  /** What is a body to a proxy would be frames to us. */
  private static boolean hasBody(ApiRequest request) {
    return !request.headers("Transfer-Encoding").isEmpty() || request.contentLength() > 0;
  }

  private static boolean isKey(String key) {
    try {
      return key != null
          && key.length() == KEY_CHARS
          && Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
