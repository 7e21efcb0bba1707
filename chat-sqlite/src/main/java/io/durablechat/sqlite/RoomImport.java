package io.durablechat.sqlite;

import io.durablechat.core.Content;
import io.durablechat.core.Draft;
import io.durablechat.core.Entry;
import io.durablechat.core.Moderation;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;

/**
 * Puts back a room as it stood elsewhere. Used by the writing thread alone.
 *
 * <p>Nothing comes in that appending would not have kept: a time far ahead, say, would be that of
 * all later messages, and retention would not touch them.
 */
final class RoomImport {
  /** How far the clock may have been ahead where the room was. */
  private static final Duration AHEAD = Duration.ofDays(1);

  private final WriteConnection connection;
  private final RoomRows rooms;
  private final Identities identities;
  private final Floor floor;
  private final PreparedStatement setTrimmed;
  private final InstantSource clock;

  RoomImport(
      WriteConnection connection,
      RoomRows rooms,
      Identities identities,
      Floor floor,
      InstantSource clock)
      throws SQLException {
    this.clock = clock;
    this.floor = floor;
    this.connection = connection;
    this.rooms = rooms;
    this.identities = identities;
    setTrimmed = connection.prepare("UPDATE room SET trimmed_through = ?, base = 0 WHERE id = ?");
  }

  void run(StoredRoom room, Iterator<StoredRecord> stored) {
    requirePossible(room);
    connection.transaction(
        () -> {
          RoomRows.Row row = rooms.row(room.name());
          if (!row.isNew()) {
            throw new IllegalArgumentException("room " + room.name().value() + " is not empty");
          }
          add(row, room, stored);
          rooms.move(row, room.last(), room.lastAt());
          rooms.store();
          WriteConnection.update(setTrimmed, room.trimmedThrough(), row.id());
          floor.onImported();
          return null;
        });
    rooms.forget(room.name());
  }

  private void add(RoomRows.Row row, StoredRoom room, Iterator<StoredRecord> stored)
      throws SQLException {
    MessageRows rows = new MessageRows(connection);
    PublishIds ids = new PublishIds(connection);
    long sequence = room.trimmedThrough();
    long records = 0;
    long at = 0;
    while (stored.hasNext()) {
      StoredRecord next = stored.next();
      if (next instanceof StoredEntry entry) {
        requireNext(entry.entry(), sequence, at);
        requireKept(entry.entry(), room);
        sequence = entry.entry().sequence();
        records++;
        at = entry.entry().at().toEpochMilli();
        add(row.id(), entry, rows, ids);
        rooms.onAdded(row, entry.entry());
        requireApplied(row.id(), entry.entry(), room, rows);
      } else if (next instanceof TrimmedId trimmed) {
        requireTrimmed(trimmed, room);
        add(row.id(), identities.number(trimmed.author().identity()), trimmed, ids);
      }
      identities.forgetOldest();
    }
    if (at > room.lastAt()) {
      throw new IllegalArgumentException(
          "a message was kept after the room's last record, by the times that the export gives");
    }
    if (sequence != room.last()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the export is not whole: it ends at message %d, and announces %d",
              sequence,
              room.last()));
    }
    if (records != room.records()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the export is not whole: it holds %d messages, and announces %d",
              records,
              room.records()));
    }
  }

  private void add(long row, StoredEntry stored, MessageRows rows, PublishIds ids)
      throws SQLException {
    Entry entry = stored.entry();
    long author = identities.number(entry.author().identity());
    rows.add(row, author, entry);
    if (stored.publishId().isPresent()) {
      String id =
          entry
              .draft()
              .id()
              .orElseThrow(() -> new IllegalArgumentException("an id is remembered, but not said"));
      StoredEntry.PublishId known = stored.publishId().get();
      requirePossible(known);
      ids.add(row, author, id, entry.sequence(), known.at(), known.digest());
    }
  }

  private void add(long row, long author, TrimmedId trimmed, PublishIds ids) throws SQLException {
    StoredEntry.PublishId known = trimmed.publishId();
    requirePossible(known);
    ids.add(row, author, trimmed.id(), trimmed.sequence(), known.at(), known.digest());
  }

  /** There are no more records than numbers, and some of those must be left for what comes. */
  private void requirePossible(StoredRoom room) {
    if (room.trimmedThrough() < 0
        || room.last() > MessageKey.MAX_IMPORTED
        || room.lastAt() < 0
        || room.records() < 0
        || room.records() > room.last() - room.trimmedThrough()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "there is no room with %d messages from %d to %d",
              room.records(),
              room.trimmedThrough() + 1,
              room.last()));
    }
    requirePast("the room's last record", room.lastAt());
  }

  private void requirePast(String what, long at) {
    if (at < 0 || at > clock.instant().plus(AHEAD).toEpochMilli()) {
      throw new IllegalArgumentException(
          what + " was kept at " + Instant.ofEpochMilli(at) + ", which is not now nor before");
    }
  }

  private void requirePossible(StoredEntry.PublishId known) {
    requirePast("an id that is remembered", known.at());
    if (known.digest().length != Draft.DIGEST_BYTES) {
      throw new IllegalArgumentException(
          "a digest has " + known.digest().length + " bytes, not " + Draft.DIGEST_BYTES);
    }
  }

  /** Whoever resumes would forget a message that others are shown. */
  private static void requireApplied(long row, Entry entry, StoredRoom room, MessageRows rows)
      throws SQLException {
    long target = entry.content().target().orElse(0);
    if (target <= room.trimmedThrough()) {
      return;
    }
    Optional<Content> found = rows.content(row, target);
    if (found.isEmpty() || !entry.content().appliedTo(found.get()).equals(found.get())) {
      throw new IllegalArgumentException(
          "message " + entry.sequence() + " deletes " + target + ", which was not deleted");
    }
  }

  /** What kind of record may stand where, and hold what. */
  private static void requireKept(Entry entry, StoredRoom room) {
    Draft draft = entry.draft();
    boolean isTrail = room.name().equals(Moderation.TRAIL);
    if ((draft.content() instanceof Content.Ruled) != isTrail) {
      throw new IllegalArgumentException(
          "message "
              + entry.sequence()
              + ": rulings, and nothing else, are in room "
              + Moderation.TRAIL);
    }
    if (draft.content() instanceof Content.Deleted && draft.id().isPresent()) {
      throw new IllegalArgumentException(
          "message " + entry.sequence() + " was deleted, and has an id");
    }
    long target = draft.content().target().orElse(0);
    if (target >= entry.sequence()) {
      throw new IllegalArgumentException(
          "message " + entry.sequence() + " deletes " + target + ", which is not before it");
    }
  }

  private static void requireTrimmed(TrimmedId trimmed, StoredRoom room) {
    // Checks the id.
    Draft.text("").withId(trimmed.id());
    if (trimmed.sequence() < 1 || trimmed.sequence() > room.trimmedThrough()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "message %d was not trimmed, but its id is among those",
              trimmed.sequence()));
    }
  }

  private static void requireNext(Entry entry, long sequence, long at) {
    if (entry.sequence() <= sequence
        || entry.previous() != sequence
        || entry.at().toEpochMilli() < at) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "message %d does not follow message %d", entry.sequence(), sequence));
    }
  }
}
