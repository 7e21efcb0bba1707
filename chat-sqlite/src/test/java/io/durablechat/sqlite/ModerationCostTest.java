package io.durablechat.sqlite;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.durablechat.core.Durability;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.ManualClock;
import io.durablechat.core.Member;
import io.durablechat.core.Moderation;
import io.durablechat.core.Ruling;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What rulings cost is a matter of what holds, not of all that was ever decided. */
final class ModerationCostTest {
  private static final Member MOD = new Member("user:mod", Optional.empty());

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();

  private LocalBroadcaster broadcaster() {
    // All in this thread.
    return LocalBroadcaster.on(
        SqliteMessageLog.open(
            folder, Durability.RELAXED, clock, SqliteMessageLog.DEFAULT_RETRY_WINDOW),
        Runnable::run,
        Runnable::run);
  }

  private Moderation open(LocalBroadcaster broadcaster) {
    return Moderation.open(broadcaster, clock).toCompletableFuture().join();
  }

  @Test
  void aMuteCostsTheSameHoweverManyHoldForItsSource() {
    try (LocalBroadcaster broadcaster = broadcaster()) {
      Moderation moderation = open(broadcaster);
      long few = allocatedByMuting(moderation, "home", 1000);
      long many = allocatedByMuting(moderation, "school", 4000);
      assertTrue(many < 6 * few, few + " bytes allocated for 1,000, and " + many + " for 4,000");
    }
  }

  /** What a thread allocates stands for what it does. */
  private long allocatedByMuting(Moderation moderation, String source, int times) {
    long before = allocated();
    for (int i = 0; i < times; i++) {
      moderation
          .rule(
              MOD,
              Ruling.of(Ruling.Action.MUTE, Optional.empty(), source + ":" + i)
                  .from(Set.of(source))
                  .until(clock.instant().plus(Duration.ofHours(1))))
          .toCompletableFuture()
          .join();
    }
    return allocated() - before;
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
