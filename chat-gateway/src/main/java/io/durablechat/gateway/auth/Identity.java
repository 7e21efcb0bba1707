package io.durablechat.gateway.auth;

import io.durablechat.core.Member;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The user who has logged in, and what that allows.
 *
 * @param member who it is; identities of an application should begin with {@code user:}, so that
 *     they never meet guests'. With a name, the member is always called that
 * @param permissions what the member may do; empty leaves it to the server's {@link RoomRules}
 * @param expires when sessions that began with this login end, unless they are shown a token
 */
public record Identity(
    Member member, Optional<Permissions> permissions, Optional<Instant> expires) {
  /** Checks that nothing is null. */
  public Identity {
    Objects.requireNonNull(member);
    Objects.requireNonNull(permissions);
    Objects.requireNonNull(expires);
  }

  /** Returns the identity of a member who may do what the rules say, for as long as it stays. */
  public static Identity of(Member member) {
    return new Identity(member, Optional.empty(), Optional.empty());
  }

  /** Returns the same, good until this moment. */
  public Identity until(Instant end) {
    return new Identity(member, permissions, Optional.of(end));
  }
}
