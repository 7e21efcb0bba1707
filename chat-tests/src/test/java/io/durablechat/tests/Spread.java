package io.durablechat.tests;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/** Median, 90th percentile and maximum of some sizes, by nearest rank. */
record Spread(int median, int ninetieth, int longest) {
  static Spread of(Collection<Integer> sizes) {
    int[] sorted = sizes.stream().mapToInt(Integer::intValue).sorted().toArray();
    return new Spread(rank(sorted, 50), rank(sorted, 90), Arrays.stream(sorted).max().orElse(0));
  }

  private static int rank(int[] sorted, int percent) {
    return sorted.length == 0 ? 0 : sorted[(sorted.length * percent + 99) / 100 - 1];
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%d/%d/%d", median, ninetieth, longest);
  }
}
