package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.durablechat.core.Decided;
import io.durablechat.core.Member;
import io.durablechat.core.Moderation;
import io.durablechat.core.Range;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomMode;
import io.durablechat.core.RoomName;
import io.durablechat.core.Ruling;
import io.durablechat.gateway.BadRequestException;
import io.durablechat.gateway.Moderator;
import io.durablechat.gateway.auth.Credentials;
import io.durablechat.gateway.auth.NotAuthenticatedException;
import io.durablechat.gateway.http.Answer;
import io.durablechat.gateway.http.ApiRequest;
import io.durablechat.gateway.http.Parameters;
import io.durablechat.gateway.http.Posts;
import io.durablechat.gateway.http.Problem;
import io.durablechat.gateway.http.Status;
import io.durablechat.gateway.limits.ServerSecret;
import io.durablechat.gateway.limits.Trace;
import io.durablechat.wire.MalformedException;
import io.durablechat.wire.ModerationRequest;
import io.durablechat.wire.StrictObject;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * What an operator may see and do in the rooms, for who shows the token: {@code /rooms}, {@code
 * /members}, {@code /moderation}, {@code /moderation/log} and {@code /trace}.
 */
final class AdminApi extends Handler.Abstract {
  private static final String TRACE = "/trace";

  static final List<String> PATHS =
      List.of("/rooms", "/members", "/moderation", "/moderation/log", TRACE);

  private static final int MAX_BODY = 16 << 10;
  private static final String ROOM = "room";
  private static final String OPERATOR = "operator:";
  private static final Set<String> AROUND = Set.of(ROOM, "by");

  private final RoomDirectory rooms;
  private final Moderator moderator;
  private final Trace trace;
  private final byte[] token;

  /**
   * @param token what is to be shown in {@code Authorization: Bearer}
   * @throws IllegalArgumentException if the rooms are not moderated
   */
  AdminApi(RoomDirectory rooms, ServerSecret secret, Trace trace, String token) {
    this.rooms = rooms;
    this.moderator =
        Moderator.of(rooms, secret)
            .orElseThrow(() -> new IllegalArgumentException("these rooms are not moderated"));
    this.trace = trace;
    this.token = token.getBytes(UTF_8);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    ApiRequest asked = new JettyRequest(request);
    JettyAnswer.write(Problem.orElse(asked, () -> answer(asked, request)), response, callback);
    return true;
  }

  private CompletionStage<Answer> answer(ApiRequest asked, Request request) {
    if (!isShown(asked)) {
      throw new NotAuthenticatedException("show the admin token: Authorization: Bearer TOKEN");
    }
    Parameters parameters = asked.parameters();
    if (request.getHttpURI().getCanonicalPath().equals(TRACE)) {
      asked.allowMethods("GET");
      return trace(parameters, asked, request.getComponents().getScheduler());
    }
    return told(asked, request, parameters)
        .handle(
            (object, e) -> {
              if (e != null) {
                throw Problem.of(e);
              }
              return Answer.json(Status.OK, object);
            });
  }

  private CompletionStage<Answer> trace(
      Parameters parameters, ApiRequest asked, Scheduler scheduler) {
    parameters.allow(Set.of(ROOM, "member"));
    return TraceStream.open(
        trace,
        Optional.ofNullable(parameters.value(ROOM)).map(RoomName::of),
        Optional.ofNullable(parameters.value("member")).map(Moderator::identity),
        asked,
        scheduler);
  }

  private boolean isShown(ApiRequest asked) {
    return Credentials.ofHeaders(asked::headers).tokens().stream()
        // In a time that tells nothing.
        .filter(shown -> MessageDigest.isEqual(shown.getBytes(UTF_8), token))
        .findFirst()
        .isPresent();
  }

  private CompletionStage<JsonObject> told(
      ApiRequest asked, Request request, Parameters parameters) {
    return switch (request.getHttpURI().getCanonicalPath()) {
      case "/rooms" -> {
        asked.allowMethods("GET");
        yield awake();
      }
      case "/members" -> {
        asked.allowMethods("GET");
        yield members(
            room(parameters).orElseThrow(() -> new BadRequestException("room is missing")));
      }
      case "/moderation" -> {
        asked.allowMethods("GET", "POST");
        yield asked.isMethod("POST")
            ? body(request).thenCompose(this::rule)
            : CompletableFuture.completedFuture(state(room(parameters)));
      }
      default -> {
        asked.allowMethods("GET");
        yield log(parameters);
      }
    };
  }

  private static Optional<RoomName> room(Parameters parameters) {
    parameters.allow(Set.of(ROOM));
    return Optional.ofNullable(parameters.value(ROOM)).map(RoomName::of);
  }

  private CompletionStage<JsonObject> awake() {
    JsonArray list = new JsonArray();
    List<CompletableFuture<Void>> counted =
        rooms.awake().stream()
            .sorted(Comparator.comparing(RoomName::value))
            .map(
                name -> {
                  JsonObject room = new JsonObject();
                  room.addProperty(ROOM, name.value());
                  list.add(room);
                  return rooms
                      .room(name)
                      .memberCount()
                      .thenAccept(count -> room.addProperty("members", count))
                      .toCompletableFuture();
                })
            .toList();
    return CompletableFuture.allOf(counted.toArray(CompletableFuture<?>[]::new))
        .thenApply(all -> with("rooms", list));
  }

