package io.durablechat.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.RoomName;
import io.durablechat.gateway.Dialect;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A path below a room: {@code /room/{room}/{what}}.
 *
 * @param rooms the path below which the rooms are, such as {@value #ROOMS}
 * @param what the last segment
 * @param segment the segment that names the room, decoded; it may be no name of a room
 */
public record RoomPath(String rooms, String what, String segment) {
  /** Where rooms are. */
  public static final String ROOMS = Dialect.ROOMS;

  private static final int HEX = 16;
  private static final int DEL = 0x7f;

  /** What is encoded beside blanks and what is not ASCII. */
  private static final String ENCODED = "\"#%';<>?[\\]^`{|}";

  private static final List<String> STANDARD = List.of(ROOMS);

  /** The path of a request within its context; empty if it is another kind of path. */
  public static Optional<RoomPath> of(ApiRequest request) {
    return of(request, STANDARD);
  }

  /** The same where rooms are below any of these paths. */
  public static Optional<RoomPath> of(ApiRequest request, Collection<String> below) {
    String path = request.path();
    for (String rooms : below) {
      Optional<RoomPath> found = of(path, rooms);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<RoomPath> of(String path, String rooms) {
    int end = path.lastIndexOf('/');
    if (!path.startsWith(rooms) || end < rooms.length()) {
      return Optional.empty();
    }
    String room = path.substring(rooms.length(), end);
    return room.indexOf('/') < 0
        ? decoded(room).map(name -> new RoomPath(rooms, path.substring(end + 1), name))
        : Optional.empty();
  }

  /**
   * The room that the request names.
   *
   * @throws IllegalArgumentException saying in one line why it is none
   */
  public RoomName room(ApiRequest request) {
    // Servers strip ";x=1" from a path: the client would find itself in a room it did not name.
    if (request.rawPath().indexOf(';') >= 0 || segment.indexOf(';') >= 0) {
      throw new IllegalArgumentException("room name holds a ;");
    }
    return RoomName.of(segment);
  }

  /**
   * Decodes the delimiters, such as ; and #, that are left as they are in paths; empty if it
   * cannot.
   */
  static Optional<String> decoded(String segment) {
    if (segment.indexOf('%') < 0) {
      return Optional.of(segment);
    }
    byte[] encoded = segment.getBytes(UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(encoded.length);
    for (int i = 0; i < encoded.length; i++) {
      if (encoded[i] != '%') {
        bytes.put(encoded[i]);
        continue;
      }
      int high = i + 2 < encoded.length ? Character.digit(encoded[i + 1], HEX) : -1;
      int low = high < 0 ? -1 : Character.digit(encoded[i + 2], HEX);
      if (low < 0) {
        return Optional.empty();
      }
      bytes.put((byte) (high * HEX + low));
      i += 2;
    }
    try {
      return Optional.of(UTF_8.newDecoder().decode(bytes.flip()).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** Returns a name as one segment of a path (RFC 3986, section 3.3). */
  public static String encoded(String name) {
    StringBuilder path = new StringBuilder();
    for (byte b : name.getBytes(UTF_8)) {
      if (b > ' ' && b < DEL && ENCODED.indexOf(b) < 0) {
        path.append((char) b);
      } else {
        path.append(String.format(Locale.ROOT, "%%%02X", b));
      }
    }
    return path.toString();
  }
}
