package io.durablechat.core;

import java.util.List;

/** What the sessions of a room are given at the end of a turn. */
record Delivery(List<Batch> batches, List<Signal> signals) {
  boolean isEmpty() {
    return batches.isEmpty() && signals.isEmpty();
  }
}
