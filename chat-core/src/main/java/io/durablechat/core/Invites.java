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
    open.put(invite.sequence(), new Invite(invite, 0));
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
