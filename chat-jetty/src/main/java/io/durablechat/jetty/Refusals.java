package io.durablechat.jetty;

import java.util.concurrent.CompletionException;

/** Failures of stages, without what the stages wrapped around them. */
final class Refusals {
  private Refusals() {}

  static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
