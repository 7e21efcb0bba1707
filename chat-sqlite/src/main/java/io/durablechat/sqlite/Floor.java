package io.durablechat.sqlite;

import io.durablechat.core.RoomName;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Set;

/**
 * What keeps numbers from coming back although the rooms they were given in are forgotten: no such
 * room had a number above it, and the numbers of every new room begin above it. Used by the writing
 * thread alone.
 *
 * <p>Why nobody takes one thing for another by it:
 *
 * <ul>
 *   <li>A cursor of a forgotten room is not above the floor, and what the room has now, or has
 *       anew, is above it: so there is nothing after the cursor but what was removed, and who comes
 *       with it is told so ({@code trimmed}), as if the room had been kept. A room that is not
 *       there has the floor for its head and as what was trimmed.
 *   <li>A room that is followed is not forgotten, and one that is followed and not there, which was
 *       said to end at the floor of then, is made before the floor is raised: its first record
 *       names the number before it that its followers know.
 *   <li>A room is forgotten only after the last id used in it is, so no retry comes too late.
 *   <li>The log is known to have been set back by how many sequences it has used. Those of
 *       forgotten rooms are added up beside the floor, and in a room's own they count from its
 *       base.
 *   <li>Only rooms that are put back by an import have numbers below the floor, and one such may
 *       have been here before with others: if anything was ever forgotten, an import begins a new
 *       lineage.
 * </ul>
 *
 * <p>It is doubled when it is raised, and so raised at most 34 times in the life of a file; beyond
 * {@link #MAX} rooms are kept, so that half of all numbers are left for whatever comes.
 */
final class Floor {
  /** The last sequence that a room may have had and be forgotten. */
  static final long MAX = MessageKey.MAX_IMPORTED / 2;

  static final String SELECT = "SELECT value FROM meta WHERE key = 'floor'";

  private final PreparedStatement set;
  private final PreparedStatement count;
  private final PreparedStatement reserve;
  private final PreparedStatement renumber;
  private long value;

  Floor(WriteConnection connection, long value) throws SQLException {
    this.value = value;
    set = connection.prepare("INSERT OR REPLACE INTO meta VALUES ('floor', ?)");
    count =
        connection.prepare(
            "INSERT INTO meta VALUES ('forgotten', ?1)"
                + " ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + ?1");
    reserve =
        connection.prepare(
            "INSERT OR IGNORE INTO room (name, last_seq, last_at, trimmed_through, base)"
                + " VALUES (?1, ?2, 0, ?2, ?2)");
    renumber = connection.prepare("INSERT OR REPLACE INTO meta VALUES ('renumbered', '1')");
  }

  long value() {
    return value;
  }

  /** Within a transaction; the value is set once it is kept. */
  long raised(long last, Set<RoomName> inUse) throws SQLException {
    for (RoomName name : inUse) {
      reserve.setString(1, name.value());
      reserve.setLong(2, value);
      reserve.executeUpdate();
    }
    long raised = (Long.highestOneBit(last) << 1) - 1;
    set.setString(1, "" + raised);
    set.executeUpdate();
    return raised;
  }

  void onKept(long raised) {
    value = raised;
  }

  /** So many sequences were those of rooms that are forgotten. */
  void count(long used) throws SQLException {
    count.setString(1, "" + used);
    count.executeUpdate();
  }

  /** A room is put back whose numbers may have been another's. */
  void onImported() throws SQLException {
    if (value > 0) {
      renumber.executeUpdate();
    }
  }
}
