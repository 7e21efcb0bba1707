package io.durablechat.core;

import io.durablechat.core.RefusedException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who has published when, as far back as it matters while a room goes slowly. Used on the room's
 * strand alone.
 */
final class SlowMode {
  /** Beyond this many, who published longest ago may again. */
  private static final int MAX_REMEMBERED = 10_000;

  /** The one who waits longest comes first. */
  private final Map<String, Instant> published = new LinkedHashMap<>();

  /**
   * Notes that somebody publishes.
   *
   * @throws RefusedException if it is too early
   */
  void check(Member member, Standing standing, Duration slow, Instant now) {
    forget(now.minus(slow));
    if (slow.isZero()) {
      return;
    }
    String who = who(member, standing);
    Instant last = published.get(who);
    if (last != null) {
      throw RefusedException.retryable(
          Reason.SLOW_MODE,
          "this room goes slowly: one message in " + slow.toSeconds() + " s",
          Duration.between(now, last.plus(slow)));
    }
    published.put(who, now);
  }

  /** What was noted last was not kept after all, and may be tried again at once. */
  void takeBack(Member member, Standing standing) {
    published.remove(who(member, standing));
  }

  /** Somebody who is new each time is known by where they come from. */
  private static String who(Member member, Standing standing) {
    return member.isAnonymous() ? standing.source().orElse(member.identity()) : member.identity();
  }

  private void forget(Instant until) {
    Iterator<Instant> oldest = published.values().iterator();
    while (oldest.hasNext()) {
      boolean isOver = !oldest.next().isAfter(until);
      if (!isOver && published.size() < MAX_REMEMBERED) {
        return;
      }
      oldest.remove();
    }
  }
}
