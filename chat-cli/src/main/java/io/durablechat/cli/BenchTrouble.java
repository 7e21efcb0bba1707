package io.durablechat.cli;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** How often something went wrong, and why it did first. May be used by several threads. */
final class BenchTrouble {
  private final LongAdder count = new LongAdder();
  private final AtomicReference<String> first = new AtomicReference<>();

  BenchTrouble() {}

  void note(String reason) {
    count.increment();
    first.compareAndSet(null, reason);
  }

  long count() {
    return count.sum();
  }

  Optional<String> first() {
    return Optional.ofNullable(first.get());
  }
}
