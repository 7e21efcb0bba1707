package io.durablechat.jetty;

import com.google.gson.JsonObject;
import io.durablechat.core.Member;
import io.durablechat.core.RoomName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * What happens in a room, or to somebody, as server-sent events, until its reader goes away. A
 * reader who is too slow misses some, and is told how many.
 */
final class TraceStream implements Trace.Watcher {
  /** Events that wait for a reader at most. */
  static final int MAX_WAITING = 500;

  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(30);

  private final Optional<RoomName> room;
  private final Optional<String> identity;
  private final InstantSource clock;
  private final EventSender sender;
  private final Scheduler scheduler;
  private final AtomicLong missed = new AtomicLong();
  private volatile boolean isOver;

  private TraceStream(
      Trace trace,
      Optional<RoomName> room,
      Optional<String> identity,
      InstantSource clock,
      Response response,
      Callback callback) {
    this.room = room;
    this.identity = identity;
    this.clock = clock;
    this.scheduler = response.getRequest().getComponents().getScheduler();
    // Operators are few, and what they are told is small.
    HeldBytes.From unsent = HeldBytes.ofHeap(4).from(Optional.empty());
    this.sender =
        new EventSender(new JettyByteSink(response, callback), unsent, () -> onEnded(trace));
  }

  private void onEnded(Trace trace) {
    isOver = true;
    trace.remove(this);
  }

  /** Begins to watch; empty means any. */
  static void open(
      Trace trace,
      Optional<RoomName> room,
      Optional<String> identity,
      Response response,
      Callback callback) {
    EventStream.putHeaders(response);
    // It may be quiet for long, and who watches is one of us.
    response.getRequest().getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(0);
    TraceStream stream =
        new TraceStream(trace, room, identity, InstantSource.system(), response, callback);
    trace.add(stream);
    stream.signOfLife();
  }

  /** Nobody notices that a reader is gone to whom nothing is written. */
  private void signOfLife() {
    if (!isOver) {
      sender.send(":\n\n");
      scheduler.schedule(this::signOfLife, SIGN_OF_LIFE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Override
  public void onEvent(RoomName where, Member member, String what) {
    boolean isWatched =
        room.map(where::equals).orElse(true)
            && identity.map(member.identity()::equals).orElse(true);
    if (!isWatched) {
      return;
    }
    if (sender.waiting() >= MAX_WAITING) {
      missed.incrementAndGet();
      return;
    }
    JsonObject o = new JsonObject();
    o.addProperty("at", clock.millis());
    o.addProperty("room", where.value());
    o.addProperty("member", member.identity());
    member.name().ifPresent(name -> o.addProperty("name", name));
    o.addProperty("what", what);
    long lost = missed.getAndSet(0);
    if (lost > 0) {
      o.addProperty("missed", lost);
    }
    sender.send("data: " + o + "\n\n");
  }
}
