package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.Batch;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Cursor;
import io.durablechat.core.Joined;
import io.durablechat.core.Member;
import io.durablechat.core.Message;
import io.durablechat.core.Outbox;
import io.durablechat.core.Room;
import io.durablechat.core.Session;
import io.durablechat.core.Start;
import io.durablechat.core.Terms;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** One stream of events: an outbox over HTTP. */
final class EventStream implements Outbox, Connections.Tended {
  static final Duration SIGN_OF_LIFE = Duration.ofSeconds(25);

  private static final Batch.Encoding<ByteBuffer> EVENTS = EventStream::events;
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final Room room;
  private final Response response;
  private final Callback callback;
  private final Terms terms;
  private final Connections connections;
  private final EventSender sender;
  private final Membership membership = new Membership();

  // The strand's own.
  private boolean hasJoined;
  private Session joinedSession;

  // The ticking thread's own.
  private int quietTicks;

  EventStream(
      Room room, Terms terms, Response response, Callback callback, Connections connections) {
    this.room = room;
    this.terms = terms;
    this.response = response;
    this.callback = callback;
    this.connections = connections;
    this.sender = new EventSender(response, callback, this::onEnded);
    response.setStatus(HttpStatus.OK_200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    // Proxies that gather what they pass on would hold messages back.
    response.getHeaders().put("X-Accel-Buffering", "no");
  }

  private void onEnded() {
    connections.remove(this);
    membership.onGone();
  }

  void join(Member member, Start start) {
    membership.onJoining(room.join(member, start, this));
  }

  @Override
  public void onJoined(Joined joined) {
    hasJoined = true;
    joinedSession = joined.session();
    sender.send(
        "retry: "
            + RETRY.toMillis()
            + "\n"
            + event("welcome", ServerObjects.welcome(room, joined, terms, SIGN_OF_LIFE)));
  }

  @Override
  public boolean offer(Batch batch) {
    return sender.offer(batch.as(EVENTS), joinedSession::ready);
  }

  private static ByteBuffer events(Batch batch) {
    StringBuilder lines = new StringBuilder();
    for (Message message : batch.messages()) {
      lines
          .append("id: ")
          .append(batch.cursor().at(message.sequence()).token())
          .append("\ndata: ")
          .append(ServerObjects.liveMessage(message))
          .append("\n\n");
    }
    return UTF_8.encode(lines.toString()).asReadOnlyBuffer();
  }

  private static String event(String name, Object data) {
    return "event: " + name + "\ndata: " + data + "\n\n";
  }

  @Override
  public void onBehind(Cursor head) {
    sender.send(event("behind", ServerObjects.level("behind", head)));
  }

  @Override
  public void onLive(Cursor head) {
    sender.send(event("live", ServerObjects.level("live", head)));
  }

  @Override
  public void onClosed(CloseReason reason) {
    if (hasJoined || sender.isClosing()) {
      close(reason);
      return;
    }
    Problem refusal =
        reason.equals(CloseReason.FORBIDDEN)
            ? Problem.of(HttpStatus.FORBIDDEN_403, "forbidden", reason.text())
            : Problem.of(HttpStatus.SERVICE_UNAVAILABLE_503, "closed", reason.text());
    refusal.write(response, callback);
    onEnded();
  }

  @Override
  public void onTick() {
    quietTicks = sender.isIdle() ? quietTicks + 1 : 0;
    if (quietTicks >= SIGN_OF_LIFE.toSeconds() - 2) {
      quietTicks = 0;
      sender.send(":\n\n");
    }
  }

  @Override
  public void close(CloseReason reason) {
    sender.send(event("bye", ServerObjects.bye(reason)));
    sender.close();
  }
}
