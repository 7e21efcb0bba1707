package io.durablechat.jetty;

import io.durablechat.core.Cursor;
import io.durablechat.core.Room;
import io.durablechat.core.Start;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/**
 * A room's messages as server-sent events (HTML, section 9.2): a session that only listens. The id
 * of each event is the cursor after it, so that a browser resumes by itself.
 */
final class Events {
  private static final String AFTER = "after";
  private static final String AT_MOST = "atMost";
  private static final String HISTORY = "history";

  private final Reception reception;

  Events(Reception reception) {
    this.reception = reception;
  }

  void handle(Room room, Asked asked, Response response, Callback callback) {
    Request request = asked.request();
    RoomApi.allow(request, response, "GET");
    Fields parameters = Request.extractQueryParameters(request);
    RoomApi.allowParameters(parameters, Set.of(AFTER, AT_MOST, HISTORY));
    Access.check(asked.visitor(), room.name(), Right.SESSION);
    reception
        .rooms()
        .moderation()
        .ifPresent(m -> m.checkJoin(room.name(), asked.visitor().member(), asked.standing(room)));
    Start start = start(room, request, parameters);
    if (HttpMethod.HEAD.is(request.getMethod())) {
      EventStream.putHeaders(response);
      callback.succeeded();
      return;
    }
    // Jetty fails a write once no byte has gone for this long, and lets go of an idle line: what we
    // say now and then is more often.
    request
        .getConnectionMetaData()
        .getConnection()
        .getEndPoint()
        .setIdleTimeout(
            Math.max(reception.writeStall().toMillis(), EventStream.SIGN_OF_LIFE.toMillis() * 2));
    Charges charges = reception.charging().of(Addresses.of(request));
    RoomApi.check(charges.onJoin());
    RoomApi.check(charges.onRoom(room.name()));
    EventStream stream = new EventStream(room, asked, response, callback, reception);
    reception.connections().add(stream);
    stream.join(start);
  }

  private static Start start(Room room, Request request, Fields parameters) {
    // What a browser sends when it comes back counts before what its page asked for at first.
    Optional<String> cursor =
        RoomApi.single(request, "Last-Event-ID")
            .filter(id -> !id.isEmpty())
            .or(() -> Optional.ofNullable(parameters.getValue(AFTER)));
    OptionalInt atMost = number(parameters, AT_MOST);
    return new Start(
        cursor.map(token -> Cursor.parse(token, room.name())),
        atMost,
        number(parameters, HISTORY).orElse(0));
  }

  private static OptionalInt number(Fields parameters, String name) {
    String value = parameters.getValue(name);
    if (value == null) {
      return OptionalInt.empty();
    }
    if (!value.matches("[0-9]{1,5}")) {
      throw new BadRequestException(name + " must be a number from 0 to " + Start.MAX_MESSAGES);
    }
    return OptionalInt.of(Integer.parseInt(value));
  }
}
