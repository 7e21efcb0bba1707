package io.durablechat.gateway.auth;

import io.durablechat.core.RoomName;
import java.util.EnumSet;
import java.util.Set;

/** What somebody may do, room by room. Safe for use by several threads; must not block. */
@FunctionalInterface
public interface Permissions {
  /** To be there, to read and to publish, everywhere. */
  Permissions CHAT = room -> Right.CHAT;

  /** What may be done in this room. */
  Set<Right> in(RoomName room);

  /** What these permit, or the others do. */
  default Permissions or(Permissions others) {
    return room -> {
      Set<Right> either = EnumSet.noneOf(Right.class);
      either.addAll(in(room));
      either.addAll(others.in(room));
      return either;
    };
  }

  /** What these permit and the others do as well. */
  default Permissions and(Permissions others) {
    return room -> {
      Set<Right> both = EnumSet.noneOf(Right.class);
      both.addAll(in(room));
      both.retainAll(others.in(room));
      return both;
    };
  }
}
