package io.durablechat.jetty;

import io.durablechat.core.Room;
import io.durablechat.core.RoomDirectory;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Rooms over plain HTTP: {@code /room/{room}/messages} and {@code /room/{room}/events}, and {@code
 * /rooms}. Requests for other paths are none of its business. Nothing here blocks.
 */
final class RoomApi {
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
    CompletionStage<Answer> handle(Asked asked);
  }

  /** Returns whether the path of a request is one of these. */
  boolean serves(ApiRequest request) {
    return resource(request).isPresent();
  }

  /**
   * Handles a request; empty if its path is none of these. The stage fails with what is no answer,
   * but a fault.
   */
  Optional<CompletionStage<Answer>> handle(ApiRequest request) {
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
    Credentials shown = access.shown(request::headers);
    Caller caller = new Caller(access, charges, secret.source(request.peer()), shown);
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
              return resource.handle(new Asked(request, shown, caller));
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
    if (request.path().equals(RoomList.PATH)) {
      return Optional.of(list::handle);
    }
    return RoomPath.of(request)
        .flatMap(
            path ->
                switch (path.what()) {
                  case "messages" ->
                      Optional.of(asked -> messages.handle(room(path, asked), asked));
                  case "events" -> Optional.of(asked -> events.handle(room(path, asked), asked));
                  default -> Optional.empty();
                });
  }

  private Room room(RoomPath path, Asked asked) {
    return rooms.room(path.room(asked.request()));
  }
}
