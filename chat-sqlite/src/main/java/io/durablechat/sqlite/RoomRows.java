package io.durablechat.sqlite;

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
  private final Remembered<RoomName, Row> known = new Remembered<>();
  private final Set<Row> moved = new LinkedHashSet<>();
  private final PreparedStatement find;
  private final PreparedStatement add;
  private final PreparedStatement move;

  /** A room's row, as it will be at the end of the transaction. */
  static final class Row {
    private final long id;
    private long last;
    private long lastAt;

    private Row(long id, long last, long lastAt) {
      this.id = id;
      this.last = last;
      this.lastAt = lastAt;
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
  }

  RoomRows(WriteConnection connection) throws SQLException {
    this.connection = connection;
    find = connection.prepare("SELECT id, last_seq, last_at FROM room WHERE name = ?");
    add =
        connection.prepare(
            "INSERT INTO room (name, last_seq, last_at, trimmed_through) VALUES (?, 0, 0, 0)");
    move = connection.prepare("UPDATE room SET last_seq = ?, last_at = ? WHERE id = ?");
  }

  /** The room's row, which is made if there is none. */
  Row row(RoomName name) throws SQLException {
    Optional<Row> existing = existing(name);
    if (existing.isPresent()) {
      return existing.get();
    }
    add.setString(1, name.value());
    add.executeUpdate();
    Row row = new Row(connection.lastKey(), 0, 0);
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
          ? Optional.of(new Row(row.getLong(1), row.getLong(2), row.getLong(3)))
          : Optional.empty();
    }
  }

  void move(Row room, long last, long at) {
    room.last = last;
    room.lastAt = at;
    moved.add(room);
  }

  /** Writes what has moved. */
  void store() throws SQLException {
    for (Row room : moved) {
      WriteConnection.update(move, room.last, room.lastAt, room.id);
    }
    moved.clear();
  }

  /** Between transactions alone: what one has moved is not in the file before its end. */
  void forgetOldest() {
    known.forgetOldest();
  }

  void forgetAll() {
    moved.clear();
    known.forgetAll();
  }
}
