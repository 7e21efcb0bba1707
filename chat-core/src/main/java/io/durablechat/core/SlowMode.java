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

  /** What was published last from there, by whom, and under which id if it has one. */
  private record Last(Instant at, String author, Optional<String> id) {
    boolean isRetriedBy(Member member, Draft draft) {
      return id.isPresent() && id.equals(draft.id()) && author.equals(member.identity());
    }
  }

  /** A message that may be published. */
  @FunctionalInterface
  interface Pass {
    /** How it goes where nobody waits. */
    Pass FREE = isKept -> {};

    /**
     * What became of it.
     *
     * @param isKept whether it was kept, and had not been before
     */
    void settled(boolean isKept);
  }

  /** The one who waits longest comes first. */
  private final Map<String, Last> published = new LinkedHashMap<>();

  /**
   * Notes that somebody publishes, unless it is what they published last, once more: for that there
   * is no waiting.
   *
   * @return to be told what became of it: if nothing new was kept, it may be tried again at once
   * @throws RefusedException if it is too early
   */
  Pass check(Member member, SessionAttributes attributes, Draft draft, Duration slow, Instant now) {
    forget(now.minus(slow));
    String who = who(member, attributes);
    Last last = published.get(who);
    Last next = new Last(now, member.identity(), draft.id());
    if (last == null) {
      published.put(who, next);
      return isKept -> {
        if (!isKept) {
          // Unless the wait was over first, and it is another's by now.
          published.remove(who, next);
        }
      };
    }
    if (last.isRetriedBy(member, draft)) {
      return isKept -> {
        // The id had been forgotten meanwhile.
        if (isKept) {
          published.remove(who);
          published.put(who, next);
        }
      };
    }
    throw RefusedException.retryable(
        Reason.SLOW_MODE,
        "this room goes slowly: one message in " + slow.toSeconds() + " s",
        Duration.between(now, last.at().plus(slow)));
  }

  /** Somebody who is new each time is known by where they come from. */
  private static String who(Member member, SessionAttributes attributes) {
    return member.isAnonymous()
        ? attributes.addressHash().orElse(member.identity())
        : member.identity();
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
