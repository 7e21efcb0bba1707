package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
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
import org.eclipse.jetty.util.Fields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rooms over plain HTTP: {@code /room/{room}/messages} and {@code /room/{room}/events}, and {@code
 * /rooms}. Requests for other paths are none of its business. Nothing here blocks.
 */
final class RoomApi extends Handler.Wrapper {
  private static final Logger LOG = LoggerFactory.getLogger(RoomApi.class);
  private final RoomDirectory rooms;
  private final Messages messages;
  private final Events events;
  private final RoomList list;
  private final Origins origins;
  private final Access access;
  private final Charging charging;
  private final ServerSecret secret;

  RoomApi(Reception reception, EndpointSettings settings) {
    this.rooms = reception.rooms();
    this.access = reception.access();
    this.charging = reception.charging();
    this.secret = reception.secret();
    this.messages = new Messages(reception);
    this.events = new Events(reception);
    this.list = new RoomList(rooms, settings.publicRooms());
    this.origins = settings.origins();
  }

  /** What is at one kind of path. */
  private interface Resource {
    void handle(Asked asked, Response response, Callback callback);
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
            ask(request, resource.get(), response, callback);
          }
        });
    return true;
  }

  private void ask(Request request, Resource resource, Response response, Callback callback) {
    Charges charges = charging.of(Addresses.of(request));
    check(charges.onRequest());
    Credentials shown = access.shown(request.getHeaders()::getValuesList);
    Caller caller = new Caller(access, charges, secret.source(Addresses.of(request)), shown);
    caller
        .identify()
        .whenComplete(
            (visitor, e) ->
                answer(
                    response,
                    callback,
                    () -> {
                      if (e != null) {
                        throw Problem.of(e);
                      }
                      check(charges.onRequest(visitor.member()));
                      resource.handle(new Asked(request, shown, caller), response, callback);
                    }));
  }

  /**
   * Checks what is let through.
   *
   * @throws Problem if it is over a limit
   */
  static void check(Optional<Throttle.Refusal> over) {
    over.ifPresent(
        refusal -> {
          throw Problem.of(refusal);
        });
  }

  /** Answers, on whatever thread; a request that fails without an answer would stay for good. */
  static void answer(Response response, Callback callback, Runnable answer) {
    try {
      answer.run();
    } catch (Throwable e) {
      if (e instanceof HttpException refusal && refusal.getCode() < 500) {
        // Jetty's own, of what it cannot read.
        Problem.of(refusal.getCode(), "bad_request", "the request cannot be read")
            .write(response, callback);
      } else if (isAnswer(e)) {
        Problem.of((RuntimeException) e).write(response, callback);
      } else {
        LOG.error("A request could not be answered", e);
        callback.failed(e);
      }
    }
  }

  private static boolean isAnswer(Throwable e) {
    return e instanceof Problem
        || e instanceof BadRequestException
        || e instanceof IllegalArgumentException
        || e instanceof NotAuthenticatedException
        || e instanceof RefusedException;
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
                          (asked, response, callback) ->
                              messages.handle(room(path, asked), asked, response, callback));
                  case "events" ->
                      Optional.of(
                          (asked, response, callback) ->
                              events.handle(room(path, asked), asked, response, callback));
                  default -> Optional.empty();
                });
  }

  private Room room(RoomPath path, Asked asked) {
    RoomName name = path.room(asked.request());
    return rooms.room(name);
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

  /**
   * Refuses parameters that mean nothing here, where a mistyped one would go unnoticed, and those
   * that say two things.
   */
  static void allowParameters(Fields given, Set<String> known) {
    allowParameters(given, known, Set.of());
  }

  /** The same, where these may stand there too, whatever they say. */
  static void allowParameters(Fields given, Set<String> known, Set<String> passedOver) {
    given.getNames().stream()
        .filter(name -> !known.contains(name) && !passedOver.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new BadRequestException("no such parameter here; there are " + sorted(known));
            });
    for (String name : known) {
      List<String> values = given.getValuesOrEmpty(name);
      if (values.stream().distinct().count() > 1) {
        throw new BadRequestException(name + " is given twice");
      }
    }
  }

  /**
   * The value of a header that there may be one of; empty if it is not there.
   *
   * @throws BadRequestException if it says two things
   */
  static Optional<String> single(Request request, String name) {
    List<String> values = request.getHeaders().getValuesList(name).stream().distinct().toList();
    if (values.size() > 1) {
      throw new BadRequestException(name + " is given twice");
    }
    return values.stream().findFirst();
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
