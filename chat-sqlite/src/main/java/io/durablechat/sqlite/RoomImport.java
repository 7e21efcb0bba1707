package io.durablechat.sqlite;

import io.durablechat.core.Message;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Iterator;

/** Puts back a room as it stood elsewhere. Used by the writing thread alone. */
final class RoomImport {
  private final WriteConnection connection;
  private final RoomRows rooms;
  private final Identities identities;
  private final PreparedStatement setTrimmed;

  RoomImport(WriteConnection connection, RoomRows rooms, Identities identities)
      throws SQLException {
    this.connection = connection;
    this.rooms = rooms;
    this.identities = identities;
    setTrimmed = connection.prepare("UPDATE room SET trimmed_through = ? WHERE id = ?");
  }

  void run(StoredRoom room, Iterator<StoredRecord> stored) {
    requirePossible(room);
    connection.transaction(
        () -> {
          RoomRows.Row row = rooms.row(room.name());
          if (row.last() > 0) {
            throw new IllegalArgumentException("room " + room.name().value() + " is not empty");
          }
          add(row.id(), room, stored);
          rooms.move(row, room.last(), room.lastAt());
          rooms.store();
          WriteConnection.update(setTrimmed, room.trimmedThrough(), row.id());
          return null;
        });
  }

  private void add(long row, StoredRoom room, Iterator<StoredRecord> stored) throws SQLException {
    MessageRows rows = new MessageRows(connection);
    PublishIds ids = new PublishIds(connection);
    long sequence = room.trimmedThrough();
    long at = 0;
    while (stored.hasNext()) {
      StoredRecord next = stored.next();
      if (next instanceof StoredMessage message) {
        requireNext(message.message(), sequence, at);
        sequence = message.message().sequence();
        at = message.message().at().toEpochMilli();
        add(row, message, rows, ids);
      } else if (next instanceof TrimmedId trimmed) {
        requireTrimmed(trimmed, room);
        add(row, identities.number(trimmed.author().identity()), trimmed, ids);
      }
      identities.forgetOldest();
    }
    if (sequence != room.last() || at > room.lastAt()) {
      throw new IllegalArgumentException(
          "the export is not whole: it ends at message %d, and announces %d"
              .formatted(sequence, room.last()));
    }
  }

  private void add(long row, StoredMessage stored, MessageRows rows, PublishIds ids)
      throws SQLException {
    Message message = stored.message();
    long author = identities.number(message.author().identity());
    rows.add(row, author, message);
    if (stored.publishId().isPresent()) {
      String id =
          message
              .draft()
              .id()
              .orElseThrow(() -> new IllegalArgumentException("an id is remembered, but not said"));
      StoredMessage.PublishId known = stored.publishId().get();
      ids.add(row, author, id, message.sequence(), known.at(), known.digest());
    }
  }

  private static void add(long row, long author, TrimmedId trimmed, PublishIds ids)
      throws SQLException {
    StoredMessage.PublishId known = trimmed.publishId();
    ids.add(row, author, trimmed.id(), trimmed.sequence(), known.at(), known.digest());
  }

  /** Numbers are dense, and some must be left for what comes. */
  private static void requirePossible(StoredRoom room) {
    if (room.trimmedThrough() < 0
        || room.last() > MessageKey.MAX_IMPORTED
        || room.lastAt() < 0
        || room.records() < 0
        || room.records() != room.last() - room.trimmedThrough()) {
      throw new IllegalArgumentException(
          "there is no room with %d messages from %d to %d"
              .formatted(room.records(), room.trimmedThrough() + 1, room.last()));
    }
  }

  private static void requireTrimmed(TrimmedId trimmed, StoredRoom room) {
    if (trimmed.sequence() < 1 || trimmed.sequence() > room.trimmedThrough()) {
      throw new IllegalArgumentException(
          "message %d was not trimmed, but its id is among those".formatted(trimmed.sequence()));
    }
  }

  private static void requireNext(Message message, long sequence, long at) {
    if (message.sequence() != sequence + 1
        || message.previous() != sequence
        || message.at().toEpochMilli() < at) {
      throw new IllegalArgumentException(
          "message %d does not follow message %d".formatted(message.sequence(), sequence));
    }
  }
}
