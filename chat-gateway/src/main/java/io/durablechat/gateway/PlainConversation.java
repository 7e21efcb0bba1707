package io.durablechat.gateway;

import io.durablechat.core.Batch;
import io.durablechat.core.Body;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Content;
import io.durablechat.core.Draft;
import io.durablechat.core.Entry;
import io.durablechat.core.Receipt;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.core.Start;
import io.durablechat.gateway.auth.Right;
import io.durablechat.gateway.auth.Visitor;
import io.durablechat.gateway.limits.HeldBytes;
import io.durablechat.gateway.limits.Refusals;
import io.durablechat.gateway.limits.Throttle;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.gateway.transport.FrameSender;
import io.durablechat.gateway.transport.Opcode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The dialect of clients that offer no subprotocol: each frame goes out unchanged, as the same kind
 * of frame, to everyone in the room, the sender included. Nothing else is ever sent.
 *
 * <p>These clients cannot be told to send more slowly. One that has filled its allowance is not
 * read from until what it sent is settled.
 */
public final class PlainConversation implements Conversation {
  /** A batch as frames, one after another: what was said, and nothing else. */
  static final Batch.Encoding<Optional<EncodedFrames>> FRAMES = PlainConversation::frames;

  private static final CloseReason MAY_NOT_PUBLISH =
      CloseReason.policy("you may not publish in this room");

  /** Where to begin; until it has joined. */
  private Start start;

  private final FrameSender sender;
  private final Caller caller;
  private final ReadPace pace;
  private final Seat<EncodedFrames> seat;

  /** Completes once the client was let in, or turned away. */
  private CompletionStage<?> admitted = READ_ON;

  /** What was published last. Messages come one after another. */
  private CompletableFuture<Receipt> last = CompletableFuture.completedFuture(null);

  public PlainConversation(Opening opening) {
    this.start = opening.start();
    this.sender = opening.sender();
    this.caller = opening.caller();
    this.pace = opening.pace();
    this.seat = opening.seat(PlainDialect.NAME, this);
  }

  private static Optional<EncodedFrames> frames(Batch batch) {
    List<EncodedFrames.Payload> said =
        batch.entries().stream()
            .filter(message -> message.content().isSaid())
            .map(PlainConversation::payload)
            .toList();
    return said.isEmpty() ? Optional.empty() : Optional.of(EncodedFrames.of(said));
  }

  private static EncodedFrames.Payload payload(Entry message) {
    Body body = message.draft().body();
    return new EncodedFrames.Payload(body.isText() ? Opcode.TEXT : Opcode.BINARY, body.bytes());
  }

  @Override
  public void onOpen() {
    try {
      admitted = seat.admit(Optional.empty(), Optional.empty()).handle(this::onAdmitted);
    } catch (IllegalArgumentException e) {
      // A key that cannot be one.
      close(CloseReason.policy(e.getMessage()));
    }
  }

  private Void onAdmitted(Visitor visitor, Throwable failure) {
    if (failure != null) {
      close(Access.closeReason(failure));
    } else {
      seat.join(visitor.member(), start);
      start = Start.live();
    }
    return null;
  }

  @Override
  public CompletionStage<?> onMessage(Body message) {
    if (!Conversation.readsOn(admitted)) {
      return admitted.thenCompose(done -> onMessage(message));
    }
    if (sender.isClosing()) {
      return READ_ON;
    }
    if (!seat.may(Right.PUBLISH)) {
      close(MAY_NOT_PUBLISH);
      return READ_ON;
    }
    Optional<Throttle.Refusal> over = pace.onPublish();
    if (over.isPresent()) {
      close(new CloseReason(1013, true, over.get().reason()));
      return READ_ON;
    }
    return publish(Draft.of(Content.plain(message)));
  }

  @Override
  public CompletionStage<?> onTrifle() {
    return pace.onTrifle();
  }

  private CompletionStage<?> publish(Draft draft) {
    if (sender.isClosing() || seat.isGone()) {
      return READ_ON;
    }
    HeldBytes.Part memory;
    try {
      memory = caller.charges().draft(draft.body().size());
    } catch (RefusedException full) {
      return publishLate(draft);
    }
    CompletableFuture<Receipt> receipt = seat.publish(draft, true, memory, (kept, e) -> {});
    return isOverloaded(receipt) ? publishLate(draft) : settleLater(receipt);
  }

  /**
   * Once what was sent before is settled; or, if it is others who fill the room, a little later.
   */
  private CompletionStage<?> publishLate(Draft draft) {
    CompletionStage<?> settled = last.isDone() ? pace.pause() : last.handle((kept, e) -> null);
    return settled.thenCompose(then -> publish(draft));
  }

  private CompletionStage<?> settleLater(CompletableFuture<Receipt> receipt) {
    last = receipt;
    receipt.whenComplete(
        (kept, e) -> {
          if (e != null) {
            close(reason(e));
          }
        });
    return READ_ON;
  }

  private static boolean isOverloaded(CompletableFuture<Receipt> receipt) {
    return receipt.isCompletedExceptionally()
        && receipt
            .handle((kept, e) -> refusal(e))
            .join()
            .map(RefusedException::reason)
            .equals(Optional.of(Reason.OVERLOADED));
  }

  private static Optional<RefusedException> refusal(Throwable failure) {
    return Refusals.cause(failure) instanceof RefusedException refusal
        ? Optional.of(refusal)
        : Optional.empty();
  }

  /** This dialect has no errors: what is not published ends the session, and so is never lost. */
  private static CloseReason reason(Throwable failure) {
    return refusal(failure).map(PlainConversation::reason).orElse(CloseReason.FAULT);
  }

  private static CloseReason reason(RefusedException refusal) {
    return switch (refusal.reason()) {
      case TOO_LARGE -> CloseReason.TOO_BIG;
      case OVERLOADED -> CloseReason.OVERLOADED;
      case SLOW_MODE -> new CloseReason(1013, true, refusal.getMessage());
      case BANNED -> CloseReason.BANNED;
      case FORBIDDEN, CONFLICT, MUTED, LOCKED, NOT_FOUND ->
          CloseReason.policy(refusal.getMessage());
      case CLOSED -> CloseReason.GOING_AWAY;
      case STORAGE -> CloseReason.FAULT;
    };
  }

  @Override
  public Optional<EncodedFrames> encoded(Batch batch) {
    return batch.as(FRAMES);
  }

  @Override
  public void onEnding(Runnable whenAnswered) {
    seat.whenAnswered(whenAnswered);
  }

  @Override
  public void onTick() {
    seat.onTick();
    if (caller.hasExpired()) {
      close(CloseReason.EXPIRED);
    }
  }

  @Override
  public void onGone() {
    seat.onGone();
    caller.end();
  }

  @Override
  public void close(CloseReason reason) {
    if (sender.close(reason, Optional.empty())) {
      seat.onClosing(reason);
    }
  }
}
