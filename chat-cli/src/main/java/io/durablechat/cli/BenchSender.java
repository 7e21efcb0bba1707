package io.durablechat.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Sends messages over one connection, one write at a time. What is due waits as a number, so that
 * however far the server falls behind, nothing piles up here. May be used by several threads.
 */
final class BenchSender {
  private final BenchClient client;
  private final IntFunction<String> message;
  private final AtomicInteger due = new AtomicInteger();
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicBoolean isWriting = new AtomicBoolean();

  /**
   * A sender.
   *
   * @param message gives the message of a sequence, and is asked when it is about to be written
   */
  BenchSender(BenchClient client, IntFunction<String> message) {
    this.client = client;
    this.message = message;
  }

  /** So many more are to be sent. */
  void allow(int messages) {
    due.addAndGet(messages);
    write();
  }

  private void write() {
    // Whoever has written looks again: what became due meanwhile was left to it.
    while (due.get() > sent.get() && isWriting.compareAndSet(false, true)) {
      if (due.get() == sent.get()) {
        isWriting.set(false);
        continue;
      }
      CompletableFuture<?> written = client.publish(message.apply(sent.get()));
      if (!written.isDone()) {
        written.whenComplete((socket, failure) -> onWritten(failure));
        return;
      }
      if (written.isCompletedExceptionally()) {
        return; // Still writing, as it were: never again.
      }
      sent.incrementAndGet();
      isWriting.set(false);
    }
  }

  private void onWritten(Throwable failure) {
    if (failure == null) {
      sent.incrementAndGet();
      isWriting.set(false);
      write();
    }
  }

  /** How many were written. */
  int sent() {
    return sent.get();
  }

  /** How many were due and could not be written. */
  int unsent() {
    return client.isOpen() ? due.get() - sent.get() : 0;
  }
}
