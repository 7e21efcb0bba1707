package io.durablechat.jetty;

import io.durablechat.core.Member;
import io.durablechat.core.RoomName;
import java.util.Optional;
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

  /**
   * The member under the name that is asked for, unless the name is the token's.
   *
   * @param checked a name that {@link Access#checkedName} has checked, which takes a while
   */
  Member named(String checked) {
    return isNamed ? member : new Member(member.identity(), Optional.of(checked));
  }
}
