package io.durablechat.gateway.limits;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Turns at what takes much memory or time: few have one at once, and addresses have theirs one
 * after another, however much each of them asks for. Nobody waits in a thread. Safe for use by
 * several threads.
 */
final class FairTurns {
  private record Entry(Executor executor, Runnable task, CompletableFuture<?> result) {}

  /** What waits, by address; the address whose turn is next comes first. */
  private final Map<Optional<Object>, Queue<Entry>> waiting = new LinkedHashMap<>();

  private int free;

  FairTurns(int atATime) {
    this.free = atATime;
  }

  /**
   * Begins a task when it is its turn, which ends when that has completed.
   *
   * @param network whose turn it is, see {@link Throttle#network}
   * @param executor where it begins
   * @return completes with what the task does; fails if the executor refuses it
   */
  <T> CompletableFuture<T> pass(
      Optional<Object> network, Executor executor, Supplier<CompletionStage<T>> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Entry entry = new Entry(executor, () -> begin(task, result), result);
    synchronized (this) {
      waiting.computeIfAbsent(network, n -> new ArrayDeque<>(1)).add(entry);
    }
    letIn();
    return result;
  }

  private <T> void begin(Supplier<CompletionStage<T>> task, CompletableFuture<T> result) {
    if (result.isDone()) {
      // Its executor has refused it, and yet kept it.
      return;
    }
    CompletionStage<T> begun;
    try {
      begun = task.get();
    } catch (Throwable e) {
      begun = CompletableFuture.failedFuture(e);
    }
    begun.whenComplete(
        (done, e) -> {
          leave();
          if (e == null) {
            result.complete(done);
          } else {
            result.completeExceptionally(e);
          }
        });
  }

  private void leave() {
    synchronized (this) {
      free++;
    }
    letIn();
  }

  private void letIn() {
    for (Entry next = next(); next != null; next = next()) {
      try {
        next.executor().execute(next.task());
      } catch (Throwable e) {
        // It is shut down, say: whoever waits is told, and holds up nobody.
        if (next.result().completeExceptionally(e)) {
          synchronized (this) {
            free++;
          }
        }
      }
    }
  }

  /** Takes the turn of whoever is next; null if nobody waits, or too many have theirs. */
  private synchronized Entry next() {
    if (free == 0 || waiting.isEmpty()) {
      return null;
    }
    free--;
    Optional<Object> network = waiting.keySet().iterator().next();
    Queue<Entry> entries = waiting.remove(network);
    Entry next = entries.remove();
    if (!entries.isEmpty()) {
      waiting.put(network, entries);
    }
    return next;
  }
}