  private CompletionStage<JsonObject> members(RoomName room) {
    return rooms.room(room).members().thenApply(AdminApi::members);
  }

  private static JsonObject members(List<Member> members) {
    JsonArray list = new JsonArray();
    for (Member member : members) {
      JsonObject o = new JsonObject();
      o.addProperty("id", member.identity());
      member.name().ifPresent(name -> o.addProperty("name", name));
      list.add(o);
    }
    return with("members", list);
  }

  private static JsonObject with(String name, JsonArray list) {
    JsonObject o = new JsonObject();
    o.add(name, list);
    return o;
  }

  private static CompletionStage<StrictObject> body(Request request) {
    CompletableFuture<StrictObject> body = new CompletableFuture<>();
    Content.Source.asByteArrayAsync(
        request,
        MAX_BODY,
        Promise.Invocable.from(
            Invocable.InvocationType.NON_BLOCKING,
            (bytes, failure) -> {
              if (failure != null) {
                body.completeExceptionally(
                    new BadRequestException(
                        "the body cannot be read, or is larger than " + MAX_BODY + " bytes"));
                return;
              }
              try {
                body.complete(StrictObject.parse(Posts.decoded(ByteBuffer.wrap(bytes)).strip()));
              } catch (BadRequestException | MalformedException e) {
                body.completeExceptionally(e);
              }
            }));
    return body;
  }

  private CompletionStage<JsonObject> rule(StrictObject asked) {
    Member by = new Member(OPERATOR + asked.string("by").orElse("admin"), Optional.empty());
    return moderator
        .rule(by, asked.string(ROOM).map(RoomName::of), ModerationRequest.read(asked, AROUND))
        .thenApply(
            done -> {
              JsonObject o = new JsonObject();
              o.addProperty("seq", done.sequence());
              done.invite().ifPresent(invite -> o.addProperty("invite", invite));
              return o;
            });
  }

  private JsonObject state(Optional<RoomName> room) {
    Moderation moderation = moderator.moderation();
    JsonObject o = new JsonObject();
    room.ifPresent(
        name -> {
          RoomMode mode = moderation.mode(name);
          o.addProperty(ROOM, name.value());
          o.addProperty("locked", mode.isLocked());
          o.addProperty("slow", mode.slow().toMillis());
        });
    JsonArray sanctions = new JsonArray();
    moderation.sanctions(room).forEach(decided -> sanctions.add(json(decided)));
    o.add("sanctions", sanctions);
    room.ifPresent(name -> o.add("invites", invites(name)));
    return o;
  }

  private JsonArray invites(RoomName room) {
    JsonArray invites = new JsonArray();
    for (Decided invite : moderator.moderation().invitesTo(room)) {
      JsonObject o = json(invite);
      o.addProperty("invite", moderator.link(room, invite));
      invites.add(o);
    }
    return invites;
  }

  private CompletionStage<JsonObject> log(Parameters parameters) {
    parameters.allow(Set.of("after", "limit"));
    long limit = number(parameters, "limit", 100);
    if (limit < 1 || limit > Range.MAX_MESSAGES) {
      throw new BadRequestException("limit must be a number from 1 to " + Range.MAX_MESSAGES);
    }
    Range range =
        parameters.value("after") == null
            ? Range.last((int) limit)
            : Range.after(number(parameters, "after", 0), (int) limit);
    return moderator
        .moderation()
        .trail(range)
        .thenApply(
            trail -> {
              JsonArray list = new JsonArray();
              trail.forEach(decided -> list.add(json(decided)));
              return with("log", list);
            });
  }

  private static long number(Parameters parameters, String name, long otherwise) {
    String value = parameters.value(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.matches("[0-9]{1,15}")) {
      throw new BadRequestException(name + " must be a number");
    }
    return Long.parseLong(value);
  }

  private static JsonObject json(Decided decided) {
    Ruling ruling = decided.ruling();
    JsonObject o = new JsonObject();
    o.addProperty("seq", decided.sequence());
    o.addProperty("at", decided.at().toEpochMilli());
    o.addProperty("by", decided.by().identity());
    decided.by().name().ifPresent(name -> o.addProperty("name", name));
    o.addProperty("action", Moderator.word(ruling.action()));
    ruling.room().ifPresent(room -> o.addProperty(ROOM, room.value()));
    ruling.identity().ifPresent(identity -> o.addProperty("member", identity));
    if (!ruling.addressHashes().isEmpty()) {
      JsonArray addressHashes = new JsonArray();
      ruling.addressHashes().stream().sorted().forEach(addressHashes::add);
      o.add("addresses", addressHashes);
    }
    ruling.until().ifPresent(until -> o.addProperty("until", until.toEpochMilli()));
    ruling.sequence().ifPresent(sequence -> o.addProperty("target", sequence));
    ruling.uses().ifPresent(uses -> o.addProperty("uses", uses));
    if (ruling.action() == Ruling.Action.SLOW) {
      o.addProperty("slow", ruling.slow().toMillis());
    }
    ruling.reason().ifPresent(reason -> o.addProperty("reason", reason));
    return o;
  }
}
