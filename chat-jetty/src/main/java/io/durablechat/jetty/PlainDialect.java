package io.durablechat.jetty;

import io.durablechat.core.Batch;
import io.durablechat.core.Body;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Draft;
import io.durablechat.core.Joined;
import io.durablechat.core.Kind;
import io.durablechat.core.Member;
import io.durablechat.core.Message;
import io.durablechat.core.RefusedException;
import io.durablechat.core.Room;
import io.durablechat.core.Session;
import io.durablechat.core.Start;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.websocket.core.OpCode;

/**
 * The dialect of clients that offer no subprotocol: each frame goes out unchanged, as the same kind
 * of frame, to everyone in the room, the sender included. Nothing else is ever sent.
 */
final class PlainDialect implements Dialect {
  private static final Batch.Encoding<Outgoing> FRAMES =
      batch -> new Outgoing(batch.messages().stream().map(PlainDialect::payload).toList());

  private final FrameSender sender;
  private final Session session;

  /** The same session as the strand knows it, which may be before the constructor is through. */
  private Session joined;

  PlainDialect(Room room, int history, FrameSender sender) {
    this.sender = sender;
    this.session = room.join(Member.anonymous(), Start.history(history), this);
  }

  private static Outgoing.Payload payload(Message message) {
    Body body = message.draft().body();
    return new Outgoing.Payload(body.isText() ? OpCode.TEXT : OpCode.BINARY, body.bytes());
  }

  @Override
  public void onText(String text) {
    publish(Body.text(text));
  }

  @Override
  public void onBinary(ByteBuffer data) {
    publish(Body.binary(data));
  }

  private void publish(Body body) {
    session
        .publish(Draft.of(Kind.PLAIN, body))
        .whenComplete(
            (receipt, e) -> {
              if (e != null) {
                close(reason(e));
              }
            });
  }

  /** This dialect has no errors: what is not published ends the session, and so is never lost. */
  private static CloseReason reason(Throwable failure) {
    if (!(Refusals.cause(failure) instanceof RefusedException refusal)) {
      return CloseReason.FAULT;
    }
    return switch (refusal.reason()) {
      case TOO_LARGE -> CloseReason.TOO_BIG;
      case OVERLOADED -> CloseReason.OVERLOADED;
      case FORBIDDEN, CONFLICT -> CloseReason.policy(refusal.getMessage());
      case CLOSED -> CloseReason.GOING_AWAY;
      case STORAGE -> CloseReason.FAULT;
    };
  }

  @Override
  public void onJoined(Joined how) {
    joined = how.session();
  }

  @Override
  public boolean offer(Batch batch) {
    return sender.offer(batch.as(FRAMES), joined::ready);
  }

  @Override
  public void onClosed(CloseReason reason) {
    close(reason);
  }

  @Override
  public void onGone() {
    session.leave();
  }

  @Override
  public void close(CloseReason reason) {
    sender.close(reason, Optional.empty());
  }
}
