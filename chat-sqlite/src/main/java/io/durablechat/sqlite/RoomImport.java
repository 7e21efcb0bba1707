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

  void run(StoredRoom room, Iterator<StoredMessage> messages) {
    connection.transaction(
        () -> {
          RoomRows.Row row = rooms.row(room.name());
          if (row.last() > 0) {
            throw new IllegalArgumentException(
                "room " + room.name().value() + " is not empty: nothing was imported");
          }
          add(row, room, messages);
          rooms.store();
          return null;
        });
    // What is remembered of the room does not know what was removed from it.
    rooms.forgetAll();
  }

  private void add(RoomRows.Row row, StoredRoom room, Iterator<StoredMessage> messages)
      throws SQLException {
    MessageRows rows = new MessageRows(connection);
    PublishIds ids = new PublishIds(connection);
    long sequence = room.trimmedThrough();
    long at = 0;
    long count = 0;
    while (messages.hasNext()) {
      StoredMessage stored = messages.next();
      Message message = stored.message();
      requireNext(message, sequence, at);
      sequence = message.sequence();
      at = message.at().toEpochMilli();
      count++;
      long author = identities.number(message.author().identity());
      rows.add(row.id(), author, message);
      if (stored.publishId().isPresent()) {
        StoredMessage.PublishId id = stored.publishId().get();
        ids.add(
            row.id(), author, message.draft().id().orElseThrow(), sequence, id.at(), id.digest());
      }
    }
    if (sequence != room.last() || count != room.records() || at > room.lastAt()) {
      throw new IllegalArgumentException(
          "the export is not whole: %d messages up to sequence %d, where %d up to %d are announced"
              .formatted(count, sequence, room.records(), room.last()));
    }
    rooms.move(row, room.last(), room.lastAt());
    WriteConnection.update(setTrimmed, room.trimmedThrough(), row.id());
  }

  private static void requireNext(Message message, long sequence, long at) {
    if (message.sequence() <= sequence
        || message.previous() != sequence
        || message.at().toEpochMilli() < at) {
      throw new IllegalArgumentException(
          "message %d does not follow message %d".formatted(message.sequence(), sequence));
    }
  }
}
