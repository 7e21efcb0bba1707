package io.durablechat.sqlite;

import io.durablechat.core.Keep;
import io.durablechat.core.RoomName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/** Removes what need not be kept. Used by the writing thread alone. */
final class Trimmer {
  private final WriteConnection connection;
  private final PreparedStatement find;
  private final PreparedStatement oldest;
  private final PreparedStatement remove;
  private final PreparedStatement note;

  Trimmer(WriteConnection connection) throws SQLException {
    this.connection = connection;
    find = connection.prepare("SELECT id, last_seq, trimmed_through FROM room WHERE name = ?");
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
          find.setString(1, name.value());
          try (ResultSet room = find.executeQuery()) {
            return room.next()
                ? trim(room.getLong(1), room.getLong(2), room.getLong(3), keep, atMost, now)
                : 0;
          }
        });
  }

  private int trim(long room, long last, long trimmedThrough, Keep keep, int atMost, Instant now)
      throws SQLException {
    long from = MessageKey.bound(room, trimmedThrough);
    oldest.setLong(1, from);
    oldest.setLong(2, MessageKey.bound(room, last));
    oldest.setInt(3, atMost);
    oldest.setLong(4, tooOld(keep, now));
    oldest.setLong(5, MessageKey.bound(room, beyondNumber(last, keep)));
    try (ResultSet row = oldest.executeQuery()) {
      row.next();
      int removed = row.getInt(1);
      if (removed > 0) {
        long through = row.getLong(2);
        WriteConnection.update(remove, from, through);
        WriteConnection.update(note, MessageKey.sequence(through), room);
      }
      return removed;
    }
  }

  /** Records from before this time need not be kept. */
  static long tooOld(Keep keep, Instant now) {
    return keep.age().map(age -> now.minus(age).toEpochMilli()).orElse(0L);
  }

  /** Records up to this sequence need not be kept: numbers are dense. */
  static long beyondNumber(long last, Keep keep) {
    return keep.messages().isPresent() ? Math.max(0, last - keep.messages().getAsLong()) : 0;
  }
}
