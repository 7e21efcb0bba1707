package io.durablechat.gateway.http;

import io.durablechat.core.CloseReason;
import io.durablechat.core.Cursor;
import io.durablechat.core.Room;
import io.durablechat.core.Start;
import io.durablechat.gateway.BadRequestException;
import io.durablechat.gateway.Caller;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.auth.Right;
import io.durablechat.gateway.limits.SessionCharges;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * A room's messages as server-sent events (HTML, section 9.2): a session that only listens. The id
 * of each event is the cursor after it, so that a browser resumes by itself.
 */
public final class Events {
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

  CompletionStage<Answer> handle(Room room, Asked asked) {
    ApiRequest request = asked.request();
    request.allowMethods("GET");
    Parameters parameters = request.parameters();
    parameters.allow(
        Set.of(AFTER, AT_MOST, HISTORY, LAST_EVENT_ID.get(0), LAST_EVENT_ID.get(1)), PASSED_OVER);
    Optional<String> last = lastEventId(request, parameters);
    if (last.filter(id -> id.endsWith(FOR_GOOD)).isPresent()) {
      return CompletableFuture.completedFuture(stayAway());
    }
    Caller caller = asked.caller();
    caller.need(room.name(), Right.SESSION);
    reception
        .rooms()
        .moderation()
        .ifPresent(m -> m.checkJoin(room.name(), caller.member(), caller.attributes(room.name())));
    Start start = start(room, last, parameters);
    if (request.isMethod("HEAD")) {
      return CompletableFuture.completedFuture(Answer.events(new Answer.Nothing()));
    }
    // A server fails a write once no byte has gone for this long, and lets go of an idle line: what
    // we say now and then is more often.
    Duration stall = reception.writeStall();
    Duration quiet = EventStream.SIGN_OF_LIFE.multipliedBy(2);
    request.allowIdle(stall.compareTo(quiet) > 0 ? stall : quiet);
    RoomApi.check(asked.charges().onJoin());
    RoomApi.check(asked.charges().onRoom(room.name()));
    SessionCharges charges = reception.charging().session(request.peer());
    AnswerStream answer = new AnswerStream(request);
    EventStream stream = new EventStream(room, caller.with(charges), answer, reception);
    reception.connections().add(stream);
    stream.join(start);
    if (reception.connections().isStopping()) {
      stream.close(CloseReason.GOING_AWAY);
    }
    return answer.answer();
  }

  /** The id of the last event of a stream that ends for good, where it was at this cursor. */
  static String lastId(Optional<Cursor> at) {
    return at.map(Cursor::token).orElse("") + FOR_GOOD;
  }

  /** What a browser heeds (HTML, section 9.2): it does not come back. */
  private static Answer stayAway() {
    return Answer.of(Status.NO_CONTENT, Answer.headers("Cache-Control", "no-store"));
  }

  private static Optional<String> lastEventId(ApiRequest request, Parameters parameters) {
    return Stream.concat(
            request.single("Last-Event-ID").stream(), LAST_EVENT_ID.stream().map(parameters::value))
        .filter(id -> id != null && !id.isEmpty())
        .findFirst();
  }

  private static Start start(Room room, Optional<String> last, Parameters parameters) {
    // What a browser sends when it comes back counts before what its page asked for at first.
    Optional<String> cursor =
        last.or(() -> Optional.ofNullable(parameters.value(AFTER)).map(Events::withoutEnd));
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

  private static OptionalInt number(Parameters parameters, String name) {
    String value = parameters.value(name);
    if (value == null) {
      return OptionalInt.empty();
    }
    if (!value.matches("[0-9]{1,5}")) {
      throw new BadRequestException(name + " must be a number from 0 to " + Start.MAX_MESSAGES);
    }
    return OptionalInt.of(Integer.parseInt(value));
  }
}
