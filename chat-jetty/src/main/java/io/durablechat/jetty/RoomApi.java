package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import io.durablechat.core.Member;
import io.durablechat.core.RefusedException;
import io.durablechat.core.Room;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rooms over plain HTTP: {@code /room/{room}/messages} and {@code /room/{room}/events}, and {@code
 * /rooms}. Requests for other paths are none of its business. Nothing here blocks.
 */
final class RoomApi extends Handler.Wrapper {
  private static final Logger LOG = LoggerFactory.getLogger(RoomApi.class);
  private static final String GUEST = "Guest ";

  private final RoomDirectory rooms;
  private final Messages messages;
  private final Events events;
  private final RoomList list;
  private final Origins origins;

  RoomApi(RoomDirectory rooms, Connections connections, HeldBytes held, EndpointSettings settings) {
    this.rooms = rooms;
    this.messages = new Messages(rooms.terms(), held);
    this.events = new Events(rooms.terms(), connections, settings.writeStall());
    this.list = new RoomList(rooms, settings.publicRooms());
    this.origins = settings.origins();
  }

  /** What is at one kind of path. */
  private interface Resource {
    void handle(Request request, Response response, Callback callback);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Optional<Resource> resource = resource(request);
    if (resource.isEmpty()) {
      return super.handle(request, response, callback);
    }
    answer(
        response,
        callback,
        () -> {
          origins.share(request, response);
          origins.check(request);
          if (Origins.isPreflight(request)) {
            Origins.answerPreflight(response);
            callback.succeeded();
          } else {
            resource.get().handle(request, response, callback);
          }
        });
    return true;
  }

  /** Answers, on whatever thread; a request that fails without an answer would stay for good. */
  static void answer(Response response, Callback callback, Runnable answer) {
    try {
      answer.run();
    } catch (Problem | BadRequestException | IllegalArgumentException | RefusedException e) {
      Problem.of(e).write(response, callback);
    } catch (Throwable e) {
      if (e instanceof HttpException refusal && refusal.getCode() < 500) {
        // Jetty's own, of what it cannot read.
        Problem.of(refusal.getCode(), "bad_request", "the request cannot be read")
            .write(response, callback);
        return;
      }
      LOG.error("A request could not be answered", e);
      callback.failed(e);
    }
  }

  private Optional<Resource> resource(Request request) {
    if (Request.getPathInContext(request).equals(RoomList.PATH)) {
      return Optional.of(list::handle);
    }
    return RoomPath.of(request)
        .flatMap(
            path ->
                switch (path.what()) {
                  case "messages" ->
                      Optional.of(
                          (q, response, callback) ->
                              messages.handle(room(path, q), q, response, callback));
                  case "events" ->
                      Optional.of(
                          (q, response, callback) ->
                              events.handle(room(path, q), q, response, callback));
                  default -> Optional.empty();
                });
  }

  private Room room(RoomPath path, Request request) {
    RoomName name = path.room(request);
    return rooms.room(name);
  }

  /** Who asks: a guest who shows a key, or somebody new. */
  static Member member(Request request) {
    String shown = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    if (shown == null) {
      return Member.anonymous();
    }
    if (!shown.regionMatches(true, 0, GUEST, 0, GUEST.length())) {
      throw Problem.of(
          HttpStatus.UNAUTHORIZED_401,
          "unauthorized",
          "this server knows guests alone: Authorization: Guest, and a key");
    }
    return Member.guest(shown.substring(GUEST.length()).strip());
  }

  /** Refuses other methods; what GET may, HEAD may too. */
  static void allow(Request request, Response response, String... methods) {
    List<String> allowed = List.of(methods);
    String method = request.getMethod();
    if (!allowed.contains(HttpMethod.HEAD.is(method) ? HttpMethod.GET.asString() : method)) {
      response.getHeaders().put(HttpHeader.ALLOW, String.join(", ", methods));
      throw Problem.of(
          HttpStatus.METHOD_NOT_ALLOWED_405,
          "method_not_allowed",
          "here you can " + String.join(" and ", methods));
    }
  }

  /** Refuses parameters that mean nothing here: a mistyped one would go unnoticed. */
  static void allowParameters(Set<String> given, Set<String> known) {
    given.stream()
        .filter(name -> !known.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new BadRequestException("no such parameter here; there are " + sorted(known));
            });
  }

  private static String sorted(Set<String> names) {
    return String.join(", ", names.stream().sorted().toList());
  }

  static void write(Response response, Callback callback, int status, JsonObject object) {
    write(response, callback, status, encoded(object));
  }

  static ByteBuffer encoded(JsonObject object) {
    return UTF_8.encode(object + "\n");
  }

  static void write(Response response, Callback callback, int status, ByteBuffer json) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.write(true, json, callback);
  }
}
