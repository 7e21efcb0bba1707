package io.durablechat.core;

import static java.util.concurrent.CompletableFuture.completedFuture;

import io.durablechat.core.Joined.Resume;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * Where a session's replay begins: after {@code position}. It is found without reading what anybody
 * said; the replay itself is then the same feeding from the log that slow sessions get.
 */
record Beginning(Resume resume, long position) {
  /** With more records than this to be told of, who wants at most so many is told of the newest. */
  private static final int MAX_RECORDS = Newest.MAX_COUNT;

  /** How to look for a place in the log. */
  interface Locator {
    CompletionStage<Place> locate(Newest newest);

    CompletionStage<Cursor> reach(long sequence);
  }

  /** Finds the beginning that this start asks for, in a room whose log ends at {@code head}. */
  static CompletionStage<Beginning> find(Start start, Cursor head, Locator log) {
    if (start.cursor().isEmpty()) {
      return fresh(Resume.FRESH, start, head, log);
    }
    Cursor cursor = start.cursor().get();
    if (cursor.lineage() != head.lineage()) {
      return fresh(Resume.RESET, start, head, log);
    }
    if (cursor.sequence() > head.sequence()) {
      // The log may be ahead of what the room has delivered, and the cursor come from the log, of
      // this machine or of another.
      return log.reach(cursor.sequence())
          .thenCompose(
              end ->
                  cursor.sequence() > end.sequence() || cursor.lineage() != end.lineage()
                      ? fresh(Resume.RESET, start, head, log)
                      : completedFuture(exactly(cursor)));
    }
    return start.atMost().isEmpty() || cursor.sequence() == head.sequence()
        ? completedFuture(exactly(cursor))
        : atMost(start.atMost().getAsInt(), cursor, head, log);
  }

  /** If some of what follows was removed, that is seen when it is read. */
  private static Beginning exactly(Cursor cursor) {
    return new Beginning(Resume.EXACT, cursor.sequence());
  }

  private static CompletionStage<Beginning> fresh(
      Resume resume, Start start, Cursor head, Locator log) {
    long end =
        start
            .place()
            .filter(place -> place.lineage() == head.lineage())
            .map(Cursor::sequence)
            .orElse(head.sequence());
    return start.history() == 0
        ? completedFuture(new Beginning(resume, end))
        : log.locate(Newest.messages(start.history()).through(end))
            .thenApply(place -> new Beginning(resume, place.position()));
  }

  private static CompletionStage<Beginning> atMost(
      int messages, Cursor cursor, Cursor head, Locator log) {
    return log.locate(Newest.messages(messages).through(head.sequence()))
        .thenCompose(
            place ->
                place.position() <= cursor.sequence()
                    ? unlessRecordsAreTooMany(cursor, head, log)
                    : unlessMoreCame(place, cursor, head, log));
  }

  /** There may be more messages between the cursor and the place, or only what does not count. */
  private static CompletionStage<Beginning> unlessMoreCame(
      Place place, Cursor cursor, Cursor head, Locator log) {
    return log.locate(Newest.messages(1).through(place.position()))
        .thenCompose(
            before ->
                before.first().orElse(0) > cursor.sequence()
                    ? completedFuture(new Beginning(Resume.SKIPPED, place.position()))
                    : unlessRecordsAreTooMany(cursor, head, log));
  }

  private static CompletionStage<Beginning> unlessRecordsAreTooMany(
      Cursor cursor, Cursor head, Locator log) {
    // Sequences may skip, but not be used twice: so many they are at most.
    if (head.sequence() - cursor.sequence() <= MAX_RECORDS) {
      return completedFuture(exactly(cursor));
    }
    return log.locate(Newest.records(MAX_RECORDS).through(head.sequence()))
        .thenApply(
            place ->
                place.position() > Math.max(cursor.sequence(), place.trimmedThrough())
                    ? new Beginning(
                        Resume.SKIPPED, Math.max(cursor.sequence(), place.trimmedThrough()))
                    : exactly(cursor));
  }

  /**
   * Whether what follows, up to the head of now, is history: of that only what is there is given.
   */
  boolean isHistory() {
    return resume == Resume.FRESH || resume == Resume.RESET || resume == Resume.SKIPPED;
  }

  /** This beginning, if by now retention has removed its start. */
  Beginning trimmed(long trimmedThrough) {
    return new Beginning(resume == Resume.EXACT ? Resume.TRIMMED : resume, trimmedThrough);
  }

  /** What a session is told of where its replay begins, given the first record of that. */
  OptionalLong first(long sequence) {
    return resume == Resume.TRIMMED || resume == Resume.SKIPPED
        ? OptionalLong.of(sequence)
        : OptionalLong.empty();
  }
}
