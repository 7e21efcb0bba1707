package io.durablechat.core;

/**
 * An application's say in its rooms. Called on a room's strand: must not block, and rooms call it
 * at the same time. To refuse, throw {@link RefusedException}; what else is thrown is logged and
 * refuses as well.
 */
public interface RoomPolicy {
  /** Everybody may join every room and say anything. */
  RoomPolicy OPEN = new RoomPolicy() {};

  /**
   * Asked before a session is let in.
   *
   * @throws RefusedException if the member may not join
   */
  default void admit(RoomName room, Member member) {}

  /**
   * Asked before a draft is published, a retry included. If it refuses a retry of what was kept,
   * the author is told of that all the same.
   *
   * @return the draft as it shall be published: itself, or {@linkplain Draft#rewritten rewritten}
   * @throws RefusedException if it may not be published
   */
  default Draft review(RoomName room, Member author, Draft draft) {
    return draft;
  }

  /**
   * Asked before a member is called something else while it is in the room.
   *
   * @throws RefusedException if it may not be called that
   */
  default void rename(RoomName room, Member member, Member renamed) {}

  /** A member's first session has joined the room. */
  default void onJoined(RoomName room, Member member) {}

  /** A member's last session has left the room. */
  default void onLeft(RoomName room, Member member) {}
}
