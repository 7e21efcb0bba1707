package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.testkit.SteppedExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class StrandTest {
  private final SteppedExecutor executor = new SteppedExecutor();
  private final List<String> ran = new ArrayList<>();
  private final Strand strand = Strand.sharing(executor, () -> ran.add("end"));

  @Test
  void aTurnRunsWhatWaitsAndWhatThatAdds() {
    strand.execute(
        () -> {
          ran.add("a");
          strand.execute(() -> ran.add("c"));
        });
    strand.execute(() -> ran.add("b"));
    assertTrue(executor.runNext());
    assertEquals(List.of("a", "b", "c", "end"), ran);
    assertEquals(0, executor.waiting());
  }

  @Test
  void aBusyStrandQueuesBehindOthers() {
    Strand other = Strand.sharing(executor, () -> true);
    for (int i = 0; i < 3000; i++) {
      strand.execute(() -> ran.add("busy"));
    }
    other.execute(() -> ran.add("quiet"));
    executor.runAll();
    assertTrue(ran.indexOf("quiet") < 2000, "" + ran.indexOf("quiet"));
    assertEquals(3000, ran.stream().filter("busy"::equals).count());
  }

  @Test
  void aTurnMayGoOnElsewhereAndNothingRunsMeanwhile() {
    Strand paused = Strand.sharing(executor, () -> !ran.contains("a") || ran.contains("b"));
    paused.execute(() -> ran.add("a"));
    executor.runAll();
    paused.execute(() -> ran.add("b"));
    executor.runAll();
    assertEquals(List.of("a"), ran);
    paused.resume();
    executor.runAll();
    assertEquals(List.of("a", "b"), ran);
  }

  @Test
  void aThreadMayChooseWhereWhatItSetsOffRuns() {
    SteppedExecutor chosen = new SteppedExecutor();
    HandOff.to(chosen, () -> strand.execute(() -> ran.add("here")));
    assertEquals(0, executor.waiting());
    chosen.runAll();
    assertEquals(List.of("here", "end"), ran);
    strand.execute(() -> ran.add("there"));
    assertEquals(0, chosen.waiting());
    executor.runAll();
    assertEquals(List.of("here", "end", "there", "end"), ran);
  }

  @Test
  void whatMustNotMoveStaysOnItsOwnThread() {
    SteppedExecutor chosen = new SteppedExecutor();
    Strand writer = Strand.holding(executor, 64, () -> {});
    HandOff.to(chosen, () -> writer.execute(() -> ran.add("disk")));
    assertEquals(0, chosen.waiting());
    executor.runAll();
    assertEquals(List.of("disk"), ran);
  }

  @Test
  void aTaskThatThrowsIsItsOwnAffair() {
    strand.execute(
        () -> {
          throw new StackOverflowError("inner detail");
        });
    strand.execute(() -> ran.add("a"));
    executor.runAll();
    assertEquals(List.of("a", "end"), ran);
  }

  @Test
  void anExecutorThatIsShutDownIsReplacedByTheCallers() throws InterruptedException {
    runsOneTaskAtATime(
        Strand.sharing(
            task -> {
              throw new RejectedExecutionException("shut down");
            },
            () -> true));
  }

  @Test
  void callersWorkForEachOtherWhereThereIsNoThread() throws InterruptedException {
    runsOneTaskAtATime(Strand.holding(Runnable::run, 64, () -> {}));
  }

  private static void runsOneTaskAtATime(Strand shared) throws InterruptedException {
    AtomicInteger count = new AtomicInteger();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger together = new AtomicInteger();
    int threads = 4;
    int each = 500_000;
    CountDownLatch done = new CountDownLatch(threads);
    for (int t = 0; t < threads; t++) {
      new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  shared.execute(
                      () -> {
                        if (inside.incrementAndGet() != 1) {
                          together.incrementAndGet();
                        }
                        count.incrementAndGet();
                        inside.decrementAndGet();
                      });
                }
                done.countDown();
              })
          .start();
    }
    assertTrue(done.await(20, TimeUnit.SECONDS));
    CountDownLatch last = new CountDownLatch(1);
    shared.execute(last::countDown);
    assertTrue(last.await(20, TimeUnit.SECONDS));
    assertEquals(threads * each, count.get());
    assertEquals(0, together.get(), "tasks that ran beside another");
  }
}
