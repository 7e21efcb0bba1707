package io.durablechat.jetty;

import io.durablechat.core.Room;
import io.durablechat.core.Standing;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.server.Request;

/**
 * A request over plain HTTP.
 *
 * @param visitor who asks
 * @param shown what they showed to be known by
 * @param source where they come from, see {@link ServerSecret}
 * @param charges what they are charged
 */
record Asked(
    Request request, Visitor visitor, Credentials shown, Optional<String> source, Charges charges) {
  /** What the room is told of who asks. */
  Standing standing(Room room) {
    return new Standing(visitor.in(room.name()).contains(Right.MODERATE), source);
  }

  /**
   * Checks what is to be done.
   *
   * @throws io.durablechat.core.RefusedException if it may not
   */
  void need(Right right, Room room) {
    Access.check(visitor, room.name(), Set.of(right));
  }
}
