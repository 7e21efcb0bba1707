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
 * @param reserved what nobody may choose to be called
 */
record Visitor(
    Member member,
    boolean isNamed,
    Permissions permissions,
    OptionalLong expiresAt,
    ReservedNames reserved) {
  Set<Right> in(RoomName room) {
    return permissions.in(room);
  }

  boolean hasExpired(long nanos) {
    return expiresAt.isPresent() && expiresAt.getAsLong() - nanos <= 0;
  }

  /**
   * The member under the name that is asked for, unless the name is the token's.
   *
   * @throws IllegalArgumentException if nobody may be called that
   */
  Member named(String name) {
    if (isNamed) {
      return member;
    }
    reserved.check(name);
    return member.named(name);
  }
}
