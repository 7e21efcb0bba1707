package io.durablechat.jetty;

import io.durablechat.core.RoomName;
import java.util.Optional;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.URIUtil;

/**
 * A path below a room: {@code /room/{room}/{what}}.
 *
 * @param what the last segment
 * @param segment the segment that names the room, decoded; it may be no name of a room
 */
record RoomPath(String what, String segment) {
  /** Where rooms are. */
  static final String ROOMS = "/room/";

  /** The path of a request within its context; empty if it is another kind of path. */
  static Optional<RoomPath> of(Request request) {
    String path = Request.getPathInContext(request);
    int end = path.lastIndexOf('/');
    if (!path.startsWith(ROOMS) || end < ROOMS.length()) {
      return Optional.empty();
    }
    String room = path.substring(ROOMS.length(), end);
    // What the endpoint will be told: Jetty leaves delimiters such as ; and # encoded in its paths.
    return room.indexOf('/') < 0
        ? Optional.of(new RoomPath(path.substring(end + 1), URIUtil.decodePath(room)))
        : Optional.empty();
  }

  /**
   * The room that the request names.
   *
   * @throws IllegalArgumentException saying in one line why it is none
   */
  RoomName room(Request request) {
    // Jetty strips ";x=1" from a path: the client would find itself in a room it did not name.
    if (request.getHttpURI().getPath().indexOf(';') >= 0 || segment.indexOf(';') >= 0) {
      throw new IllegalArgumentException("room name holds a ;");
    }
    return RoomName.of(segment);
  }
}
