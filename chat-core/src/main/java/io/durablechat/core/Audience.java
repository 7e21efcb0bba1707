package io.durablechat.core;

import java.util.ArrayList;
import java.util.List;

/** The sessions of a live room, and the members they belong to. Used on the room's strand alone. */
final class Audience {
  private final RoomName room;
  private final RoomPolicy policy;
  private final List<LiveSession> sessions = new ArrayList<>();
  private final Members members = new Members();

  Audience(RoomName room, RoomPolicy policy) {
    this.room = room;
    this.policy = policy;
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
    sessions.add(session);
    if (members.add(session.member())) {
      policy.onJoined(room, session.member());
    }
  }

  /** Takes an admitted session out. */
  void remove(LiveSession session) {
    sessions.remove(session);
    if (members.remove(session.member())) {
      policy.onLeft(room, session.member());
    }
  }

  void deliver(Batch batch) {
    // Backwards: a session whose outbox fails takes itself out meanwhile.
    for (int i = sessions.size() - 1; i >= 0; i--) {
      sessions.get(i).deliver(batch);
    }
  }

  void endAll(CloseReason reason) {
    List.copyOf(sessions).forEach(session -> session.end(reason));
  }
}
