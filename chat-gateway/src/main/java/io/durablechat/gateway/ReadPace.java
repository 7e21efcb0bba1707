package io.durablechat.gateway;

import io.durablechat.gateway.auth.Visitor;
import io.durablechat.gateway.limits.SessionCharges;
import io.durablechat.gateway.limits.Throttle;
import io.durablechat.gateway.limits.Work;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The pace at which one connection is read from: a client that is over its limits is read from more
 * slowly the longer it goes on. Messages come one after another.
 */
final class ReadPace {
  /** How long a client that is refused is not read from, and twice as long each time it goes on. */
  static final Duration FIRST_PAUSE = Duration.ofMillis(250);

  /** Pings and closes of its client wait as well, meanwhile. */
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private static final int MOST_DOUBLINGS = 2;

  private final Caller caller;
  private final SessionCharges charges;
  private final Function<Duration, CompletionStage<?>> pauses;

  /** How often in a row something was refused. */
  private int refused;

  /**
   * @param pauses gives stages that complete after a time, which may be none, on a thread that may
   *     go on reading and take its time
   */
  ReadPace(Caller caller, SessionCharges charges, Function<Duration, CompletionStage<?>> pauses) {
    this.caller = caller;
    this.charges = charges;
    this.pauses = pauses;
  }

  /** Returns why nothing may be published just now. */
  Optional<Throttle.Refusal> onPublish() {
    return noted(caller.onPublish());
  }

  /**
   * Returns why this may not be asked for just now.
   *
   * @param bytes how much was read for it
   */
  public Optional<Throttle.Refusal> onRequest(Work work, long bytes) {
    return noted(charges.onRequest(work, caller.visitor().map(Visitor::member), bytes));
  }

  private Optional<Throttle.Refusal> noted(Optional<Throttle.Refusal> refusal) {
    refused = refusal.isEmpty() ? 0 : refused + 1;
    return refusal;
  }

  /** Something came that has no effect; completes when more may be read. */
  CompletionStage<?> onTrifle() {
    return orPause(Work.TRIFLE, 0);
  }

  /** Something came that counts; completes when more may be read. */
  CompletionStage<?> orPause(Work work, long bytes) {
    return onRequest(work, bytes).<CompletionStage<?>>map(this::pause).orElse(Conversation.READ_ON);
  }

  /** Completes when a client that was refused this may be read from again. */
  CompletionStage<?> pause(Throttle.Refusal over) {
    // What an address has too little of is there again at once, for one of its many sessions.
    return over.retryAfter().compareTo(FIRST_PAUSE) < 0 && over.limit().isOfSession()
        ? pauses.apply(over.retryAfter())
        : pause();
  }

  /** Completes when a client that was refused something may be read from again. */
  CompletionStage<?> pause() {
    Duration pause =
        FIRST_PAUSE.multipliedBy(1L << Math.min(Math.max(refused - 1, 0), MOST_DOUBLINGS));
    return pauses.apply(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
  }

  /** Completes at once, on a thread that may take its time and that no room waits for. */
  CompletionStage<?> elsewhere() {
    return pauses.apply(Duration.ZERO);
  }

  /** The same once this has completed, unless it has. */
  CompletionStage<?> elsewhere(CompletionStage<?> stage) {
    return Conversation.readsOn(stage) ? stage : stage.thenCompose(done -> elsewhere());
  }
}
