package io.durablechat.jetty;

import io.durablechat.core.Cursor;
import io.durablechat.core.Room;
import io.durablechat.core.Start;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
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

  /** In place of the header, in the order they count: what scripts for old browsers send. */
  private static final List<String> LAST_EVENT_ID = List.of("lastEventId", "evs_last_event_id");

  /** Of those scripts, and against caches: means nothing here. */
  private static final Set<String> PASSED_OVER =
      Set.of("_", "r", "padding", "evs_preamble", "evs_buffer_size_limit");

  /**
   * Ends the id of a {@code bye} after which one is not to come back. A browser comes back all the
   * same, and by itself; but it comes with that id, so nobody has to be remembered.
   */
  private static final String FOR_GOOD = ".bye";

  private final Reception reception;

  Events(Reception reception) {
    this.reception = reception;
  }

  void handle(Room room, Asked asked, Response response, Callback callback) {
    Request request = asked.request();
    RoomApi.allow(request, response, "GET");
    Fields parameters = Request.extractQueryParameters(request);
    RoomApi.allowParameters(
        parameters,
        Set.of(AFTER, AT_MOST, HISTORY, LAST_EVENT_ID.get(0), LAST_EVENT_ID.get(1)),
        PASSED_OVER);
    Optional<String> last = lastEventId(request, parameters);
    if (last.filter(id -> id.endsWith(FOR_GOOD)).isPresent()) {
      stayAway(response, callback);
      return;
    }
    Caller caller = asked.caller();
    caller.need(room.name(), Right.SESSION);
    reception
        .rooms()
        .moderation()
        .ifPresent(m -> m.checkJoin(room.name(), caller.member(), caller.attributes(room.name())));
    Start start = start(room, last, parameters);
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
    RoomApi.check(asked.charges().onJoin());
    RoomApi.check(asked.charges().onRoom(room.name()));
    SessionCharges charges = reception.charging().session(Addresses.of(request));
    EventStream stream = new EventStream(room, caller.with(charges), response, callback, reception);
    reception.connections().add(stream);
    stream.join(start);
  }

  /** The id of the last event of a stream that ends for good, where it was at this cursor. */
  static String lastId(Optional<Cursor> at) {
    return at.map(Cursor::token).orElse("") + FOR_GOOD;
  }

  /** What a browser heeds (HTML, section 9.2): it does not come back. */
  private static void stayAway(Response response, Callback callback) {
    response.setStatus(HttpStatus.NO_CONTENT_204);
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    callback.succeeded();
  }

  private static Optional<String> lastEventId(Request request, Fields parameters) {
    return Stream.concat(
            RoomApi.single(request, "Last-Event-ID").stream(),
            LAST_EVENT_ID.stream().map(parameters::getValue))
        .filter(id -> id != null && !id.isEmpty())
        .findFirst();
  }

  private static Start start(Room room, Optional<String> last, Fields parameters) {
    // What a browser sends when it comes back counts before what its page asked for at first.
    Optional<String> cursor =
        last.or(() -> Optional.ofNullable(parameters.getValue(AFTER)).map(Events::withoutEnd));
    OptionalInt atMost = number(parameters, AT_MOST);
    return new Start(
        cursor.map(token -> Cursor.parse(token, room.name())),
        atMost,
        number(parameters, HISTORY).orElse(0));
  }

  /** Whoever comes by themselves may go on from any event they have. */
  private static String withoutEnd(String id) {
    return id.endsWith(FOR_GOOD) ? id.substring(0, id.length() - FOR_GOOD.length()) : id;
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
