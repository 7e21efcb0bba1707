package io.durablechat.jetty;

import io.durablechat.core.Batch;
import io.durablechat.core.Body;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Draft;
import io.durablechat.core.Joined;
import io.durablechat.core.Kind;
import io.durablechat.core.Member;
import io.durablechat.core.Message;
import io.durablechat.core.Receipt;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.core.Room;
import io.durablechat.core.Session;
import io.durablechat.core.Start;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.websocket.core.OpCode;

/**
 * The dialect of clients that offer no subprotocol: each frame goes out unchanged, as the same kind
 * of frame, to everyone in the room, the sender included. Nothing else is ever sent.
 *
 * <p>These clients cannot be told to send more slowly. One that has filled its allowance is not
 * read from until that is empty again: its frame waits, in the thread that Jetty reads with. Few
 * may wait so at a time, and none for long; who finds no place is closed as overloaded.
 */
final class PlainDialect implements Dialect {
  private static final Batch.Encoding<Outgoing> FRAMES =
      batch -> new Outgoing(batch.messages().stream().map(PlainDialect::payload).toList());

  /** Threads of Jetty that may wait for rooms at a time. */
  private static final Semaphore WAITING = new Semaphore(50);

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Room room;
  private final int history;
  private final FrameSender sender;
  private final Membership membership = new Membership();

  /** The same session as the strand knows it, which may be before joining has returned. */
  private Session joined;

  /** What was published last; used by the thread that reads. */
  private CompletableFuture<Receipt> last = CompletableFuture.completedFuture(null);

  PlainDialect(Room room, int history, FrameSender sender) {
    this.room = room;
    this.history = history;
    this.sender = sender;
  }

  private static Outgoing.Payload payload(Message message) {
    Body body = message.draft().body();
    return new Outgoing.Payload(body.isText() ? OpCode.TEXT : OpCode.BINARY, body.bytes());
  }

  @Override
  public void onOpen() {
    membership.onJoining(room.join(Member.anonymous(), Start.history(history), this));
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
    Session session = membership.session().orElseThrow();
    Draft draft = Draft.of(Kind.PLAIN, body);
    CompletableFuture<Receipt> receipt = session.publishNext(draft).toCompletableFuture();
    if (isOverloaded(receipt) && lastIsSettled()) {
      receipt = session.publishNext(draft).toCompletableFuture();
    }
    last = receipt;
    receipt.whenComplete(
        (kept, e) -> {
          if (e != null) {
            close(reason(e));
          }
        });
  }

  private static boolean isOverloaded(CompletableFuture<Receipt> receipt) {
    return receipt.isCompletedExceptionally()
        && receipt
            .handle((kept, e) -> refusal(e))
            .join()
            .map(RefusedException::reason)
            .equals(Optional.of(Reason.OVERLOADED));
  }

  /** Waits until what was published last is settled, and so all before it. */
  private boolean lastIsSettled() {
    if (!WAITING.tryAcquire()) {
      return false;
    }
    try {
      last.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      WAITING.release();
    }
  }

  private static Optional<RefusedException> refusal(Throwable failure) {
    return Refusals.cause(failure) instanceof RefusedException refusal
        ? Optional.of(refusal)
        : Optional.empty();
  }

  /** This dialect has no errors: what is not published ends the session, and so is never lost. */
  private static CloseReason reason(Throwable failure) {
    return refusal(failure).map(PlainDialect::reason).orElse(CloseReason.FAULT);
  }

  private static CloseReason reason(RefusedException refusal) {
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
    membership.onGone();
  }

  @Override
  public void close(CloseReason reason) {
    sender.close(reason, Optional.empty());
  }
}
