package io.durablechat.core;

import io.durablechat.core.RefusedException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who has published when, as far back as it matters while a room goes slowly, also while it is
 * asleep. Used on the room's strand alone.
 */
final class SlowMode {
  /** Beyond this many, who published longest ago may again. */
  private static final int MAX_REMEMBERED = 10_000;

  /** What somebody published last, under which id if it has one. */
  private record Last(Instant at, Optional<String> id) {}

  /** The one who waits longest comes first. */
  private final Map<String, Last> published = new LinkedHashMap<>();

  /**
   * Notes that somebody publishes, unless it is what they published last, once more: for that there
   * is no waiting.
   *
   * @return what is to be done if nothing new was kept: it may be tried again at once
   * @throws RefusedException if it is too early
   */
  Runnable check(Member member, Standing standing, Draft draft, Duration slow, Instant now) {
    forget(now.minus(slow));
    String who = who(member, standing);
    Last last = published.get(who);
    if (last == null) {
      published.put(who, new Last(now, draft.id()));
      return () -> published.remove(who);
    }
    if (draft.id().isPresent() && draft.id().equals(last.id())) {
      return () -> {};
    }
    throw RefusedException.retryable(
        Reason.SLOW_MODE,
        "this room goes slowly: one message in " + slow.toSeconds() + " s",
        Duration.between(now, last.at().plus(slow)));
  }

  /** Somebody who is new each time is known by where they come from. */
  private static String who(Member member, Standing standing) {
    return member.isAnonymous() ? standing.source().orElse(member.identity()) : member.identity();
  }

  private void forget(Instant until) {
    Iterator<Last> oldest = published.values().iterator();
    while (oldest.hasNext()) {
      boolean isOver = !oldest.next().at().isAfter(until);
      if (!isOver && published.size() < MAX_REMEMBERED) {
        return;
      }
      oldest.remove();
    }
  }
}
