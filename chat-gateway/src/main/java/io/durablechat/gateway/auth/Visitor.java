package io.durablechat.gateway.auth;

import io.durablechat.core.Member;
import io.durablechat.core.RoomName;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * Somebody who has come, and what they may do.
 *
 * @param isNamed whether the name is the token's, and stays
 * @param expires when what they showed is not to be believed any more: asked of the time of day
 *     again and again, for that may be set
 */
public record Visitor(
    Member member, boolean isNamed, Permissions permissions, Optional<Instant> expires) {
  public Set<Right> in(RoomName room) {
    return permissions.in(room);
  }

  public boolean hasExpired(InstantSource clock) {
    return expires.isPresent() && !clock.instant().isBefore(expires.get());
  }

  /**
   * The member under the name that is asked for, unless the name is the token's.
   *
   * @param checked a name that {@code Access.checkedName} has checked, which takes a while
   */
  public Member named(String checked) {
    return isNamed ? member : new Member(member.identity(), Optional.of(checked));
  }
}
