package io.durablechat.gateway.auth;

import java.util.Set;

/** What somebody may do in a room. */
public enum Right {
  /** Be in the room: hold a session, be seen by the others. */
  JOIN,
  /** Read what is and was said; a session needs it besides {@link #JOIN}. */
  READ,
  /** Say something. */
  PUBLISH,
  /** Delete messages, mute, send away and ban members, slow the room down and lock it. */
  MODERATE;

  /** What everybody may do where nothing else is said. */
  public static final Set<Right> CHAT = Set.of(JOIN, READ, PUBLISH);

  /** What it takes to hold a session. */
  public static final Set<Right> SESSION = Set.of(JOIN, READ);
}
