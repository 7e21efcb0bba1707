package io.durablechat.jetty;

import io.durablechat.core.Session;
import java.util.Optional;

/**
 * A connection's session, which may be there later than the connection is gone: joining and losing
 * the line happen on different threads, and whichever comes second sees to it that the session
 * leaves.
 */
final class Membership {
  private volatile Session session;
  private volatile boolean gone;

  /** The session, once there is one. */
  Optional<Session> session() {
    return Optional.ofNullable(session);
  }

  void onJoining(Session joining) {
    session = joining;
    if (gone) {
      joining.leave();
    }
  }

  /** Whether the connection is gone. */
  boolean isGone() {
    return gone;
  }

  void onGone() {
    gone = true;
    session().ifPresent(Session::leave);
  }
}
