package io.durablechat.sqlite;

import io.durablechat.core.Keep;
import io.durablechat.core.RoomName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/** Removes what need not be kept. Used by the writing thread alone. */
final class Trimmer {
  /** How many records lie between two keys, up to a limit. */
  static final String COUNT =
      "SELECT count(*) FROM (SELECT key FROM message WHERE key > ? AND key <= ? LIMIT ?)";

  /** How many more are counted at a time than were asked for. */
  private static final int AHEAD = 4096;

  private final WriteConnection connection;
  private final RoomRows rooms;
  private final ForgottenIdentities identities;
  private final PreparedStatement find;
  private final PreparedStatement oldest;
  private final PreparedStatement count;
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
    count = connection.prepare(COUNT);
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
    Records records = new Records(count, from, end);
    WriteConnection.set(oldest, from, end, atMost);
    long through = from;
    int removed = 0;
    int said = 0;
    try (ResultSet row = oldest.executeQuery()) {
      while (row.next()) {
        boolean isSaid = KindCodes.kind(row.getInt(3)).isSaid();
        if (!beyond.has(row.getLong(2), isSaid, said, removed, records)) {
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

  /** The records of a room, between two keys, counted only as far as somebody needs to know. */
  static final class Records {
    private final PreparedStatement count;
    private final long from;
    private final long end;
    private long asked;
    private long found;

    Records(PreparedStatement count, long from, long end) {
      this.count = count;
      this.from = from;
      this.end = end;
    }

    /** Whether there are more than so many. Takes no longer than to read so many. */
    boolean areMoreThan(long number) throws SQLException {
      if (end - from <= number) {
        // Not even if no sequence was skipped.
        return false;
      }
      if (number >= asked) {
        // A little further than was asked for: the next question is about the next record.
        asked = number + AHEAD;
        WriteConnection.set(count, from, end, asked);
        try (ResultSet row = count.executeQuery()) {
          row.next();
          found = row.getLong(1);
        }
      }
      return found > number;
    }
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
     * Whether the oldest record that is left is beyond.
     *
     * @param saidRemoved how many of {@link #said} are there no more
     * @param removed how many of the records are
     */
    boolean has(long at, boolean isSaid, long saidRemoved, long removed, Records records)
        throws SQLException {
      if (at < tooOld(keep, now)) {
        return true;
      }
      if (keep.messages().isEmpty()) {
        return false;
      }
      // No room has more than it has numbers.
      long most = Math.min(keep.messages().getAsLong(), MessageKey.MAX_SEQUENCE);
      // Where more is said than that, there are more records, too.
      return said - saidRemoved > most || (!isSaid && records.areMoreThan(most + removed));
    }
  }
}
