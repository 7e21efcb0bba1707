package io.durablechat.gateway.http;

import io.durablechat.core.Room;
import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.Access;
import io.durablechat.gateway.Caller;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.limits.Charges;
import io.durablechat.gateway.limits.Charging;
import io.durablechat.gateway.limits.ServerSecret;
import io.durablechat.gateway.limits.Throttle;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Rooms over plain HTTP: {@code /room/{room}/messages} and {@code /room/{room}/events}, {@code
 * /rooms}, and what dialects have beside their WebSockets. Requests for other paths are none of its
 * business. Nothing here blocks.
 */
public final class RoomApi {
  private final RoomDirectory rooms;
  private final Messages messages;
  private final Events events;
  private final RoomList list;
  private final Origins origins;
  private final Access access;
  private final Charging charging;
  private final ServerSecret secret;
  private final Map<String, Supplier<String>> posts;

  public RoomApi(Reception reception, EndpointSettings settings, Origins origins) {
    this.rooms = reception.rooms();
    this.access = reception.access();
    this.charging = reception.charging();
    this.secret = reception.secret();
    this.messages = new Messages(reception);
    this.events = new Events(reception);
    this.list = new RoomList(rooms, settings.publicRooms());
    this.origins = origins;
    this.posts = reception.dialects().posts();
  }

  /** Returns where rooms are, be it by WebSocket or over HTTP, as patterns of servlets. */
  public static Set<String> paths(EndpointSettings settings) {
    Set<String> paths = new LinkedHashSet<>(List.of(RoomPath.ROOMS + "*", RoomList.PATH));
    settings.dialects().rooms().forEach(rooms -> paths.add(rooms + "*"));
    paths.addAll(settings.dialects().posts().keySet());
    return paths;
  }

  /** What is at one kind of path. */
  private interface Resource {
    CompletionStage<Answer> handle(Asked asked);
  }

  /** Returns whether the path of a request is one of these. */
  public boolean serves(ApiRequest request) {
    return resource(request).isPresent();
  }

  /**
   * Handles a request; empty if its path is none of these. The stage fails with what is no answer,
   * but a fault.
   */
  public Optional<CompletionStage<Answer>> handle(ApiRequest request) {
    return resource(request).map(resource -> handle(request, resource));
  }

  private CompletionStage<Answer> handle(ApiRequest request, Resource resource) {
    Map<String, String> sharing = origins.sharing(request);
    return Problem.orElse(
            request,
            () -> {
              origins.check(request);
              return Origins.isPreflight(request)
                  ? CompletableFuture.completedFuture(Origins.preflight())
                  : ask(request, resource);
            })
        .thenApply(answer -> answer.after(sharing));
  }

  private CompletionStage<Answer> ask(ApiRequest request, Resource resource) {
    Charges charges = charging.of(request.peer());
    check(charges.onRequest());
    Caller caller =
        new Caller(access, charges, secret.source(request.peer()), access.shown(request));
    return caller
        .identify()
        .handle(
            (visitor, e) -> {
              if (e != null) {
                throw Problem.of(e);
              }
              return visitor;
            })
        .thenCompose(
            visitor -> {
              check(charges.onRequest(visitor.member()));
              return resource.handle(new Asked(request, caller));
            });
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

  private Optional<Resource> resource(ApiRequest request) {
    String path = request.path();
    if (path.equals(RoomList.PATH)) {
      return Optional.of(list::handle);
    }
    Supplier<String> text = posts.get(path);
    if (text != null) {
      return Optional.of(asked -> post(asked, text));
    }
    return RoomPath.of(request)
        .flatMap(
            below ->
                switch (below.what()) {
                  case "messages" ->
                      Optional.of(asked -> messages.handle(room(below, asked), asked));
                  case "events" -> Optional.of(asked -> events.handle(room(below, asked), asked));
                  default -> Optional.empty();
                });
  }

  private static CompletionStage<Answer> post(Asked asked, Supplier<String> text) {
    asked.request().allowMethods("POST");
    asked.request().parameters().allow(Set.of());
    asked.request().body().discard();
    return CompletableFuture.completedFuture(Answer.text(Status.OK, text.get()));
  }

  private Room room(RoomPath path, Asked asked) {
    return rooms.room(path.room(asked.request()));
  }
}
