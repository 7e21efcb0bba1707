package io.durablechat.core;

import static java.util.concurrent.CompletableFuture.completedFuture;

import io.durablechat.core.Joined.Resume;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Where a session's replay begins: after {@code position}. Finding it reads backwards, page by
 * page; the replay itself is then the same feeding from the log that slow sessions get.
 */
record Beginning(Resume resume, long position, OptionalLong first) {

  /** Finds the beginning that this start asks for, in a room whose log ends at {@code head}. */
  static CompletionStage<Beginning> find(
      Start start, Cursor head, Function<Range, CompletionStage<Page>> log) {
    if (start.cursor().isEmpty()) {
      return fresh(Resume.FRESH, start, head, log);
    }
    Cursor cursor = start.cursor().get();
    if (cursor.lineage() != head.lineage()) {
      return fresh(Resume.RESET, start, head, log);
    }
    if (cursor.sequence() > head.sequence()) {
      // The log may be ahead of what the room has delivered, and the cursor come from the log.
      return log.apply(Range.last(1))
          .thenCompose(
              page ->
                  cursor.sequence() > page.head().sequence()
                      ? fresh(Resume.RESET, start, head, log)
                      : exactly(cursor));
    }
    if (cursor.sequence() == head.sequence()) {
      return exactly(cursor);
    }
    if (start.atMost().isPresent()) {
      return new Backwards(log, cursor.sequence())
          .from(head.sequence() + 1, start.atMost().getAsInt())
          .thenApply(found -> resumed(cursor.sequence(), found));
    }
    return log.apply(Range.after(cursor.sequence(), 1))
        .thenApply(page -> untrimmed(cursor.sequence(), page));
  }

  /** This beginning, if by now retention has removed its start: where the page begins. */
  Beginning trimmed(Page page) {
    if (resume == Resume.FRESH || resume == Resume.RESET) {
      return new Beginning(resume, page.trimmedThrough(), first);
    }
    Resume said = resume == Resume.EXACT ? Resume.TRIMMED : resume;
    return new Beginning(said, page.trimmedThrough(), OptionalLong.of(firstOf(page)));
  }

  private static CompletionStage<Beginning> exactly(Cursor cursor) {
    return completedFuture(new Beginning(Resume.EXACT, cursor.sequence(), OptionalLong.empty()));
  }

  private static long firstOf(Page page) {
    return page.messages().isEmpty()
        ? page.trimmedThrough() + 1
        : page.messages().get(0).sequence();
  }

  private static CompletionStage<Beginning> fresh(
      Resume resume, Start start, Cursor head, Function<Range, CompletionStage<Page>> log) {
    if (start.history() == 0) {
      return completedFuture(new Beginning(resume, head.sequence(), OptionalLong.empty()));
    }
    return new Backwards(log, 0)
        .from(head.sequence() + 1, start.history())
        .thenApply(found -> new Beginning(resume, found.position(), OptionalLong.empty()));
  }

  private static Beginning resumed(long cursor, Found found) {
    if (found.position() > Math.max(cursor, found.trimmedThrough())) {
      return new Beginning(Resume.SKIPPED, found.position(), OptionalLong.of(found.first()));
    }
    return found.trimmedThrough() > cursor
        ? new Beginning(Resume.TRIMMED, found.trimmedThrough(), OptionalLong.of(found.first()))
        : new Beginning(Resume.EXACT, cursor, OptionalLong.empty());
  }

  private static Beginning untrimmed(long cursor, Page page) {
    long trimmed = page.trimmedThrough();
    if (trimmed <= cursor) {
      return new Beginning(Resume.EXACT, cursor, OptionalLong.empty());
    }
    return new Beginning(Resume.TRIMMED, trimmed, OptionalLong.of(firstOf(page)));
  }

  /** The place before the oldest record wanted, and that record. */
  private record Found(long position, long first, long trimmedThrough) {}

  /** Walks back from the head until enough records lie behind, or the floor, or the beginning. */
  private record Backwards(Function<Range, CompletionStage<Page>> log, long floor) {

    CompletionStage<Found> from(long before, int wanted) {
      return log.apply(Range.before(before, Math.min(wanted, Range.MAX_MESSAGES)))
          .thenCompose(page -> onPage(page, before, wanted));
    }

    private CompletionStage<Found> onPage(Page page, long before, int wanted) {
      long trimmed = page.trimmedThrough();
      if (page.messages().isEmpty()) {
        return completedFuture(new Found(trimmed, before, trimmed));
      }
      Message oldest = page.messages().get(0);
      int left = wanted - page.messages().size();
      return left <= 0 || oldest.previous() <= Math.max(floor, trimmed)
          ? completedFuture(new Found(oldest.previous(), oldest.sequence(), trimmed))
          : from(oldest.sequence(), left);
    }
  }
}
