package io.durablechat.jetty;

import com.google.gson.JsonObject;
import io.durablechat.core.Member;
import io.durablechat.core.RoomName;
import io.durablechat.gateway.http.Answer;
import io.durablechat.gateway.http.AnswerStream;
import io.durablechat.gateway.http.ApiRequest;
import io.durablechat.gateway.http.EventSender;
import io.durablechat.gateway.limits.HeldBytes;
import io.durablechat.gateway.limits.Trace;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
      AnswerStream answer,
      Scheduler scheduler) {
    this.room = room;
    this.identity = identity;
    this.clock = clock;
    this.scheduler = scheduler;
    // Operators are few, and what they are told is small.
    HeldBytes.From unsent = HeldBytes.ofHeap(4).from(Optional.empty());
    this.sender = new EventSender(answer, unsent, () -> onEnded(trace));
  }

  private void onEnded(Trace trace) {
    isOver = true;
    trace.remove(this);
  }

  /** Begins to watch; empty means any. */
  static CompletionStage<Answer> open(
      Trace trace,
      Optional<RoomName> room,
      Optional<String> identity,
      ApiRequest request,
      Scheduler scheduler) {
    // It may be quiet for long, and who watches is one of us.
    request.allowIdle(Duration.ZERO);
    AnswerStream answer = new AnswerStream(request);
    TraceStream stream =
        new TraceStream(trace, room, identity, InstantSource.system(), answer, scheduler);
    trace.add(stream);
    stream.signOfLife();
    return answer.answer();
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
