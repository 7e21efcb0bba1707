package io.durablechat.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What counts as time in which peers could be heard. */
final class WakingTimeTest {
  private long now = Duration.ofHours(1).toNanos();
  private final WakingTime waking = new WakingTime(() -> now);
  private final long begin = waking.getAsLong();

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private void tickEachSecond(int seconds) {
    for (int s = 0; s < seconds; s++) {
      pass(Duration.ofSeconds(1));
      waking.onTick();
    }
  }

  private Duration elapsed() {
    return Duration.ofNanos(waking.getAsLong() - begin);
  }

  @Test
  void goesAsTheClockDoesWhileTicksCome() {
    tickEachSecond(100);
    pass(Duration.ofMillis(300));
    assertEquals(Duration.ofMillis(100_300), elapsed());
  }

  @Test
  void aTickThatIsALittleLateLosesNothing() {
    pass(Duration.ofMillis(2900));
    waking.onTick();
    assertEquals(Duration.ofMillis(2900), elapsed());
  }

  @Test
  void aStandstillAndTheSecondsAfterItDoNotCount() {
    tickEachSecond(10);
    pass(Duration.ofSeconds(82));
    waking.onTick();
    assertEquals(Duration.ofSeconds(10), elapsed());
    tickEachSecond(5);
    assertEquals(Duration.ofSeconds(10), elapsed());
    tickEachSecond(5);
    assertEquals(Duration.ofSeconds(15), elapsed());
  }

  @Test
  void beforeTheTickThatTellsOfAStandstillItHardlyGoesOn() {
    tickEachSecond(10);
    pass(Duration.ofDays(1));
    assertTrue(elapsed().compareTo(Duration.ofSeconds(13)) <= 0);
  }

  @Test
  void goesOnHoweverOftenThereIsAStandstill() {
    for (int i = 0; i < 1000; i++) {
      pass(Duration.ofSeconds(4));
      waking.onTick();
    }
    assertTrue(elapsed().compareTo(Duration.ofMinutes(10)) > 0, () -> elapsed().toString());
  }

  @Test
  void saysSinceWhenItHasBeenAwakeAlsoBeforeTheTickThatTells() {
    long opened = now;
    tickEachSecond(10);
    assertEquals(opened, waking.awakeSince());
    pass(Duration.ofSeconds(82));
    assertEquals(now, waking.awakeSince());
    waking.onTick();
    long awake = now;
    tickEachSecond(10);
    assertEquals(awake, waking.awakeSince());
  }
}
