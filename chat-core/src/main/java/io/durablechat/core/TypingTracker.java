package io.durablechat.core;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Who is typing in a room. Used on the strand alone, and moved on by ticks. */
final class TypingTracker {
  /** Ticks of a second: the first of them may be a short one. */
  private static final int EXPIRES = 7;

  private final Map<String, Typist> typists = new LinkedHashMap<>();
  private boolean changed;

  private record Typist(Member member, int ticks) {}

  void onTyping(Member member, boolean on) {
    if (!on) {
      stop(member);
    } else {
      Typist known = typists.put(member.identity(), new Typist(member, EXPIRES));
      changed |= known == null || !known.member().equals(member);
    }
  }

  void stop(Member member) {
    changed |= typists.remove(member.identity()) != null;
  }

  /** A second has passed. */
  void tick() {
    typists.replaceAll((identity, typist) -> new Typist(typist.member(), typist.ticks() - 1));
    changed |= typists.values().removeIf(typist -> typist.ticks() == 0);
  }

  /** Whether there is something to be told, now or later. */
  boolean isRestless() {
    return changed || !typists.isEmpty();
  }

  /** Who types, if that has changed since this was last asked. */
  Optional<Typing> take() {
    if (!changed) {
      return Optional.empty();
    }
    changed = false;
    return Optional.of(all());
  }

  /** All who type. */
  Typing all() {
    return new Typing(typists.values().stream().map(Typist::member).toList());
  }

  boolean isSomebodyTyping() {
    return !typists.isEmpty();
  }
}
