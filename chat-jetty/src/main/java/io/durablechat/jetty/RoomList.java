package io.durablechat.jetty;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.URIUtil;

/** The rooms that everybody may know of; and new ones that nobody can guess. */
final class RoomList {
  static final String PATH = "/rooms";

  /** As many random bits as a UUID has bits: a name is all that protects such a room. */
  private static final int NAME_BYTES = 16;

  private final SecureRandom random = new SecureRandom();
  private final RoomDirectory rooms;
  private final List<RoomName> listed;

  RoomList(RoomDirectory rooms, List<RoomName> listed) {
    this.rooms = rooms;
    this.listed = listed;
  }

  void handle(Asked asked, Response response, Callback callback) {
    Request request = asked.request();
    RoomApi.allow(request, response, "GET", "POST");
    RoomApi.allowParameters(Request.extractQueryParameters(request), Set.of());
    if (HttpMethod.POST.is(request.getMethod())) {
      make(request, response, callback);
    } else {
      List<RoomName> known =
          listed.stream().filter(r -> asked.caller().rights(r).contains(Right.JOIN)).toList();
      list(known, request, response, callback);
    }
  }

  /** A room comes to be when it is first named: here it gets a name. */
  private void make(Request request, Response response, Callback callback) {
    request.consumeAvailable();
    byte[] bits = new byte[NAME_BYTES];
    random.nextBytes(bits);
    JsonObject o = room(request, Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
    response.getHeaders().put(HttpHeader.LOCATION, o.get("messages").getAsString());
    RoomApi.write(response, callback, HttpStatus.CREATED_201, o);
  }

  private void list(List<RoomName> known, Request request, Response response, Callback callback) {
    List<CompletableFuture<Integer>> counts = new ArrayList<>();
    known.forEach(name -> counts.add(rooms.room(name).memberCount().toCompletableFuture()));
    CompletableFuture.allOf(counts.toArray(CompletableFuture<?>[]::new))
        .whenComplete(
            (done, e) ->
                RoomApi.answer(
                    response,
                    callback,
                    () -> {
                      if (e != null) {
                        throw Refusals.of(e);
                      }
                      JsonArray array = new JsonArray();
                      for (int i = 0; i < known.size(); i++) {
                        JsonObject o = room(request, known.get(i).value());
                        o.addProperty("members", counts.get(i).join());
                        array.add(o);
                      }
                      JsonObject o = new JsonObject();
                      o.add("rooms", array);
                      RoomApi.write(response, callback, HttpStatus.OK_200, o);
                    }));
  }

  private static JsonObject room(Request request, String name) {
    String context = Request.getContextPath(request);
    String path = (context.equals("/") ? "" : context) + RoomPath.ROOMS + URIUtil.encodePath(name);
    JsonObject o = new JsonObject();
    o.addProperty("room", name);
    o.addProperty("websocket", path + "/websocket");
    o.addProperty("messages", path + "/messages");
    o.addProperty("events", path + "/events");
    return o;
  }
}
