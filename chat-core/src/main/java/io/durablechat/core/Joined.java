package io.durablechat.core;

import java.util.List;
import java.util.OptionalLong;

/**
 * How a session begins.
 *
 * @param session the session
 * @param resume how its beginning relates to what it asked for
 * @param cursor where it begins: the replay brings what lies after it
 * @param head the end of the room's log as it joined
 * @param first for {@link Resume#TRIMMED} and {@link Resume#SKIPPED}, where history begins for it
 * @param memberCount how many members are in the room, itself included
 * @param presenceVersion the version of that, as in {@link Presence#version()}
 * @param members who they are, if they are at most {@value #MAX_MEMBERS}; otherwise empty
 * @param mode how the room goes
 */
public record Joined(
    Session session,
    Resume resume,
    Cursor cursor,
    Cursor head,
    OptionalLong first,
    int memberCount,
    long presenceVersion,
    List<Member> members,
    RoomMode mode) {
  /** Above this many members only their number is told. */
  public static final int MAX_MEMBERS = 200;

  /** How a session's beginning relates to what it asked for. Never partial without saying so. */
  public enum Resume {
    /** It named no cursor, and begins at the head or so many messages before it. */
    FRESH,
    /** It is given everything after its cursor, however much that is. */
    EXACT,
    /** Retention removed what followed its cursor: it is given all that is left. */
    TRIMMED,
    /** More followed its cursor than it wanted: it is given the newest. */
    SKIPPED,
    /** Its cursor is of another lineage or past the head: as fresh, and what it has is void. */
    RESET
  }
}
