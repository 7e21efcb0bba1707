package io.durablechat.gateway;

import io.durablechat.core.Member;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Whom a token is for.
 *
 * @param member who it is; identities of an application should begin with {@code user:}, so that
 *     they never meet guests'. With a name, the member is always called that
 * @param permissions what the member may do; empty leaves it to the server's {@link RoomRules}
 * @param expires when sessions that began with this token end, unless they are shown another
 */
public record Identity(
    Member member, Optional<Permissions> permissions, Optional<Instant> expires) {
  /** Checks that nothing is null. */
  public Identity {
    Objects.requireNonNull(member);
    Objects.requireNonNull(permissions);
    Objects.requireNonNull(expires);
  }
}
