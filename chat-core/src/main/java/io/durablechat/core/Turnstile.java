package io.durablechat.core;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Lets so many in at a time, and the others in the order they came. Nobody waits in a thread. Safe
 * for use by several threads.
 */
final class Turnstile {
  private record Entry(BooleanSupplier isWanted, Runnable task) {}

  private final Queue<Entry> waiting = new ArrayDeque<>();
  private int free;

  /** Whether a thread is letting in: what comes free meanwhile it sees by itself. */
  private boolean isLettingIn;

  Turnstile(int atATime) {
    this.free = atATime;
  }

  /**
   * Runs this, now or once others have left; {@link #leave} is owed when it is done with.
   *
   * @param isWanted asked when it is its turn, on any thread: if not, it is dropped
   */
  void enter(BooleanSupplier isWanted, Runnable task) {
    synchronized (this) {
      waiting.add(new Entry(isWanted, task));
    }
    letIn();
  }

  /**
   * Begins this when it is its turn, and leaves when that has completed; completes with what it
   * does. If by then the future that this returned is complete, such as cancelled, nothing is
   * begun.
   */
  <T> CompletableFuture<T> pass(BooleanSupplier isWanted, Supplier<CompletionStage<T>> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    enter(
        () -> !result.isDone() && isWanted.getAsBoolean(),
        () ->
            begun(task)
                .whenComplete(
                    (value, e) -> {
                      leave();
                      if (e == null) {
                        result.complete(value);
                      } else {
                        result.completeExceptionally(e);
                      }
                    }));
    return result;
  }

  private static <T> CompletionStage<T> begun(Supplier<CompletionStage<T>> task) {
    try {
      return task.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(RefusedException.storage(e));
    }
  }

  /** Lets the next one in. */
  void leave() {
    synchronized (this) {
      free++;
    }
    letIn();
  }

  /** One after another: what leaves within the call that let it in must not pile up calls. */
  private void letIn() {
    while (true) {
      Entry next;
      synchronized (this) {
        if (isLettingIn || free == 0 || waiting.isEmpty()) {
          return;
        }
        isLettingIn = true;
        free--;
        next = waiting.remove();
      }
      boolean isIn = false;
      try {
        isIn = next.isWanted().getAsBoolean();
        if (isIn) {
          next.task().run();
        }
      } finally {
        synchronized (this) {
          isLettingIn = false;
          free += isIn ? 0 : 1;
        }
      }
    }
  }
}
