package io.durablechat.gateway.limits;

import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import java.util.concurrent.CompletionException;

/** Failures of stages, without what the stages wrapped around them. */
public final class Refusals {
  private Refusals() {}

  /** What a failure is to whoever asked: nothing of the inside. */
  public static RefusedException of(Throwable failure) {
    return cause(failure) instanceof RefusedException refusal
        ? refusal
        : RefusedException.of(Reason.STORAGE, "internal error");
  }

  public static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
