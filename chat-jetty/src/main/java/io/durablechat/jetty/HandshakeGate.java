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
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Lets pass what may become a WebSocket, and answers what may not with a status and one line. It
 * stands ahead of the servlet context, since the Jakarta API cannot refuse with a status of choice
 * and servlet filters do not see handshakes. Requests for other paths are none of its business.
 */
final class HandshakeGate extends Handler.Wrapper {
  /** The name of the path parameter that names the room. */
  static final String ROOM = "room";

  /** The endpoint's path, as a URI template. */
  static final String PATH = RoomPath.ROOMS + "{" + ROOM + "}/websocket";

  /** The request's attribute that holds the place, if one was taken. */
  static final String PLACE = RoomEndpoint.PLACE;

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final String LAST_SEGMENT = "websocket";
  private static final int KEY_BYTES = 16;
  private static final int KEY_CHARS = 24;

  private final Origins origins;
  private final Dialects dialects;
  private final Charging charging;
  private final RoomDirectory rooms;

  HandshakeGate(Origins origins, Reception reception) {
    this.origins = origins;
    this.dialects = reception.dialects();
    this.charging = reception.charging();
    this.rooms = reception.rooms();
  }

  private record Refusal(int status, String reason, Optional<Duration> retryAfter) {
    Refusal(int status, String reason) {
      this(status, reason, Optional.empty());
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Optional<RoomPath> path = RoomPath.of(request).filter(HandshakeGate::isEndpoint);
    if (path.isEmpty()) {
      return super.handle(request, response, callback);
    }
    Optional<Refusal> refusal = refusal(request, path.get());
    if (refusal.isEmpty()) {
      return dialect(request).filter(Dialect::beginsAtHandshake).isPresent()
          ? handleFromPlace(path.get().room(request), request, response, callback)
          : super.handle(request, response, callback);
    }
    if (refusal.get().retryAfter().isPresent()) {
      Problem.afterPause(request, () -> refuse(refusal.get(), request, response, callback));
    } else {
      refuse(refusal.get(), request, response, callback);
    }
    return true;
  }

  private void refuse(Refusal refusal, Request request, Response response, Callback callback) {
    int status = refusal.status();
    if (status == HttpStatus.UPGRADE_REQUIRED_426) {
      // RFC 9110, section 15.5.22, and RFC 6455, section 4.4.
      response.getHeaders().put(HttpHeader.UPGRADE, "websocket");
      response.getHeaders().put(HttpHeader.CONNECTION, "Upgrade");
      response.getHeaders().put(HttpHeader.SEC_WEBSOCKET_VERSION, "13");
    }
    origins.share(request, response);
    refusal.retryAfter().ifPresent(time -> Problem.putRetryAfter(response, time));
    Response.writeError(request, response, callback, status, refusal.reason());
  }

  /**
   * Takes a place in the room's log before the handshake is answered: whoever has the answer counts
   * as being there, and what others say from then on reaches them. Mostly it is known; should it
   * not be found, they begin as soon as they have joined.
   */
  private boolean handleFromPlace(
      RoomName room, Request request, Response response, Callback callback) throws Exception {
    CompletableFuture<Cursor> place = rooms.room(room).head().toCompletableFuture();
    if (place.isDone()) {
      note(request, place);
      return super.handle(request, response, callback);
    }
    place
        .copy()
        .completeOnTimeout(null, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (found, e) ->
                request
                    .getContext()
                    .execute(
                        () -> {
                          note(request, place);
                          handleLater(request, response, callback);
                        }));
    return true;
  }

  private static void note(Request request, CompletableFuture<Cursor> place) {
    if (place.isDone() && !place.isCompletedExceptionally()) {
      request.setAttribute(PLACE, place.join());
    }
  }

  private void handleLater(Request request, Response response, Callback callback) {
    try {
      if (!super.handle(request, response, callback)) {
        Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
      }
    } catch (Throwable e) {
      Response.writeError(request, response, callback, e);
    }
  }

  /** Whether this is where WebSockets are. */
  static boolean isEndpoint(RoomPath path) {
    return path.what().equals(LAST_SEGMENT);
  }

  private Optional<Dialect> dialect(Request request) {
    return dialects.of(subprotocols(request.getHeaders()));
  }

  /** What a handshake offers to speak. */
  static List<String> subprotocols(HttpFields headers) {
    return headers.getCSV(HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL, true);
  }

  private Optional<Refusal> refusal(Request request, RoomPath path) {
    try {
      path.room(request);
      Map<String, List<String>> parameters = Request.extractQueryParameters(request).toMultiMap();
      dialect(request).ifPresent(dialect -> dialect.start(parameters));
    } catch (IllegalArgumentException e) {
      return Optional.of(new Refusal(HttpStatus.BAD_REQUEST_400, e.getMessage()));
    }
    HttpFields headers = request.getHeaders();
    if (!isUpgrade(request, headers)) {
      return Optional.of(
          new Refusal(
              HttpStatus.UPGRADE_REQUIRED_426,
              "this is a WebSocket: connect with ws:// or wss://"));
    }
    Optional<String> foreign = origins.refusal(request);
    if (foreign.isPresent()) {
      return Optional.of(new Refusal(HttpStatus.FORBIDDEN_403, foreign.get()));
    }
    List<String> keys = headers.getValuesList(HttpHeader.SEC_WEBSOCKET_KEY);
    if (keys.size() != 1 || !isKey(keys.get(0))) {
      return Optional.of(
          new Refusal(
              HttpStatus.BAD_REQUEST_400,
              "Sec-WebSocket-Key must be there once, 16 bytes in base64"));
    }
    if (hasBody(headers)) {
      return Optional.of(new Refusal(HttpStatus.BAD_REQUEST_400, "a handshake has no body"));
    }
    if (dialect(request).isEmpty()) {
      return Optional.of(
          new Refusal(
              HttpStatus.BAD_REQUEST_400,
              "no known subprotocol offered: this server speaks "
                  + String.join(", ", dialects.subprotocols())
                  + ", or plain frames to who offers none"));
    }
    return charging
        .of(Addresses.of(request))
        .onJoin()
        .map(over -> new Refusal(over.status(), over.reason(), Optional.of(over.retryAfter())));
  }

  private static boolean isUpgrade(Request request, HttpFields headers) {
    return HttpMethod.GET.is(request.getMethod())
        && request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1
        && "websocket".equalsIgnoreCase(headers.get(HttpHeader.UPGRADE))
        && headers.contains(HttpHeader.CONNECTION, "upgrade")
        && "13".equals(headers.get(HttpHeader.SEC_WEBSOCKET_VERSION));
  }

  /** What is a body to a proxy would be frames to us. */
  private static boolean hasBody(HttpFields headers) {
    return headers.contains(HttpHeader.TRANSFER_ENCODING)
        || headers.getLongField(HttpHeader.CONTENT_LENGTH) > 0;
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
