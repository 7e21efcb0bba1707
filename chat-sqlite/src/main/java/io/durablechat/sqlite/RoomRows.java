package io.durablechat.sqlite;

import io.durablechat.core.Entry;
import io.durablechat.core.RoomName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Where each room's log ends: those in use are remembered. Used by the writing thread alone. */
final class RoomRows {
  private final WriteConnection connection;
  private final Floor floor;
  private final Remembered<RoomName, Row> known = new Remembered<>();
  private final Set<Row> moved = new LinkedHashSet<>();
  private final PreparedStatement find;
  private final PreparedStatement add;
  private final PreparedStatement move;
  private final PreparedStatement begin;

  /** A room's row, as it will be at the end of the transaction. */
  static final class Row {
    private static final long NONE = -1;

    private final long id;
    private final long base;
    private long last;
    private long lastAt;

    /** Whether the file says that it holds records. */
    private boolean isBegun;

    /** The time of the first record that the transaction adds, if it adds one. */
    private long addedAt = NONE;

    /** How many messages more, or less, are there by the transaction. */
    private long said;

    private Row(long id, long base, long last, long lastAt, boolean isBegun) {
      this.id = id;
      this.base = base;
      this.last = last;
      this.lastAt = lastAt;
      this.isBegun = isBegun;
    }

    long id() {
      return id;
    }

    long last() {
      return last;
    }

    long lastAt() {
      return lastAt;
    }

    /** Whether it has never had a record. */
    boolean isNew() {
      return last == base;
    }
  }

  RoomRows(WriteConnection connection, Floor floor) throws SQLException {
    this.connection = connection;
    this.floor = floor;
    find =
        connection.prepare(
            "SELECT id, base, last_seq, last_at, first_at IS NOT NULL FROM room WHERE name = ?");
    add =
        connection.prepare(
            "INSERT INTO room (name, last_seq, last_at, trimmed_through, base)"
                + " VALUES (?1, ?2, 0, ?2, ?2)");
    move =
        connection.prepare(
            "UPDATE room SET last_seq = ?, last_at = ?, said = said + ? WHERE id = ?");
    begin = connection.prepare("UPDATE room SET first_at = ? WHERE id = ?");
  }

  /** The room's row, which is made if there is none. */
  Row row(RoomName name) throws SQLException {
    Optional<Row> existing = existing(name);
    if (existing.isPresent()) {
      return existing.get();
    }
    add.setString(1, name.value());
    add.setLong(2, floor.value());
    add.executeUpdate();
    Row row = new Row(connection.lastKey(), floor.value(), floor.value(), 0, false);
    known.put(name, row);
    return row;
  }

  /** The room's row, if there is one. */
  Optional<Row> existing(RoomName name) throws SQLException {
    Optional<Row> remembered = known.find(name);
    if (remembered.isPresent()) {
      return remembered;
    }
    Optional<Row> stored = stored(name);
    stored.ifPresent(row -> known.put(name, row));
    return stored;
  }

  private Optional<Row> stored(RoomName name) throws SQLException {
    find.setString(1, name.value());
    try (ResultSet row = find.executeQuery()) {
      return row.next()
          ? Optional.of(
              new Row(
                  row.getLong(1),
                  row.getLong(2),
                  row.getLong(3),
                  row.getLong(4),
                  row.getBoolean(5)))
          : Optional.empty();
    }
  }

  /** A record was added at the end. */
  void onAdded(Row room, Entry entry) {
    long at = entry.at().toEpochMilli();
    if (!room.isBegun && room.addedAt == Row.NONE) {
      room.addedAt = at;
    }
    room.said += entry.content().isSaid() ? 1 : 0;
    move(room, entry.sequence(), at);
  }

  /** A message was blanked. */
  void onDeleted(Row room) {
    room.said--;
    moved.add(room);
  }

  void move(Row room, long last, long at) {
    room.last = last;
    room.lastAt = at;
    moved.add(room);
  }

  /** Writes what has moved. */
  void store() throws SQLException {
    for (Row room : moved) {
      WriteConnection.update(move, room.last, room.lastAt, room.said, room.id);
      room.said = 0;
      if (room.addedAt != Row.NONE) {
        // Seldom, and so not with the others: it stands in an index.
        WriteConnection.update(begin, room.addedAt, room.id);
        room.isBegun = true;
        room.addedAt = Row.NONE;
      }
    }
    moved.clear();
  }

  /** Between transactions alone: what one has moved is not in the file before its end. */
  void forgetOldest() {
    known.forgetOldest();
  }

  /** What is in the file has changed otherwise. */
  void forget(RoomName name) {
    known.forget(name);
  }

  void forgetAll() {
    moved.clear();
    known.forgetAll();
  }
}
