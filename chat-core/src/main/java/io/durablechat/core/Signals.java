package io.durablechat.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What a room tells beside its log: at once if it was quiet, and from then on gathered, once a
 * second at most, so that a crowd which comes or goes does not cost everybody a signal for each of
 * them. Used on the strand alone. There is a timer only while something may be to be told.
 */
final class Signals {
  private static final Duration TICK = Duration.ofSeconds(1);

  private final Strand strand;
  private final ScheduledExecutorService timer;
  private final PresenceTracker presence = new PresenceTracker();
  private final TypingTracker typing = new TypingTracker();

  /** Whether a tick is on its way. */
  private boolean ticking;

  /** Whether what there is may be told at the end of this turn. */
  private boolean due;

  Signals(Strand strand, ScheduledExecutorService timer) {
    this.strand = strand;
    this.timer = timer;
  }

  /** A session of this member has joined, or has renamed it. */
  void onPresent(Member member) {
    presence.onPresent(member);
    onChange();
  }

  /** The member's last session has left. */
  void onAway(Member member) {
    presence.onAway(member);
    typing.stop(member);
    onChange();
  }

  /** In a large room nobody is told, and nothing is noted. */
  void onTyping(Member member, boolean on) {
    if (!presence.isLarge() || !on) {
      typing.onTyping(member, on);
      onChange();
    }
  }

  private void onChange() {
    if (!ticking && isRestless()) {
      due = true;
      tickLater();
    }
  }

  private boolean isRestless() {
    return presence.isRestless() || typing.isRestless();
  }

  private void tickLater() {
    try {
      timer.schedule(() -> strand.execute(this::tick), TICK.toNanos(), TimeUnit.NANOSECONDS);
      ticking = true;
    } catch (RejectedExecutionException e) {
      // The timer was shut down, so the directory is closed: nobody is to be told any more.
      ticking = false;
    }
  }

  private void tick() {
    ticking = false;
    presence.tick();
    typing.tick();
    onChange();
  }

  /** What is to be told now. */
  List<Signal> take() {
    if (!due) {
      return List.of();
    }
    due = false;
    List<Signal> taken = new ArrayList<>(2);
    presence.take().ifPresent(taken::add);
    typing.take().ifPresent(taken::add);
    return taken;
  }

  /** Who types, all of them. */
  Typing typing() {
    return typing.all();
  }

  boolean isSomebodyTyping() {
    return typing.isSomebodyTyping();
  }

  /** Who is there, all of it. */
  Presence presence() {
    return presence.whole();
  }
}
