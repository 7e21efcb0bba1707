package io.durablechat.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The rooms that were appended to since somebody last asked. Safe for use by several threads. */
final class Changed {
  /** More than these are not named: then it is cheaper to look at all rooms than to remember. */
  private static final int MAX_NAMED = 50_000;

  private final Set<RoomName> rooms = ConcurrentHashMap.newKeySet();
  private volatile boolean isAskedFor;
  private volatile boolean areTooMany;

  /** These were appended to. Costs nothing while nobody has ever asked. */
  void note(Collection<RoomName> appendedTo) {
    if (isAskedFor && !areTooMany) {
      rooms.addAll(appendedTo);
      areTooMany = rooms.size() > MAX_NAMED;
    }
  }

  /** Those since the last call; empty at the first one, or if they were too many to be named. */
  Optional<List<RoomName>> take() {
    boolean isComplete = isAskedFor && !areTooMany;
    isAskedFor = true;
    areTooMany = false;
    List<RoomName> taken = new ArrayList<>();
    Iterator<RoomName> each = rooms.iterator();
    while (each.hasNext()) {
      taken.add(each.next());
      each.remove();
    }
    return isComplete ? Optional.of(taken) : Optional.empty();
  }
}
