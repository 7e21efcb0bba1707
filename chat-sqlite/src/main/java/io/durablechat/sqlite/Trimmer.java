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
  private final RoomRows rooms;
  private final ForgottenIdentities identities;
  private final PreparedStatement find;
  private final PreparedStatement oldest;
  private final PreparedStatement remove;
  private final PreparedStatement note;
  private final PreparedStatement forgetQuiet;

  Trimmer(WriteConnection connection, RoomRows rooms, ForgottenIdentities identities)
      throws SQLException {
    this.identities = identities;
    this.connection = connection;
    this.rooms = rooms;
    find =
        connection.prepare("SELECT id, last_seq, trimmed_through, said FROM room WHERE name = ?");
    oldest =
        connection.prepare(
            "SELECT key, at, kind FROM message WHERE key > ? AND key <= ? ORDER BY key LIMIT ?");
    remove = connection.prepare("DELETE FROM message WHERE key > ? AND key <= ?");
    forgetQuiet = connection.prepare("DELETE FROM quiet WHERE last > ? AND last <= ?");
    note =
        connection.prepare(
            "UPDATE room SET trimmed_through = ?, said = said - ?, first_at ="
                + " (SELECT at FROM message WHERE key > ? AND key <= ? ORDER BY key LIMIT 1)"
                + " WHERE id = ?");
  }

  int trim(RoomName name, Keep keep, int atMost, Instant now) {
    int removed =
        connection.transaction(
            () -> {
              find.setString(1, name.value());
              try (ResultSet room = find.executeQuery()) {
                return room.next()
                    ? trim(
                        room.getLong(1),
                        room.getLong(2),
                        room.getLong(3),
                        new Beyond(keep, now, room.getLong(4)),
                        atMost)
                    : 0;
              }
            });
    if (removed > 0) {
      // It may hold nothing now.
      rooms.forget(name);
      identities.onRemoved(removed);
    }
    return removed;
  }

  private int trim(long room, long last, long trimmedThrough, Beyond beyond, int atMost)
      throws SQLException {
    long from = MessageKey.bound(room, trimmedThrough);
    long end = MessageKey.bound(room, last);
    WriteConnection.set(oldest, from, end, atMost);
    long through = from;
    int removed = 0;
    int said = 0;
    try (ResultSet row = oldest.executeQuery()) {
      while (row.next()) {
        boolean isSaid = KindCodes.kind(row.getInt(3)).isSaid();
        long records = last - trimmedThrough - removed;
        if (!beyond.has(row.getLong(2), isSaid, records, said)) {
          break;
        }
        through = row.getLong(1);
        removed++;
        said += isSaid ? 1 : 0;
      }
    }
    if (removed > 0) {
      WriteConnection.update(remove, from, through);
      WriteConnection.update(forgetQuiet, from, through);
      identities.onRemoving(removed);
      WriteConnection.update(note, MessageKey.sequence(through), said, through, end, room);
    }
    return removed;
  }

  /**
   * What need not be kept of a room.
   *
   * @param said how many messages are there in it
   */
  record Beyond(Keep keep, Instant now, long said) {
    /** Records from before this time. */
    static long tooOld(Keep keep, Instant now) {
      return keep.age().map(age -> now.minus(age).toEpochMilli()).orElse(0L);
    }

    /**
     * Whether the oldest record is beyond.
     *
     * @param records how many there are: numbers are dense
     * @param removed how many of {@link #said} are there no more
     */
    boolean has(long at, boolean isSaid, long records, long removed) {
      long most = keep.messages().orElse(Long.MAX_VALUE);
      return at < tooOld(keep, now) || (records > most && (!isSaid || said - removed > most));
    }
  }
}
