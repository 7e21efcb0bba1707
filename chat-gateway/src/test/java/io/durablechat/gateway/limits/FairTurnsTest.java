package io.durablechat.gateway.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Turns whose tasks end when the test says. */
final class FairTurnsTest {
  private final FairTurns turns = new FairTurns(2);
  private final List<String> begun = new ArrayList<>();
  private final List<CompletableFuture<String>> running = new ArrayList<>();

  private CompletableFuture<String> ask(String network, String what) {
    return turns.pass(
        Optional.of(network),
        Runnable::run,
        () -> {
          begun.add(what);
          CompletableFuture<String> task = new CompletableFuture<>();
          running.add(task);
          return task;
        });
  }

  private void endFirst() {
    running.remove(0).complete("done");
  }

  @Test
  void fewHaveATurnAtATime() {
    for (int i = 0; i < 5; i++) {
      ask("home", "" + i);
    }
    assertEquals(List.of("0", "1"), begun);
    endFirst();
    assertEquals(List.of("0", "1", "2"), begun);
  }

  @Test
  void oneThatAsksForLittleDoesNotWaitForAllThatAnotherAsks() {
    for (int i = 0; i < 100; i++) {
      ask("home", "home " + i);
    }
    CompletableFuture<String> other = ask("elsewhere", "elsewhere");
    endFirst();
    endFirst();
    assertEquals(List.of("home 0", "home 1", "home 2", "elsewhere"), begun);
    endFirst();
    endFirst();
    assertTrue(other.isDone());
  }

  @Test
  void aTaskThatFailsEndsItsTurn() {
    CompletableFuture<String> failing =
        turns.pass(
            Optional.empty(),
            Runnable::run,
            () -> {
              throw new IllegalStateException("inner detail");
            });
    assertTrue(failing.isCompletedExceptionally());
    ask("home", "0");
    ask("home", "1");
    assertEquals(List.of("0", "1"), begun);
  }

  @Test
  void whoeverCannotBeginAnyMoreIsToldSo() {
    ask("home", "0");
    ask("home", "1");
    List<CompletableFuture<String>> refused = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      refused.add(
          turns.pass(
              Optional.of("home"),
              task -> {
                throw new RejectedExecutionException("shut down");
              },
              () -> CompletableFuture.completedFuture("never")));
    }
    endFirst();
    assertTrue(refused.stream().allMatch(CompletableFuture::isCompletedExceptionally));
    ask("home", "2");
    assertEquals(List.of("0", "1", "2"), begun);
  }

  @Test
  void manyThatEndAtOnceDoNotPileUpCalls() {
    ask("home", "0");
    ask("home", "1");
    List<CompletableFuture<String>> all = new ArrayList<>();
    List<Runnable> tasks = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      all.add(
          turns.pass(
              Optional.of("home"), tasks::add, () -> CompletableFuture.completedFuture("done")));
    }
    endFirst();
    while (!tasks.isEmpty()) {
      tasks.remove(tasks.size() - 1).run();
    }
    assertTrue(all.stream().allMatch(CompletableFuture::isDone));
  }
}
