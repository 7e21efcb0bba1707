package io.durablechat.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.Batch;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Cursor;
import io.durablechat.core.Entry;
import io.durablechat.core.Joined;
import io.durablechat.core.Room;
import io.durablechat.core.RoomMode;
import io.durablechat.core.Start;
import io.durablechat.gateway.Caller;
import io.durablechat.gateway.Connection;
import io.durablechat.gateway.Connections;
import io.durablechat.gateway.EventWriter;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.Seat;
import io.durablechat.gateway.ServerObjects;
import io.durablechat.gateway.transport.ByteSink;
import io.durablechat.wire.Event;
import java.time.Duration;
import java.util.Optional;

/** A client that listens only: one stream of events over HTTP, with a seat in one room. */
final class EventStream implements EventWriter<EventSender.Events>, Connections.Tended {
  /** Often, since a stream that nothing is written to does not notice that its reader is gone. */
  static final Duration SIGN_OF_LIFE = Duration.ofSeconds(10);

  private static final Batch.Encoding<Optional<EventSender.Events>> EVENTS = EventStream::events;

  private final Room room;
  private final Caller caller;
  private final Reception reception;
  private final EventSender sender;
  private final Seat<EventSender.Events> seat;

  private final AnswerStream answer;
  private volatile boolean hasJoined;

  /** Up to where its reader will have come once all is read that was taken to be sent. */
  private volatile Cursor at;

  // The ticking thread's own.
  private long taken;
  private long takenAt;
  private long openAt;

  /** When something was written last, on the clock. */
  private long quietSince;

  /** A stream that is to answer a request. */
  EventStream(Room room, Caller caller, AnswerStream answer, Reception reception) {
    this.room = room;
    this.caller = caller;
    this.reception = reception;
    this.answer = answer;
    this.sender = new EventSender(answer, caller.charges().unsent(), this::onEnded);
    this.seat = new Seat<>(caller, room, "events", this, sender.gate(), reception.meters());
    this.takenAt = reception.waking().getAsLong();
    this.openAt = takenAt;
    this.quietSince = reception.nanos().getAsLong();
  }

  private void onEnded() {
    reception.connections().remove(this);
    seat.onGone();
    caller.end();
  }

  void join(Start start) {
    if (caller.charges().isTooMany()) {
      close(CloseReason.OVERLOADED);
      return;
    }
    seat.allow(caller.rights(room.name()));
    seat.join(caller.member(), start);
  }

  @Override
  public void onJoined(Joined joined) {
    at = joined.cursor();
    hasJoined = true;
    // With the cursor that the replay begins at: who loses the line before the first message comes
    // back to it as well.
    sender.send(retry() + id(joined.cursor()) + event("welcome", welcome(joined)));
  }

  private Event welcome(Joined joined) {
    return ServerObjects.welcome(
        room, joined, seat.rights(), reception.rooms().terms(), SIGN_OF_LIFE);
  }

  @Override
  public Optional<EventSender.Events> encoded(Batch batch) {
    return batch.as(EVENTS);
  }

  @Override
  public void onTaken(Batch batch) {
    at = batch.cursor();
  }

  private static Optional<EventSender.Events> events(Batch batch) {
    StringBuilder lines = new StringBuilder();
    for (Entry message : batch.entries()) {
      lines.append(id(batch.cursor().at(message.sequence()))).append("data: ");
      ServerObjects.entry(message, Optional.empty()).writeTo(lines);
      lines.append("\n\n");
    }
    return Optional.of(new EventSender.Events(UTF_8.encode(lines.toString()).asReadOnlyBuffer()));
  }

  private static String id(Cursor cursor) {
    return "id: " + cursor.token() + "\n";
  }

  /** Each at another time, so that those who leave together do not meet again. */
  private String retry() {
    return "retry: " + reception.comeback().some().toMillis() + "\n";
  }

  private static String event(String name, Event data) {
    return "event: " + name + "\ndata: " + data.toJson() + "\n\n";
  }

  @Override
  public void onBehind(Cursor head) {
    sender.send(event("behind", ServerObjects.behind(head)));
  }

  @Override
  public void onLive(Cursor head) {
    at = head;
    sender.send(id(head) + event("live", ServerObjects.live(head)));
  }

  @Override
  public void onMode(RoomMode mode) {
    sender.send(event("room", ServerObjects.room(mode)));
  }

  @Override
  public void onClosed(CloseReason reason) {
    // An answer other than 200 ends a browser's stream for good: for those who may come back it is
    // a stream that ends.
    boolean refused =
        !reason.reconnect()
            && sender.refuse(Problem.of(Status.FORBIDDEN, "forbidden", reason.text()));
    if (!refused) {
      close(reason);
    }
  }

  @Override
  public void onTick() {
    long now = reception.waking().getAsLong();
    openAt = sender.isClosing() ? openAt : now;
    long before = taken;
    taken = answer.taken();
    // Where nobody counts, the server's own idle timeout sees to it.
    boolean stalls = sender.isWriting() && taken == before && taken != ByteSink.UNKNOWN;
    takenAt = stalls ? takenAt : now;
    if (now - takenAt > reception.writeStall().toNanos()
        || now - openAt > Connection.CLOSE_WITHIN.toNanos()) {
      sender.abort();
      return;
    }
    seat.onTick();
    if (caller.hasExpired()) {
      close(CloseReason.EXPIRED);
    }
    long time = reception.nanos().getAsLong();
    quietSince = sender.isWriting() || taken != before ? time : quietSince;
    // One that waits for room takes the place of others: whether its reader is gone must show soon.
    if (hasJoined && (time - quietSince >= SIGN_OF_LIFE.toNanos() || seat.isShortOfRoom())) {
      quietSince = time;
      sender.send(":\n\n");
    }
  }

  @Override
  public void close(CloseReason reason) {
    if (!sender.isClosing()) {
      seat.onClosing(reason);
    }
    String id = reason.reconnect() ? "" : "id: " + Events.lastId(Optional.ofNullable(at)) + "\n";
    sender.close(retry() + id + event("bye", ServerObjects.bye(reason, reception.comeback())));
  }
}
