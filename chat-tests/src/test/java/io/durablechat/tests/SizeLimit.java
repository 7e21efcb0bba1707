package io.durablechat.tests;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A limit to the size of things, and those that are over it: they may not grow, and are to be taken
 * off the list once they keep to the limit or are gone.
 */
record SizeLimit(String of, int limit, Map<String, Exemption> exempt) {
  /** A size above the limit that is put up with, and why. */
  record Exemption(int atMost, String why) {}

  /** Returns what is wrong, by name. */
  List<String> breaches(Map<String, Integer> sizes) {
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, Integer> size : new TreeMap<>(sizes).entrySet()) {
      Exemption exemption = exempt.get(size.getKey());
      int atMost = exemption == null ? limit : exemption.atMost();
      if (size.getValue() > atMost) {
        wrong.add(size.getKey() + ": " + of + " " + size.getValue() + ", at most " + atMost);
      }
    }
    for (String name : new TreeMap<>(exempt).keySet()) {
      if (sizes.getOrDefault(name, 0) <= limit) {
        wrong.add(name + ": keeps to " + of + " " + limit + " now, take it off the list");
      }
    }
    return wrong;
  }
}
