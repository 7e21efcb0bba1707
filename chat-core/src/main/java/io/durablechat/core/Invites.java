package io.durablechat.core;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The invites to one room, and who has come in by one. Written by one thread and read by others.
 */
final class Invites {
  private final Map<Long, Invite> open = new ConcurrentHashMap<>();
  private final Set<String> admitted = ConcurrentHashMap.newKeySet();

  /** An invite and how often it was used. */
  private record Invite(Decided decided, int used) {
    boolean isGood(Instant now) {
      return decided.isInForce(now) && used < decided.ruling().uses().orElse(Integer.MAX_VALUE);
    }
  }

  void add(Decided invite) {
    add(invite, 0);
  }

  /** As {@link #add}, of one that was used so often. */
  void add(Decided invite, int used) {
    open.put(invite.sequence(), new Invite(invite, used));
  }

  /** Lets somebody in who was let in before. */
  void admitAgain(String identity) {
    admitted.add(identity);
  }

  int size(Instant now) {
    return good(now, now).size() + admitted.size();
  }

  Set<String> admitted() {
    return admitted;
  }

  int used(Decided invite) {
    return open.get(invite.sequence()).used();
  }

  void revoke(long invite) {
    open.remove(invite);
  }

  /** Lets somebody in, if the invite is good: what counts is its place among those who came. */
  void admit(Decided shown) {
    String identity = shown.ruling().identity().orElseThrow();
    Invite invite = open.get(shown.ruling().sequence().orElseThrow());
    if (invite != null && invite.isGood(shown.at()) && admitted.add(identity)) {
      open.put(invite.decided().sequence(), new Invite(invite.decided(), invite.used() + 1));
    }
  }

  boolean isAdmitted(String identity) {
    return admitted.contains(identity);
  }

  boolean isGood(long invite, Instant now) {
    Invite known = open.get(invite);
    return known != null && known.isGood(now);
  }

  /** Those that somebody can still come in by; forgets those that nobody could even earlier. */
  List<Decided> good(Instant now, Instant earliest) {
    open.values().removeIf(invite -> !invite.isGood(earliest));
    return open.values().stream()
        .filter(invite -> invite.isGood(now))
        .map(Invite::decided)
        .toList();
  }
}
