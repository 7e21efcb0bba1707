package io.durablechat.core;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who follows which room on this machine. Safe for use by several threads. */
final class Followings {
  private static final System.Logger LOG = System.getLogger(Followings.class.getName());

  private final Map<RoomName, List<LocalFollowing>> rooms = new ConcurrentHashMap<>();

  /** From now on the follower is told of the room, which stands at this head. */
  Broadcaster.Following add(RoomName room, Cursor head, Follower follower) {
    LocalFollowing following = new LocalFollowing(room, head, follower);
    rooms.compute(
        room,
        (r, known) -> {
          List<LocalFollowing> all = known == null ? new CopyOnWriteArrayList<>() : known;
          all.add(following);
          return all;
        });
    return following;
  }

  /** The rooms that are followed. */
  Set<RoomName> rooms() {
    return rooms.keySet();
  }

  void tell(RoomName room, List<Entry> entries) {
    rooms.getOrDefault(room, List.of()).forEach(following -> following.tell(entries));
  }

  private void remove(LocalFollowing following) {
    rooms.computeIfPresent(
        following.room,
        (r, all) -> {
          all.remove(following);
          return all.isEmpty() ? null : all;
        });
  }

  private final class LocalFollowing implements Broadcaster.Following {
    private final RoomName room;
    private final Cursor head;
    private final Follower follower;

    private LocalFollowing(RoomName room, Cursor head, Follower follower) {
      this.room = room;
      this.head = head;
      this.follower = follower;
    }

    @Override
    public Cursor head() {
      return head;
    }

    @Override
    public void cancel() {
      remove(this);
    }

    private void tell(List<Entry> entries) {
      try {
        follower.onEntries(entries);
      } catch (Throwable e) {
        LOG.log(System.Logger.Level.ERROR, "A follower failed; the log goes on", e);
      }
    }
  }
}
