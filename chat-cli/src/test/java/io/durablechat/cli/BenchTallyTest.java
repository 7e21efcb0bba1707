package io.durablechat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A checker that cannot fail is worth nothing. */
final class BenchTallyTest {
  /** Three senders in two rooms: the first and the last are in this one. */
  private final BenchTally tally = new BenchTally(0, 2, 3);

  private final int[] sent = {4, 9, 0};

  private boolean deliver(int room, int sender, int sequence) {
    return tally.onDelivered(new BenchMessage(room, sender, sequence, 0));
  }

  private void deliverInTurn(int... sequences) {
    IntStream.of(sequences).forEach(sequence -> deliver(0, 0, sequence));
  }

  @Test
  void findsNothingWrongWithAllOnceInOrder() {
    deliverInTurn(0, 1, 2, 3);
    assertEquals(new BenchCounts(4, 0, 0, 0, 0), tally.counts(sent));
    assertTrue(tally.counts(sent).isSound());
  }

  @Test
  void countsWhatWasDropped() {
    deliverInTurn(0, 2, 3);
    assertEquals(new BenchCounts(3, 1, 0, 0, 0), tally.counts(sent));
    assertFalse(tally.counts(sent).isSound());
  }

  @Test
  void countsWhatWasDroppedAtTheEnd() {
    deliverInTurn(0, 1);
    assertEquals(new BenchCounts(2, 2, 0, 0, 0), tally.counts(sent));
  }

  @Test
  void countsASenderThatWasNotHeardAtAll() {
    assertEquals(new BenchCounts(0, 9, 0, 0, 0), tally.counts(new int[] {4, 1, 5}));
  }

  @Test
  void countsADuplicate() {
    deliverInTurn(0, 1);
    assertFalse(deliver(0, 0, 1));
    deliverInTurn(2, 3);
    assertEquals(new BenchCounts(4, 0, 1, 0, 0), tally.counts(sent));
    assertFalse(tally.counts(sent).isSound());
  }

  @Test
  void countsASwapOnceAndNothingAsMissing() {
    deliverInTurn(0, 2, 1, 3);
    assertEquals(new BenchCounts(4, 0, 0, 1, 0), tally.counts(sent));
    assertFalse(tally.counts(sent).isSound());
  }

  @Test
  void countsWhatCameLateAndThenAgain() {
    deliverInTurn(0, 2, 1, 1, 3);
    assertEquals(new BenchCounts(4, 0, 1, 1, 0), tally.counts(sent));
  }

  @Test
  void countsWhatBelongsToAnotherRoom() {
    deliverInTurn(0, 1, 2, 3);
    assertFalse(deliver(1, 1, 0));
    assertEquals(new BenchCounts(4, 0, 0, 0, 1), tally.counts(sent));
    assertFalse(tally.counts(sent).isSound());
  }

  @Test
  void keepsSendersApart() {
    deliverInTurn(0, 1, 2, 3);
    assertTrue(deliver(0, 2, 0));
    assertEquals(new BenchCounts(5, 0, 0, 0, 0), tally.counts(new int[] {4, 9, 1}));
  }
}
