package io.durablechat.core;

import java.util.Optional;

/**
 * What a room is told of somebody beside who they are.
 *
 * @param moderates whether they moderate the room, and what holds for others there does not for
 *     them; a ban that names them does
 * @param addressHash where they come from, as a keyed hash of an address: what one can be banned by
 *     who has no lasting identity. Never shown to members
 */
public record SessionAttributes(boolean moderates, Optional<String> addressHash) {
  /** Somebody from anywhere. */
  public static final SessionAttributes NONE = new SessionAttributes(false, Optional.empty());

  /**
   * The address hash by which a ruling is about somebody it does not name. Not of those who
   * moderate: who bans a neighbour by address would be out themselves.
   */
  Optional<String> sanctionable() {
    return moderates ? Optional.empty() : addressHash;
  }
}
