package io.durablechat.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.Body;
import io.durablechat.core.Cursor;
import io.durablechat.core.Keep;
import io.durablechat.core.MessageLog.Aged;
import io.durablechat.core.Newest;
import io.durablechat.core.Page;
import io.durablechat.core.Place;
import io.durablechat.core.Range;
import io.durablechat.core.RoomName;
import io.durablechat.core.Summary;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads beside the writer, each time from one state of the file. Used by one thread at a time. */
final class Reader implements AutoCloseable {
  /** Rooms whose first record is from before a time, from one of them on. */
  static final String SELECT_OLDER =
      """
      SELECT name, first_at FROM room WHERE first_at < ?1
        AND (first_at, id) > (?2, coalesce((SELECT id FROM room WHERE name = ?3), 0))
      ORDER BY first_at, id LIMIT ?4
      """;

  private final Connection connection;
  private final long lineage;
  private final PreparedStatement findRoom;
  private final PreparedStatement findRooms;
  private final PreparedStatement findOldest;
  private final PreparedStatement count;
  private final PreparedStatement findOlder;
  private final PreparedStatement findFloor;
  private final PreparedStatement findSummary;
  private final RoomReads reads;

  private Reader(Connection connection, long lineage) throws SQLException {
    this.connection = connection;
    this.lineage = lineage;
    connection.setAutoCommit(false);
    findRoom =
        connection.prepareStatement(
            "SELECT id, last_seq, trimmed_through, said FROM room WHERE name = ?");
    findRooms =
        connection.prepareStatement("SELECT name FROM room WHERE name > ? ORDER BY name LIMIT ?");
    findOldest =
        connection.prepareStatement(
            "SELECT at, kind FROM message WHERE key > ? AND key <= ? ORDER BY key LIMIT 1");
    count = connection.prepareStatement(Trimmer.COUNT);
    findOlder = connection.prepareStatement(SELECT_OLDER);
    findSummary = connection.prepareStatement(Summaries.SELECT);
    findFloor = connection.prepareStatement(Floor.SELECT);
    reads = new RoomReads(connection);
  }

  static Reader open(Database database, long lineage) throws SQLException {
    Connection connection = database.beside();
    try {
      return new Reader(connection, lineage);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private record RoomRow(long id, long last, long trimmedThrough, long said) {
    private RoomReads.Bounds bounds() {
      return new RoomReads.Bounds(
          id, MessageKey.bound(id, trimmedThrough), MessageKey.bound(id, last) + 1);
    }

    /** The key that what lies before a sequence ends at. */
    private long end(long before) {
      return before > last ? MessageKey.bound(id, last) + 1 : MessageKey.bound(id, before);
    }
  }

  Page read(RoomName name, Range range) {
    return inOneState(
        () -> {
          Optional<RoomRow> room = room(name);
          return room.isEmpty()
              ? new Page(List.of(), false, floor(), new Cursor(name, lineage, floor()))
              : read(name, room.get(), range);
        });
  }

  Place locate(RoomName name, Newest newest) {
    return inOneState(
        () -> {
          Optional<RoomRow> room = room(name);
          return room.isEmpty()
              ? new Place(
                  floor(), OptionalLong.empty(), floor(), new Cursor(name, lineage, floor()))
              : locate(name, room.get(), newest);
        });
  }

  Cursor head(RoomName name) {
    return inOneState(
        () -> {
          Optional<RoomRow> room = room(name);
          return new Cursor(name, lineage, room.isEmpty() ? floor() : room.get().last());
        });
  }

  /** Where a room ends that is not there. */
  private long floor() throws SQLException {
    try (ResultSet row = findFloor.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  List<Aged> roomsOlderThan(Instant before, Optional<Aged> after, int atMost) {
    return inOneState(
        () -> {
          findOlder.setLong(1, before.toEpochMilli());
          findOlder.setLong(2, after.map(aged -> aged.oldest().toEpochMilli()).orElse(-1L));
          findOlder.setString(3, after.map(aged -> aged.room().value()).orElse(""));
          findOlder.setInt(4, atMost);
          List<Aged> rooms = new ArrayList<>();
          try (ResultSet row = findOlder.executeQuery()) {
            while (row.next()) {
              rooms.add(
                  new Aged(RoomName.of(row.getString(1)), Instant.ofEpochMilli(row.getLong(2))));
            }
          }
          return rooms;
        });
  }

  List<RoomName> rooms(Optional<RoomName> after, int atMost) {
    return inOneState(
        () -> {
          findRooms.setString(1, after.map(RoomName::value).orElse(""));
          findRooms.setInt(2, atMost);
          List<RoomName> names = new ArrayList<>();
          try (ResultSet row = findRooms.executeQuery()) {
            while (row.next()) {
              names.add(RoomName.of(row.getString(1)));
            }
          }
          return names;
        });
  }

  boolean hasBeyond(RoomName name, Keep keep, Instant now) {
    return inOneState(
        () -> {
          Optional<RoomRow> room = room(name);
          return room.isPresent() && hasBeyond(room.get(), keep, now);
        });
  }

  private boolean hasBeyond(RoomRow room, Keep keep, Instant now) throws SQLException {
    long from = MessageKey.bound(room.id(), room.trimmedThrough());
    long end = MessageKey.bound(room.id(), room.last());
    WriteConnection.set(findOldest, from, end);
    try (ResultSet oldest = findOldest.executeQuery()) {
      return oldest.next()
          && new Trimmer.Beyond(keep, now, room.said())
              .has(
                  oldest.getLong(1),
                  KindCodes.kind(oldest.getInt(2)).isSaid(),
                  0,
                  0,
                  new Trimmer.Records(count, from, end));
    }
  }

  Optional<Summary> summary(RoomName name) {
    return inOneState(
        () -> {
          findSummary.setString(1, name.value());
          try (ResultSet row = findSummary.executeQuery()) {
            return row.next()
                ? Optional.of(
                    new Summary(row.getLong(1), Body.text(new String(row.getBytes(2), UTF_8))))
                : Optional.empty();
          }
        });
  }

  private <T> T inOneState(Work<T> read) {
    try {
      try {
        return read.run();
      } finally {
        connection.rollback();
      }
    } catch (SQLException e) {
      throw new LogFailureException(e);
    }
  }

  private Optional<RoomRow> room(RoomName name) throws SQLException {
    findRoom.setString(1, name.value());
    try (ResultSet row = findRoom.executeQuery()) {
      return row.next()
          ? Optional.of(new RoomRow(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)))
          : Optional.empty();
    }
  }

  private Page read(RoomName name, RoomRow room, Range range) throws SQLException {
    RoomReads.Read read =
        range.anchor() == Range.Anchor.AFTER
            ? reads.after(room.bounds(), range)
            : reads.before(
                room.bounds(),
                room.end(range.anchor() == Range.Anchor.LAST ? Long.MAX_VALUE : range.sequence()),
                range);
    return new Page(read.entries(), read.hasMore(), room.trimmedThrough(), head(name, room));
  }

  private Place locate(RoomName name, RoomRow room, Newest newest) throws SQLException {
    RoomReads.Located found = reads.locate(room.bounds(), room.end(newest.before()), newest);
    return new Place(
        found.position().orElse(room.trimmedThrough()),
        found.first(),
        room.trimmedThrough(),
        head(name, room));
  }

  private Cursor head(RoomName name, RoomRow room) {
    return new Cursor(name, lineage, room.last());
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
