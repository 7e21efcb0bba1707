package io.durablechat.core;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who is in a room as its sessions are told, which is less restless than who is: a leave is told
 * once somebody has been away for a while. Used on the strand alone, and moved on by ticks.
 */
final class PresenceTracker {
  /** Ticks of a second: the first of them may be a short one. */
  private static final int GRACE = 11;

  private final Map<String, Member> present = new LinkedHashMap<>();

  /** Who has no session any more, and in how many ticks that is a leave. */
  private final Map<String, Integer> away = new HashMap<>();

  // What has not been told yet.
  private final Map<String, Member> joined = new LinkedHashMap<>();
  private final Map<String, Member> left = new LinkedHashMap<>();

  /** Of those who joined, who is not there for anybody yet; the others have a new name. */
  private final Set<String> unknown = new HashSet<>();

  private long version;

  /** Whether there were too many to be told by name when it was last told. */
  private boolean wasLarge;

  private int toldCount;

  /** A session of this member has joined, or has renamed it. */
  void onPresent(Member member) {
    away.remove(member.identity());
    String identity = member.identity();
    Member before = present.put(identity, member);
    if (!member.equals(before)) {
      joined.put(identity, member);
      if (left.remove(identity) == null && before == null) {
        unknown.add(identity);
      }
      version++;
    }
  }

  /** The member's last session has left. Who cannot come back has left at once. */
  void onAway(Member member) {
    if (member.isAnonymous()) {
      onLeft(member.identity());
    } else {
      away.put(member.identity(), GRACE);
    }
  }

  /** A second has passed. */
  void tick() {
    away.replaceAll((identity, ticks) -> ticks - 1);
    away.entrySet()
        .removeIf(
            entry -> {
              boolean isOver = entry.getValue() == 0;
              if (isOver) {
                onLeft(entry.getKey());
              }
              return isOver;
            });
  }

  private void onLeft(String identity) {
    Member gone = present.remove(identity);
    version++;
    joined.remove(identity);
    if (!unknown.remove(identity)) {
      left.put(identity, gone);
    }
  }

  /** Whether there is something to be told, now or later. */
  boolean isRestless() {
    return !joined.isEmpty() || !left.isEmpty() || !away.isEmpty();
  }

  /** What has changed since this was last asked. */
  Optional<Presence> take() {
    if (joined.isEmpty() && left.isEmpty()) {
      return Optional.empty();
    }
    boolean mustCatchUp = wasLarge && !isLarge();
    boolean isNews = !wasLarge || !isLarge() || count() != toldCount;
    wasLarge = isLarge();
    toldCount = count();
    Presence change =
        wasLarge || mustCatchUp
            ? whole()
            : Presence.change(
                List.copyOf(joined.values()), List.copyOf(left.values()), count(), version);
    joined.clear();
    left.clear();
    unknown.clear();
    return isNews ? Optional.of(change) : Optional.empty();
  }

  /** All of it, what has not been told yet included. */
  Presence whole() {
    return isLarge() ? Presence.countOnly(count(), version) : Presence.whole(list(), version);
  }

  boolean isLarge() {
    return count() > Joined.MAX_MEMBERS;
  }

  private int count() {
    return present.size();
  }

  private List<Member> list() {
    return List.copyOf(present.values());
  }
}
