package io.durablechat.jetty;

import io.durablechat.core.Room;
import java.util.Set;
import org.eclipse.jetty.server.Request;

/**
 * A request over plain HTTP.
 *
 * @param visitor who asks
 * @param shown what they showed to be known by
 */
record Asked(Request request, Visitor visitor, Credentials shown) {
  /**
   * Checks what is to be done.
   *
   * @throws io.durablechat.core.RefusedException if it may not
   */
  void need(Right right, Room room) {
    Access.check(visitor, room.name(), Set.of(right));
  }
}
