package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.testkit.SteppedExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CoalescingExecutorTest {
  private final SteppedExecutor threads = new SteppedExecutor();
  private final List<String> ran = new ArrayList<>();
  private final Strand strand = Strand.sharing(threads, () -> ran.add("end"));
  private final CoalescingExecutor tasks = new CoalescingExecutor(strand);

  private void execute(String name) {
    tasks.execute(() -> ran.add(name));
  }

  @Test
  void whatComesBeforeTheStrandGetsToItIsOneJobInItsOrder() {
    execute("a");
    strand.execute(() -> ran.add("posted"));
    execute("b");
    execute("c");
    threads.runAll();
    assertEquals(List.of("a", "b", "c", "posted", "end"), ran);
    execute("d");
    threads.runAll();
    assertEquals("d", ran.get(5));
  }

  @Test
  void aTaskThatFailsIsNoLossToTheNext() {
    tasks.execute(
        () -> {
          throw new IllegalStateException("to be logged");
        });
    execute("next");
    threads.runAll();
    assertEquals(List.of("next", "end"), ran);
  }

  @Test
  void aTaskHandedInByATaskRunsBehindTheOthers() {
    tasks.execute(() -> execute("added"));
    execute("other");
    threads.runAll();
    assertEquals(List.of("other", "added", "end"), ran);
  }

  @Test
  void manyTasksKeepTheirPlaceAheadOfWhatIsPostedLater() {
    int many = 10 * CoalescingExecutor.AT_ONCE + 7;
    IntStream.range(0, many).forEach(i -> execute("" + i));
    strand.execute(() -> ran.add("posted"));
    threads.runAll();
    List<String> inOrder = new ArrayList<>(IntStream.range(0, many).mapToObj(i -> "" + i).toList());
    inOrder.add("posted");
    ran.removeIf("end"::equals);
    assertEquals(inOrder, ran);
  }

  @Test
  void manyTasksLeaveOthersTheirTurn() {
    IntStream.range(0, 3000).forEach(i -> execute("busy"));
    Strand.sharing(threads, () -> true).execute(() -> ran.add("quiet"));
    threads.runAll();
    assertTrue(ran.indexOf("quiet") < 2000, "" + ran.indexOf("quiet"));
    assertEquals(3000, ran.stream().filter("busy"::equals).count());
  }

  @Test
  void noneIsLostWhenManyThreadsHandInWhileItRuns() throws Exception {
    int threadCount = 4;
    int each = 20_000;
    ExecutorService pool = Executors.newFixedThreadPool(threadCount + 2);
    try {
      CountDownLatch all = new CountDownLatch(threadCount * each);
      int[] last = IntStream.range(0, threadCount).map(i -> -1).toArray();
      Executor busy = new CoalescingExecutor(Strand.sharing(pool, () -> true));
      for (int t = 0; t < threadCount; t++) {
        int thread = t;
        pool.execute(
            () -> {
              for (int i = 0; i < each; i++) {
                int number = i;
                busy.execute(
                    () -> {
                      if (last[thread] == number - 1) {
                        last[thread] = number;
                        all.countDown();
                      }
                    });
              }
            });
      }
      assertTrue(all.await(30, TimeUnit.SECONDS), () -> all.getCount() + " are missing");
    } finally {
      pool.shutdownNow();
    }
  }
}
