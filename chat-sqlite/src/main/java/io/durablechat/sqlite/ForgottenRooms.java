package io.durablechat.sqlite;

import io.durablechat.core.RoomName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Takes out rooms that hold nothing any more; {@link Floor} says why nothing comes of it. Used by
 * the writing thread alone.
 */
final class ForgottenRooms {
  /** Rooms that hold no record, in the order of when they had their last. */
  static final String SELECT =
      "SELECT id, name, last_seq, base FROM room WHERE first_at IS NULL AND last_at < ?"
          + " ORDER BY last_at";

  private final WriteConnection connection;
  private final RoomRows rooms;
  private final Floor floor;
  private final PreparedStatement find;
  private final PreparedStatement findId;
  private final PreparedStatement removeIds;
  private final PreparedStatement removeSummary;
  private final PreparedStatement remove;

  private record Idle(long id, RoomName name, long last, long base) {}

  ForgottenRooms(WriteConnection connection, RoomRows rooms, Floor floor) throws SQLException {
    this.connection = connection;
    this.rooms = rooms;
    this.floor = floor;
    find = connection.prepare(SELECT);
    findId = connection.prepare("SELECT 1 FROM publish_id WHERE room = ? AND at >= ? LIMIT 1");
    removeIds = connection.prepare("DELETE FROM publish_id WHERE room = ?");
    removeSummary = connection.prepare("DELETE FROM summary WHERE room = ?");
    remove = connection.prepare("DELETE FROM room WHERE id = ?");
  }

  /**
   * Forgets some.
   *
   * @param since ids used since then may be used again
   */
  int forget(Set<RoomName> inUse, int atMost, long since) {
    if (idle(inUse, 1, since).isEmpty()) {
      // Mostly so: and a transaction would wait for others that write.
      return 0;
    }
    long[] raised = {floor.value()};
    int forgotten =
        connection.transaction(
            () -> {
              List<Idle> idle = idle(inUse, atMost, since);
              long last = idle.stream().mapToLong(Idle::last).max().orElse(0);
              if (last > floor.value()) {
                raised[0] = floor.raised(last, inUse);
              }
              for (Idle room : idle) {
                WriteConnection.update(removeIds, room.id());
                WriteConnection.update(removeSummary, room.id());
                WriteConnection.update(remove, room.id());
              }
              floor.count(idle.stream().mapToLong(room -> room.last() - room.base()).sum());
              idle.forEach(room -> rooms.forget(room.name()));
              return idle.size();
            });
    floor.onKept(raised[0]);
    return forgotten;
  }

  private List<Idle> idle(Set<RoomName> inUse, int atMost, long since) {
    try {
      List<Idle> idle = new ArrayList<>();
      find.setLong(1, since);
      try (ResultSet row = find.executeQuery()) {
        while (idle.size() < atMost && row.next()) {
          Idle room =
              new Idle(
                  row.getLong(1), RoomName.of(row.getString(2)), row.getLong(3), row.getLong(4));
          if (mayGo(room, inUse, since)) {
            idle.add(room);
          }
        }
      }
      return idle;
    } catch (SQLException e) {
      throw new LogFailureException(e);
    }
  }

  private boolean mayGo(Idle room, Set<RoomName> inUse, long since) throws SQLException {
    if (inUse.contains(room.name()) || room.name().isReserved() || room.last() > Floor.MAX) {
      return false;
    }
    WriteConnection.set(findId, room.id(), since);
    try (ResultSet row = findId.executeQuery()) {
      return !row.next();
    }
  }
}
