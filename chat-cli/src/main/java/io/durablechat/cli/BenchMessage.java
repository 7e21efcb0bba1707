package io.durablechat.cli;

import java.util.Optional;

/**
 * What a message of a run carries: where it belongs, and when it was meant to be sent. As text: the
 * run's own word, then these four as numbers, a space after each, then points up to its size.
 *
 * @param room the number of its room in this run
 * @param sender the number of its sender in this run
 * @param sequence how many that sender had sent before
 * @param intended when it was to be sent, in nanoseconds since the run was set up
 */
record BenchMessage(int room, int sender, int sequence, long intended) {
  /** Holds the longest numbers there can be. */
  static final int MIN_BYTES = 64;

  private static final int NUMBERS = 4;

  String text(String run, int bytes) {
    StringBuilder text = new StringBuilder(bytes).append(run).append(' ');
    text.append(room).append(' ').append(sender).append(' ').append(sequence).append(' ');
    text.append(intended).append(' ');
    return text.append(".".repeat(bytes - text.length())).toString();
  }

  /** The message of this run in a text; empty if it is something else. */
  static Optional<BenchMessage> parse(String run, String text) {
    if (!text.startsWith(run)) {
      return Optional.empty();
    }
    long[] numbers = new long[NUMBERS];
    int from = run.length() + 1;
    for (int i = 0; i < NUMBERS; i++) {
      int to = text.indexOf(' ', from);
      if (to < 0) {
        return Optional.empty();
      }
      numbers[i] = Long.parseLong(text, from, to, 10);
      from = to + 1;
    }
    return Optional.of(
        new BenchMessage((int) numbers[0], (int) numbers[1], (int) numbers[2], numbers[3]));
  }
}
