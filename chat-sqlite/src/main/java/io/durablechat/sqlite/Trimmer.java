package io.durablechat.sqlite;

import io.durablechat.core.Keep;
import io.durablechat.core.RoomName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** Removes what need not be kept. Used by the writing thread alone. */
final class Trimmer {
  private final WriteConnection connection;
  private final RoomRows rooms;
  private final PreparedStatement oldest;
  private final PreparedStatement remove;
  private final PreparedStatement note;

  Trimmer(WriteConnection connection, RoomRows rooms) throws SQLException {
    this.connection = connection;
    this.rooms = rooms;
    oldest =
        connection.prepare(
            "SELECT count(*), max(key) FROM (SELECT key, at FROM message WHERE key > ? AND key <= ?"
                + " ORDER BY key LIMIT ?) WHERE at < ? OR key <= ?");
    remove = connection.prepare("DELETE FROM message WHERE key > ? AND key <= ?");
    note = connection.prepare("UPDATE room SET trimmed_through = ? WHERE id = ?");
  }

  int trim(RoomName name, Keep keep, int atMost, Instant now) {
    return connection.transaction(
        () -> {
          Optional<RoomRows.Row> room = rooms.stored(name);
          return room.isEmpty() ? 0 : trim(room.get(), keep, atMost, now);
        });
  }

  private int trim(RoomRows.Row room, Keep keep, int atMost, Instant now) throws SQLException {
    long from = MessageKey.bound(room.id(), room.trimmedThrough());
    oldest.setLong(1, from);
    oldest.setLong(2, MessageKey.bound(room.id(), room.last()));
    oldest.setInt(3, atMost);
    oldest.setLong(4, keep.age().map(age -> now.minus(age).toEpochMilli()).orElse(0L));
    oldest.setLong(5, MessageKey.bound(room.id(), beyondNumber(room, keep)));
    try (ResultSet row = oldest.executeQuery()) {
      row.next();
      int removed = row.getInt(1);
      if (removed > 0) {
        long through = row.getLong(2);
        WriteConnection.update(remove, from, through);
        WriteConnection.update(note, MessageKey.sequence(through), room.id());
      }
      return removed;
    }
  }

  /** Numbers are dense: the newest so many begin after this sequence. */
  private static long beyondNumber(RoomRows.Row room, Keep keep) {
    return keep.messages().isPresent() ? Math.max(0, room.last() - keep.messages().getAsLong()) : 0;
  }
}
