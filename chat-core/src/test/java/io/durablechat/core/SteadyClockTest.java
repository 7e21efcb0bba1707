package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.durablechat.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What is old by a clock that somebody sets. */
final class SteadyClockTest {
  private static final Duration YEAR = Duration.ofDays(365);

  private final ManualClock manual = new ManualClock();
  private final SteadyClock clock = SteadyClock.of(manual);
  private final Instant begin = manual.instant();

  private void pass(Duration time) {
    for (long minutes = 0; minutes < time.toMinutes(); minutes++) {
      manual.move(Duration.ofMinutes(1));
      clock.earliest();
    }
  }

  @Test
  void goesAsTheTimeOfDayDoes() {
    manual.move(YEAR);
    assertEquals(begin.plus(YEAR), clock.earliest());
    assertEquals(begin.plus(YEAR), clock.instant());
  }

  @Test
  void doesNotBelieveAJumpAheadForAnHour() {
    manual.jump(YEAR);
    assertEquals(begin.plus(YEAR), clock.instant());
    assertEquals(begin, clock.earliest());
    pass(Duration.ofMinutes(59));
    assertEquals(begin.plus(Duration.ofMinutes(59)), clock.earliest());
    pass(Duration.ofMinutes(1));
    assertEquals(begin.plus(YEAR).plus(Duration.ofHours(1)), clock.earliest());
  }

  @Test
  void believesAClockThatCameBackAtOnce() {
    manual.jump(YEAR);
    pass(Duration.ofMinutes(2));
    manual.jump(YEAR.negated());
    assertEquals(begin.plus(Duration.ofMinutes(2)), clock.earliest());
    manual.jump(YEAR);
    pass(Duration.ofMinutes(59));
    assertEquals(begin.plus(Duration.ofMinutes(61)), clock.earliest(), "the hour begins anew");
  }

  @Test
  void aSecondJumpHasToProveItselfToo() {
    manual.jump(YEAR);
    pass(Duration.ofMinutes(59));
    manual.jump(YEAR);
    pass(Duration.ofMinutes(59));
    assertEquals(begin.plus(Duration.ofMinutes(118)), clock.earliest());
  }

  @Test
  void isNeverAheadOfAClockThatWasSetBack() {
    manual.jump(YEAR.negated());
    assertEquals(begin.minus(YEAR), clock.earliest());
    pass(Duration.ofHours(2));
    assertEquals(begin.minus(YEAR).plus(Duration.ofHours(2)), clock.earliest());
    manual.jump(YEAR);
    assertEquals(begin.minus(YEAR).plus(Duration.ofHours(2)), clock.earliest());
  }

  @Test
  void takesASmallCorrectionForNone() {
    for (int i = 0; i < 100; i++) {
      manual.jump(Duration.ofSeconds(30));
      assertEquals(manual.instant(), clock.earliest());
    }
  }

  @Test
  void anEvenTimeDoesNotJump() {
    manual.jump(YEAR.negated());
    manual.move(Duration.ofSeconds(3));
    assertEquals(begin.plusSeconds(3), clock.even());
  }

  @Test
  void watchesAClockOnce() {
    assertSame(clock, SteadyClock.of(clock));
  }
}
