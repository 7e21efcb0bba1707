package io.durablechat.gateway.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class WriteLoopTest {
  /** What the loop under test has to write, and what became of it. */
  private final Queue<String> waiting = new ArrayDeque<>();

  private final List<String> told = new ArrayList<>();
  private Runnable onBegun = () -> {};
  private boolean ends;

  private final WriteLoop loop =
      new WriteLoop() {
        @Override
        protected Step step() {
          String next = waiting.poll();
          if (next == null) {
            return ends ? Step.DONE : Step.IDLE;
          }
          told.add(next);
          onBegun.run();
          return Step.WRITING;
        }

        @Override
        protected void onDone() {
          told.add("done");
        }

        @Override
        protected void onFailure(Throwable cause) {
          told.add(cause.getMessage());
        }
      };

  @Test
  void nextWriteWaitsForTheOneInFlight() {
    waiting.addAll(List.of("a", "b"));
    loop.iterate();
    loop.iterate();
    assertEquals(List.of("a"), told);
    loop.succeeded();
    assertEquals(List.of("a", "b"), told);
  }

  @Test
  void whatComesWhileIdleIsWrittenOnceAskedFor() {
    loop.iterate();
    waiting.add("a");
    assertEquals(List.of(), told);
    loop.iterate();
    loop.succeeded();
    waiting.add("b");
    loop.iterate();
    assertEquals(List.of("a", "b"), told);
  }

  @Test
  void writesThatEndAtOnceTakeNoStack() {
    for (int i = 0; i < 100_000; i++) {
      waiting.add("w");
    }
    onBegun = () -> loop.succeeded();
    loop.iterate();
    assertEquals(100_000, told.size());
  }

  @Test
  void whatComesWithinAStepIsWrittenAfterIt() {
    waiting.add("a");
    onBegun =
        () -> {
          onBegun = () -> {};
          waiting.add("b");
          loop.iterate();
          loop.succeeded();
        };
    loop.iterate();
    assertEquals(List.of("a", "b"), told);
  }

  @Test
  void nothingFollowsTheEnd() {
    ends = true;
    waiting.add("a");
    loop.iterate();
    loop.succeeded();
    waiting.add("b");
    loop.iterate();
    assertEquals(List.of("a", "done"), told);
  }

  @Test
  void writeThatFailsLaterEndsIt() {
    waiting.addAll(List.of("a", "b"));
    loop.iterate();
    loop.failed(new IllegalStateException("gone"));
    loop.failed(new IllegalStateException("gone again"));
    loop.iterate();
    loop.succeeded();
    assertEquals(List.of("a", "gone"), told);
  }

  @Test
  void writeThatFailsAtOnceEndsItAfterTheStep() {
    waiting.addAll(List.of("a", "b"));
    onBegun =
        () -> {
          loop.failed(new IllegalStateException("gone"));
          told.add("end of step");
        };
    loop.iterate();
    loop.iterate();
    assertEquals(List.of("a", "end of step", "gone"), told);
  }

  @Test
  void stepThatThrowsEndsIt() {
    waiting.addAll(List.of("a", "b"));
    onBegun =
        () -> {
          throw new IllegalStateException("broken");
        };
    loop.iterate();
    loop.iterate();
    assertEquals(List.of("a", "broken"), told);
  }

  @Test
  void stepsOfManyThreadsNeverOverlapAndLeaveNothing() throws Exception {
    int threads = 4;
    int each = 20_000;
    AtomicInteger due = new AtomicInteger();
    AtomicInteger stepping = new AtomicInteger();
    AtomicInteger written = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(threads * each);
    ExecutorService pool = Executors.newFixedThreadPool(threads + 1);
    try {
      WriteLoop busy =
          new WriteLoop() {
            @Override
            protected Step step() {
              if (stepping.incrementAndGet() != 1) {
                overlaps.incrementAndGet();
              }
              boolean any = due.get() > 0;
              if (any) {
                due.decrementAndGet();
                written.incrementAndGet();
                all.countDown();
              }
              stepping.decrementAndGet();
              if (any && written.get() % 3 == 0) {
                succeeded();
              } else if (any) {
                pool.execute(this::succeeded);
              }
              return any ? Step.WRITING : Step.IDLE;
            }

            @Override
            protected void onFailure(Throwable cause) {
              overlaps.incrementAndGet();
            }
          };
      for (int t = 0; t < threads; t++) {
        pool.execute(
            () -> {
              for (int i = 0; i < each; i++) {
                due.incrementAndGet();
                busy.iterate();
              }
            });
      }
      assertTrue(all.await(60, TimeUnit.SECONDS), () -> due + " wait for ever");
    } finally {
      pool.shutdownNow();
    }
    assertEquals(0, overlaps.get());
    assertEquals(threads * each, written.get());
  }
}
