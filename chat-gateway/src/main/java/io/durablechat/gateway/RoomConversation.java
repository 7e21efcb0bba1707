package io.durablechat.gateway;

import io.durablechat.core.Body;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Draft;
import io.durablechat.core.Member;
import io.durablechat.core.Receipt;
import io.durablechat.core.RefusedException;
import io.durablechat.core.Room;
import io.durablechat.core.Start;
import io.durablechat.gateway.auth.Right;
import io.durablechat.gateway.limits.HeldBytes;
import io.durablechat.gateway.limits.Refusals;
import io.durablechat.gateway.limits.Throttle;
import io.durablechat.gateway.limits.Trace;
import io.durablechat.gateway.limits.Work;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.gateway.transport.FrameSender;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * A conversation with a client in one room, but for its words: coming in, publishing, and the end.
 * Rights, limits, moderation, metrics and traces are seen to here; what is refused is told as an
 * {@link #error} of the dialect, and so is why a session ends.
 *
 * <p>A dialect reads text frames in {@link #onText}, and writes what its client is told of in the
 * methods of {@link EventWriter}. Each line that it {@linkplain #send sends} is a frame.
 *
 * <p>A client that does not come in within 10 s is closed with 1008.
 */
public abstract class RoomConversation implements Conversation {
  /** How long a client may take to come in. */
  private static final Duration ENTER_WITHIN = Duration.ofSeconds(10);

  /** How long it may take until it is known who comes in. */
  private static final Duration ADMITTED_WITHIN = Duration.ofSeconds(60);

  private static final CloseReason LATE =
      CloseReason.policy(
          "say who you are in the first frame, within " + ENTER_WITHIN.toSeconds() + " s");

  private final Room room;
  private final FrameSender sender;
  private final Caller caller;
  private final ReadPace pace;
  private final Trace trace;
  private final LongSupplier waking;
  private final long openedAt;
  private final Seat<EncodedFrames> seat;

  /** Whether the client has said who it is, and was not told that it cannot be. */
  private volatile boolean isIntroduced;

  /**
   * A conversation that has not begun.
   *
   * @param dialect the name by which its sessions are counted
   */
  @SuppressWarnings("this-escape") // The seat tells nothing before it is taken.
  protected RoomConversation(Opening opening, String dialect) {
    this.room = opening.room();
    this.sender = opening.sender();
    this.caller = opening.caller();
    this.pace = opening.pace();
    this.trace = opening.reception().meters().trace();
    this.waking = opening.reception().waking();
    this.openedAt = waking.getAsLong();
    this.seat = opening.seat(dialect, this);
    sender.sendFrameALine();
  }

  /**
   * Reads a text frame; they come one after another.
   *
   * @return completes when the next may be read, as the methods here say
   */
  protected abstract CompletionStage<?> onText(String text);

  /** Returns a line that tells what is wrong. */
  protected abstract String error(String why);

  /** Sends a line, in a frame of its own, after all that was sent before. */
  protected final void send(String line) {
    sender.send(line);
  }

  /** Returns whether the client has said who it is. */
  protected final boolean isIntroduced() {
    return isIntroduced;
  }

  /**
   * Lets the client into the room, known by what its handshake showed. Called once; should it not
   * be let in, its session ends.
   *
   * @param name how it wishes to be called; one that cannot be had ends the session
   * @param length of what was read for it, in characters
   * @return completes when the next may be read
   */
  protected final CompletionStage<?> enter(Optional<String> name, Start start, int length) {
    if (isIntroduced) {
      throw new IllegalStateException("it has come in already");
    }
    Optional<Throttle.Refusal> over = pace.onRequest(Work.HELLO, length);
    if (over.isPresent()) {
      send(error(over.get().reason()));
      return pace.pause(over.get());
    }
    isIntroduced = true;
    // To look at a name takes a while.
    return pace.elsewhere().thenCompose(here -> enter(name, start));
  }

  private CompletionStage<?> enter(Optional<String> name, Start start) {
    if (isOver()) {
      return READ_ON;
    }
    try {
      Optional<String> checked = name.map(caller::checkedName);
      return seat.admit(Optional.empty(), Optional.empty())
          .handle(
              (visitor, failure) -> {
                if (failure != null) {
                  close(Access.closeReason(failure));
                } else {
                  Member member = checked.map(visitor::named).orElse(visitor.member());
                  seat.join(member, start);
                }
                return null;
              });
    } catch (IllegalArgumentException e) {
      close(CloseReason.policy(e.getMessage()));
      return READ_ON;
    }
  }

  /**
   * Publishes to the room, once the client has come in. If that is refused the client is told, and
   * the session goes on.
   *
   * @return completes when the next may be read
   */
  protected final CompletionStage<?> publish(Draft draft) {
    if (seat.session().isEmpty()) {
      return mistake("come in first", draft.body().size());
    }
    Optional<Throttle.Refusal> over = pace.onPublish();
    if (over.isPresent()) {
      send(error(over.get().reason()));
      seat.session().ifPresent(s -> trace.onLimited(room.name(), s.member(), over.get()));
      return pace.pause(over.get());
    }
    if (!seat.may(Right.PUBLISH)) {
      send(error("you may not publish in this room"));
      return READ_ON;
    }
    HeldBytes.Part memory;
    try {
      memory = caller.charges().draft(draft.body().size());
    } catch (RefusedException full) {
      send(error(full.getMessage()));
      return pace.pause();
    }
    CompletableFuture<Receipt> settled =
        seat.publish(draft, false, memory, (receipt, failure) -> onSettled(failure));
    // Refused before its room has seen it: too much waits.
    return settled.isCompletedExceptionally() ? pace.pause() : READ_ON;
  }

  private void onSettled(Throwable failure) {
    if (failure != null) {
      send(error(Refusals.of(failure).getMessage()));
    }
  }

  /**
   * Tells that a frame cannot be read, and counts it.
   *
   * @param length of the frame, in characters
   * @return completes when the next may be read
   */
  protected final CompletionStage<?> mistake(String why, int length) {
    send(error(why));
    return pace.orPause(Work.UNREADABLE, length);
  }

  @Override
  public void onOpen() {
    // The client begins.
  }

  private boolean isOver() {
    return sender.isClosing() || seat.isGone();
  }

  @Override
  public final CompletionStage<?> onMessage(Body message) {
    if (isOver()) {
      return READ_ON;
    }
    CompletionStage<?> settled =
        message.isText()
            ? onText(message.text())
            : mistake("binary frames mean nothing here", message.size());
    return Conversation.readsOn(settled) ? taken() : settled.thenCompose(done -> taken());
  }

  /** Completes once the client has read what it was told. */
  private CompletionStage<?> taken() {
    return pace.elsewhere(sender.answersTaken());
  }

  @Override
  public final CompletionStage<?> onTrifle() {
    return pace.onTrifle();
  }

  @Override
  public final void onEnding(Runnable whenAnswered) {
    seat.whenAnswered(whenAnswered);
  }

  @Override
  public final void onTick() {
    seat.onTick();
    long open = waking.getAsLong() - openedAt;
    if (!isIntroduced && open > ENTER_WITHIN.toNanos()) {
      close(LATE);
    } else if (seat.session().isEmpty() && open > ADMITTED_WITHIN.toNanos()) {
      // Whoever looks at tokens does not answer.
      close(CloseReason.OVERLOADED);
    } else if (caller.hasExpired()) {
      close(CloseReason.EXPIRED);
    }
  }

  @Override
  public final void onGone() {
    seat.onGone();
    caller.end();
  }

  @Override
  public final void close(CloseReason reason) {
    if (sender.close(reason, Optional.of(error(reason.text())))) {
      seat.onClosing(reason);
    }
  }
}
