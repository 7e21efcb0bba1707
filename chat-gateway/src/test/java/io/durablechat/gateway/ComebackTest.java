package io.durablechat.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ComebackTest {
  @ParameterizedTest
  @CsvSource({"0, 5000", "2000, 5000", "2500, 5000", "10000, 20000", "100000, 200000"})
  void theMoreThereAreTheLongerItTakes(int sessions, long millis) {
    Comeback comeback = new Comeback(() -> sessions);
    comeback.onStopping();
    assertEquals(Duration.ofMillis(millis), comeback.within());
    for (int i = 0; i < 100; i++) {
      Duration some = comeback.some();
      assertTrue(
          some.compareTo(Comeback.MIN) >= 0 && some.compareTo(comeback.within()) < 0,
          some::toString);
    }
  }

  @Test
  void thoseWhoHaveLeftCountAsWell() {
    AtomicInteger sessions = new AtomicInteger(10_000);
    Comeback comeback = new Comeback(sessions::get);
    comeback.onStopping();
    sessions.set(1);
    comeback.onStopping();
    assertEquals(Duration.ofSeconds(20), comeback.within());
  }
}
