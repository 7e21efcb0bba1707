package io.durablechat.core;

import io.durablechat.core.RefusedException.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A draft on its way into the log: what it takes up meanwhile, and whom to tell what became of it.
 *
 * @param author who publishes, as called when its turn comes
 * @param attributes what else the room is told of who publishes
 * @param isVoid whether it must not be published any more, when its turn comes
 * @param onRefused run if it may not be published in its turn, before the next one's
 */
record Publication(
    Supplier<Member> author,
    Supplier<SessionAttributes> attributes,
    Draft draft,
    Allowance allowance,
    BooleanSupplier isVoid,
    Runnable onRefused,
    CompletableFuture<Receipt> receipt) {

  Publication(
      Supplier<Member> author,
      Supplier<SessionAttributes> attributes,
      Draft draft,
      Allowance allowance,
      BooleanSupplier isVoid,
      Runnable onRefused) {
    this(author, attributes, draft, allowance, isVoid, onRefused, new CompletableFuture<>());
  }

  /** Takes its place among what waits; says why not, if it may not. Before the mailbox. */
  Optional<RefusedException> begin(Terms terms) {
    int size = draft.body().size();
    if (size > terms.maxMessageBytes()) {
      String limit = "message is larger than " + terms.maxMessageBytes() + " bytes";
      return Optional.of(RefusedException.of(Reason.TOO_LARGE, limit));
    }
    return allowance.tryAcquire(size)
        ? Optional.empty()
        : Optional.of(
            RefusedException.retryable(
                Reason.OVERLOADED, "too many messages wait to be kept", Duration.ofSeconds(1)));
  }

  /** Gives its place back; once, before its author is told. */
  void release() {
    allowance.release(draft.body().size());
  }
}
