package io.durablechat.jetty;

import io.durablechat.core.Member;
import io.durablechat.core.RoomName;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Somebody who has come, and what they may do.
 *
 * @param isNamed whether the name is the token's, and stays
 * @param expiresAt when what they showed is not to be believed any more, on the clock of {@link
 *     System#nanoTime}
 */
record Visitor(Member member, boolean isNamed, Permissions permissions, OptionalLong expiresAt) {
  Set<Right> in(RoomName room) {
    return permissions.in(room);
  }

  boolean hasExpired(long nanos) {
    return expiresAt.isPresent() && expiresAt.getAsLong() - nanos <= 0;
  }

  /** This visitor under another name, unless the name is the token's. */
  Visitor named(String name) {
    return isNamed ? this : new Visitor(member.named(name), false, permissions, expiresAt);
  }
}
