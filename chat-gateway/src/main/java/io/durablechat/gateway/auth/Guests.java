package io.durablechat.gateway.auth;

import io.durablechat.core.RoomName;
import java.util.EnumSet;
import java.util.Set;

/** What is permitted at most to who shows no token: a guest with a key, or somebody new. */
public enum Guests implements Permissions {
  /** Everything; but to moderate takes a rule that names them. */
  ALLOW,
  /** To be there and to read. */
  READ_ONLY,
  /** Nothing: without a token one is not authenticated. */
  DENY;

  @Override
  public Set<Right> in(RoomName room) {
    return switch (this) {
      case ALLOW -> EnumSet.allOf(Right.class);
      case READ_ONLY -> EnumSet.of(Right.JOIN, Right.READ);
      case DENY -> EnumSet.noneOf(Right.class);
    };
  }
}
