package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TurnstileTest {
  @Test
  void letsSoManyInAndTheOthersInOrder() {
    Turnstile turnstile = new Turnstile(2);
    List<Integer> in = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      turnstile.enter(() -> true, () -> in.add(number));
    }
    assertEquals(List.of(0, 1), in);
    turnstile.leave();
    turnstile.leave();
    assertEquals(List.of(0, 1, 2, 3), in);
    turnstile.leave();
    turnstile.leave();
    turnstile.leave();
    turnstile.enter(() -> true, () -> in.add(5));
    turnstile.enter(() -> true, () -> in.add(6));
    turnstile.enter(() -> true, () -> in.add(7));
    assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), in);
  }
}
