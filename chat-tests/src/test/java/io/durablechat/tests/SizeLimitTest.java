package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.durablechat.tests.SizeLimit.Exemption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SizeLimitTest {
  private final SizeLimit limit =
      new SizeLimit("lines", 10, Map.of("Known", new Exemption(20, "it was here before")));

  @Test
  void nothingIsWrongWithWhatKeepsToItAndWithWhatIsExempt() {
    assertEquals(List.of(), limit.breaches(Map.of("Small", 10, "Known", 20)));
  }

  @Test
  void refusesWhatIsOverItAndWhatIsExemptAndHasGrown() {
    assertEquals(
        List.of("Known: lines 21, at most 20", "Large: lines 11, at most 10"),
        limit.breaches(Map.of("Large", 11, "Known", 21)));
  }

  @Test
  void refusesAnExemptionThatIsNoLongerNeeded() {
    List<String> stale = List.of("Known: keeps to lines 10 now, take it off the list");
    assertEquals(stale, limit.breaches(Map.of("Known", 10)));
    assertEquals(stale, limit.breaches(Map.of()));
  }
}
