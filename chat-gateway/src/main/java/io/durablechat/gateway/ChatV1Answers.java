package io.durablechat.gateway;

import io.durablechat.core.CloseReason;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.gateway.limits.Meters;
import io.durablechat.gateway.limits.Refusals;
import io.durablechat.gateway.limits.Throttle;
import io.durablechat.gateway.limits.Work;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.gateway.transport.FrameSender;
import io.durablechat.wire.ErrorCode;
import io.durablechat.wire.Event;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers to what one client of {@code chat.v1} asks for, refusals and mistakes included, and
 * when more may be read after each. Commands come one after another.
 */
final class ChatV1Answers {
  private static final Logger LOG = LoggerFactory.getLogger(ChatV1Answers.class);

  /** What a command does; completes when the next may be read. */
  interface Command extends Supplier<CompletionStage<?>> {}

  private final FrameSender sender;
  private final ReadPace pace;
  private final Seat<EncodedFrames> seat;
  private final Meters meters;
  private final Consumer<CloseReason> close;

  ChatV1Answers(
      FrameSender sender,
      ReadPace pace,
      Seat<EncodedFrames> seat,
      Meters meters,
      Consumer<CloseReason> close) {
    this.sender = sender;
    this.pace = pace;
    this.seat = seat;
    this.meters = meters;
    this.close = close;
  }

  void send(String line) {
    sender.send(line);
  }

  void send(Event event) {
    send(event.toJson());
  }

  void error(Optional<String> id, ErrorCode code, String message) {
    send(ServerObjects.error(id, code, message, Optional.empty()));
  }

  void error(Optional<String> id, RefusedException refusal) {
    send(ServerObjects.error(id, refusal));
  }

  /** Returns whether nothing more is heard from the client. */
  boolean isOver() {
    return sender.isClosing() || seat.isGone();
  }

  /** Completes once the client has read what it was answered. */
  CompletionStage<?> taken() {
    return pace.elsewhere(sender.answersTaken());
  }

  /**
   * Does what is asked for, or answers why not.
   *
   * @param length of what was read for it, in characters
   */
  CompletionStage<?> orError(Optional<String> id, int length, Command command) {
    try {
      return command.get();
    } catch (BadRequestException | IllegalArgumentException e) {
      return badRequest(id, e, length);
    } catch (RefusedException e) {
      error(id, e);
      return e.reason() == Reason.OVERLOADED ? pace.pause() : Conversation.READ_ON;
    }
  }

  /** Values refuse what they cannot be with a line that is fit to be shown. */
  CompletionStage<?> badRequest(Optional<String> id, RuntimeException why, int length) {
    error(id, ErrorCode.BAD_REQUEST, why.getMessage());
    return pace.orPause(Work.UNREADABLE, length);
  }

  /** A refusal costs us no less than its sender: who goes on at once is read from more slowly. */
  CompletionStage<?> rateLimited(Optional<String> id, Throttle.Refusal over) {
    send(
        ServerObjects.error(
            id, ErrorCode.RATE_LIMITED, over.reason(), Optional.of(over.retryAfter())));
    seat.session().ifPresent(s -> meters.trace().onLimited(seat.room().name(), s.member(), over));
    return pace.pause(over);
  }

  /** The same on another thread: it takes a while, and no other connection waits for it. */
  CompletionStage<?> elsewhere(Optional<String> id, int length, Command command) {
    return pace.elsewhere().thenCompose(here -> unlessOver(id, length, command));
  }

  private CompletionStage<?> unlessOver(Optional<String> id, int length, Command command) {
    return isOver() ? Conversation.READ_ON : orError(id, length, command);
  }

  /** The same once this has completed; nothing more is read meanwhile. */
  CompletionStage<?> after(
      CompletionStage<?> stage, Optional<String> id, int length, Command command) {
    return Conversation.readsOn(stage)
        ? isOver() ? Conversation.READ_ON : command.get()
        : stage
            .thenCompose(in -> elsewhere(id, length, command))
            .whenComplete((done, e) -> onFault(e));
  }

  private void onFault(Throwable e) {
    if (e != null) {
      LOG.error("A frame could not be handled; its connection is closed", e);
      close.accept(CloseReason.FAULT);
    }
  }

  /** Says what became of something, and goes on then: so no more than one waits for a room. */
  <T> CompletionStage<?> answered(String id, CompletionStage<T> asked, Function<T, Event> ok) {
    seat.begin();
    return pace.elsewhere(
        asked.handle(
            (done, e) -> {
              send(
                  e == null
                      ? ok.apply(done)
                      : ServerObjects.error(Optional.of(id), Refusals.of(e)));
              seat.end();
              return null;
            }));
  }

  /** Refuses a second page while one is on its way. */
  static RefusedException oneAtATime() {
    return RefusedException.retryable(
        Reason.OVERLOADED, "one history at a time", Duration.ofSeconds(1));
  }
}
