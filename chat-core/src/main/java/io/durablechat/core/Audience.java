package io.durablechat.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/** The sessions of a live room, and the members they belong to. Used on the room's strand alone. */
final class Audience {
  private final RoomName room;
  private final RoomPolicy policy;
  private final List<LiveSession> sessions = new ArrayList<>();
  private final Signals signals;
  private final Members members = new Members();

  Audience(RoomName room, RoomPolicy policy, Signals signals) {
    this.room = room;
    this.policy = policy;
    this.signals = signals;
  }

  Members members() {
    return members;
  }

  /**
   * Lets the session in.
   *
   * @throws RefusedException if the policy does not
   */
  void admit(LiveSession session) {
    policy.admit(room, session.member());
    session.onAdmitted();
    session.seat = sessions.size();
    sessions.add(session);
    Member member = session.member();
    if (members.add(member)) {
      policy.onJoined(room, member);
      signals.onPresent(member);
    } else if (member.name().isPresent()) {
      // A stream of events has no name to give, and takes none away.
      signals.onPresent(member);
    }
  }

  /** Takes an admitted session out: the last one takes its seat. */
  void remove(LiveSession session) {
    LiveSession last = sessions.remove(sessions.size() - 1);
    if (last != session) {
      sessions.set(session.seat, last);
      last.seat = session.seat;
    }
    Member member = session.member();
    Member before = members.shown(member);
    if (members.remove(member)) {
      policy.onLeft(room, member);
      signals.onAway(member);
    } else if (!members.shown(member).equals(before)) {
      // What it was called went with the session; another one that is there is called so.
      signals.onPresent(members.shown(member));
    }
  }

  /**
   * Has the session's member called by this name.
   *
   * @throws RefusedException if the policy does not
   */
  void rename(LiveSession session, Member renamed) {
    policy.rename(room, session.member(), renamed);
    members.rename(session.member(), renamed);
    signals.onPresent(renamed);
  }

  /** Whether one thread should not serve them all in one go. */
  boolean isLarge() {
    return sessions.size() > FanOut.SLICE;
  }

  /** Delivers to all, here and now. */
  void deliver(Delivery delivery) {
    Queue<LiveSession> undelivered = new ArrayDeque<>(0);
    FanOut.deliver(sessions, delivery, undelivered);
    undelivered.forEach(LiveSession::onUndelivered);
  }

  /** A way to deliver to all on these threads; nobody may join or leave until it is done. */
  FanOut fanOut(Delivery delivery, Executor executor, Runnable onDone) {
    return new FanOut(sessions, delivery, executor, onDone);
  }

  /** Where this member's sessions come from. */
  Set<String> addressHashes(String identity) {
    return sessions.stream()
        .filter(session -> session.member().identity().equals(identity))
        .flatMap(session -> session.attributes().addressHash().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Ends the sessions that a ruling is about. */
  void end(Ruling ruling, CloseReason reason) {
    List.copyOf(sessions).stream()
        .filter(session -> ruling.isAbout(session.member(), session.attributes()))
        .forEach(session -> session.end(reason));
  }

  void onMode(RoomMode mode) {
    List.copyOf(sessions).forEach(session -> session.onMode(mode));
  }

  void endAll(CloseReason reason) {
    List.copyOf(sessions).forEach(session -> session.end(reason));
  }
}
