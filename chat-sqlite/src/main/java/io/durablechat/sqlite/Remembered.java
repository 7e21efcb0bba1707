package io.durablechat.sqlite;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What need not be looked up for each message, the latest used of it. */
final class Remembered<K, V> {
  private static final int MAX = 10_000;

  private final Map<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);

  Optional<V> find(K key) {
    return Optional.ofNullable(entries.get(key));
  }

  void put(K key, V value) {
    entries.put(key, value);
  }

  void forget(K key) {
    entries.remove(key);
  }

  void forgetOldest() {
    Iterator<K> oldest = entries.keySet().iterator();
    for (int left = entries.size(); left > MAX; left--) {
      oldest.next();
      oldest.remove();
    }
  }

  void forgetAll() {
    entries.clear();
  }
}
