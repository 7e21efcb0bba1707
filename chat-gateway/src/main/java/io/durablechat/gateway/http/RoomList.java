package io.durablechat.gateway.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.gateway.auth.Right;
import io.durablechat.gateway.limits.Refusals;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The rooms that everybody may know of; and new ones that nobody can guess. */
public final class RoomList {
  public static final String PATH = "/rooms";

  /** As many random bits as a UUID has bits: a name is all that protects such a room. */
  private static final int NAME_BYTES = 16;

  private final SecureRandom random = new SecureRandom();
  private final RoomDirectory rooms;
  private final List<RoomName> listed;

  RoomList(RoomDirectory rooms, List<RoomName> listed) {
    this.rooms = rooms;
    this.listed = listed;
  }

  CompletionStage<Answer> handle(Asked asked) {
    ApiRequest request = asked.request();
    request.allowMethods("GET", "POST");
    request.parameters().allow(Set.of());
    if (request.isMethod("POST")) {
      return CompletableFuture.completedFuture(make(request));
    }
    return list(
        listed.stream().filter(r -> asked.caller().rights(r).contains(Right.JOIN)).toList(),
        request.contextPath());
  }

  /** A room comes to be when it is first named: here it gets a name. */
  private Answer make(ApiRequest request) {
    request.body().discard();
    byte[] bits = new byte[NAME_BYTES];
    random.nextBytes(bits);
    JsonObject o =
        room(request.contextPath(), Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
    return Answer.json(Status.CREATED, o)
        .after(Answer.headers("Location", o.get("messages").getAsString()));
  }

  private CompletionStage<Answer> list(List<RoomName> known, String context) {
    List<CompletableFuture<Integer>> counts = new ArrayList<>();
    known.forEach(name -> counts.add(rooms.room(name).memberCount().toCompletableFuture()));
    return CompletableFuture.allOf(counts.toArray(CompletableFuture<?>[]::new))
        .handle(
            (done, e) -> {
              if (e != null) {
                throw Refusals.of(e);
              }
              JsonArray array = new JsonArray();
              for (int i = 0; i < known.size(); i++) {
                JsonObject o = room(context, known.get(i).value());
                o.addProperty("members", counts.get(i).join());
                array.add(o);
              }
              JsonObject o = new JsonObject();
              o.add("rooms", array);
              return Answer.json(Status.OK, o);
            });
  }

  private static JsonObject room(String context, String name) {
    String path = context + RoomPath.ROOMS + RoomPath.encoded(name);
    JsonObject o = new JsonObject();
    o.addProperty("room", name);
    o.addProperty("websocket", path + "/websocket");
    o.addProperty("messages", path + "/messages");
    o.addProperty("events", path + "/events");
    return o;
  }
}
