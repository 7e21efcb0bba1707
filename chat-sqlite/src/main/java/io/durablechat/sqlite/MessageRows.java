package io.durablechat.sqlite;

import io.durablechat.core.Body;
import io.durablechat.core.Content;
import io.durablechat.core.Draft;
import io.durablechat.core.Entry;
import io.durablechat.core.Member;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** Messages as rows of their table. */
final class MessageRows {
  /** What {@link #entry} reads. */
  static final String SELECT =
      "SELECT key, prev, at, value, name, kind, is_text, message.id, refers_to, body"
          + " FROM message JOIN identity ON identity.id = author";

  /** What {@link #stored} reads: all of a room. */
  static final String SELECT_STORED =
      """
      SELECT key, prev, message.at, value, message.name, kind, is_text, message.id, refers_to, body,
             publish_id.at, digest
      FROM room JOIN message ON message.key > room.id << 36 AND message.key < (room.id + 1) << 36
      JOIN identity ON identity.id = message.author
      LEFT JOIN publish_id ON publish_id.room = room.id AND publish_id.author = message.author
        AND publish_id.id = message.id AND publish_id.seq = message.key & 0xFFFFFFFFF
      WHERE room.name = ? ORDER BY key
      """;

  /** What {@link #trimmedId} reads: ids of a room whose messages are gone. */
  static final String SELECT_TRIMMED_IDS =
      """
      SELECT seq, value, publish_id.id, at, digest
      FROM room JOIN publish_id ON publish_id.room = room.id AND seq <= trimmed_through
      JOIN identity ON identity.id = publish_id.author
      WHERE room.name = ? ORDER BY seq
      """;

  private final WriteConnection connection;
  private final PreparedStatement add;
  private final PreparedStatement change;
  private final PreparedStatement findContent;
  private final PreparedStatement findKind;
  private final PreparedStatement findPrevious;
  private final QuietRuns quiet;

  MessageRows(WriteConnection connection) throws SQLException {
    this.connection = connection;
    add =
        connection.prepare(
            "INSERT INTO message (key, prev, at, author, name, kind, is_text, id, refers_to, body)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    change =
        connection.prepare(
            "UPDATE message SET kind = ?, is_text = ?, refers_to = ?, body = ? WHERE key = ?");
    findContent =
        connection.prepare("SELECT kind, is_text, refers_to, body FROM message WHERE key = ?");
    findKind = connection.prepare("SELECT kind FROM message WHERE key = ?");
    findPrevious = connection.prepare("SELECT prev FROM message WHERE key = ?");
    quiet = new QuietRuns(connection);
  }

  void add(long room, long author, Entry entry) throws SQLException {
    Draft draft = entry.draft();
    Content content = draft.content();
    Body body = content.body();
    add.setLong(1, MessageKey.of(room, entry.sequence()));
    add.setLong(2, entry.previous());
    add.setLong(3, entry.at().toEpochMilli());
    add.setLong(4, author);
    setText(5, entry.author().name());
    add.setInt(6, KindCodes.of(content.kind()));
    add.setInt(7, body.isText() ? 1 : 0);
    setText(8, draft.id());
    add.setLong(9, content.refersTo().orElse(0));
    add.setBytes(10, bytes(body));
    add.executeUpdate();
    if (!content.isSaid()) {
      quiet.onAdded(MessageKey.of(room, entry.sequence()), MessageKey.of(room, entry.previous()));
    }
  }

  /** Whether there is such a message: said, and neither deleted nor removed since. */
  boolean hasMessage(long room, long sequence, long last) throws SQLException {
    if (sequence < 1 || sequence > last) {
      return false;
    }
    findKind.setLong(1, MessageKey.of(room, sequence));
    try (ResultSet row = findKind.executeQuery()) {
      return row.next() && KindCodes.kind(row.getInt(1)).isSaid();
    }
  }

  /** Changes a message that is there; true if there is none any more. */
  boolean change(long room, long sequence, Content by) throws SQLException {
    long key = MessageKey.of(room, sequence);
    Content after = by.appliedTo(content(room, sequence).orElseThrow());
    change.setInt(1, KindCodes.of(after.kind()));
    change.setInt(2, after.body().isText() ? 1 : 0);
    change.setLong(3, after.refersTo().orElse(0));
    change.setBytes(4, bytes(after.body()));
    change.setLong(5, key);
    connection.withoutTraces(change::executeUpdate);
    if (after.isSaid()) {
      return false;
    }
    quiet.onBlanked(key, MessageKey.of(room, previous(key)));
    return true;
  }

  /** What an entry is, if there is such a one. */
  Optional<Content> content(long room, long sequence) throws SQLException {
    findContent.setLong(1, MessageKey.of(room, sequence));
    try (ResultSet row = findContent.executeQuery()) {
      return row.next()
          ? Optional.of(content(row.getInt(1), row.getInt(2), row.getLong(3), row.getBytes(4)))
          : Optional.empty();
    }
  }

  private static Content content(int kind, int isText, long refersTo, byte[] bytes) {
    return Content.of(
        KindCodes.kind(kind),
        refersTo == 0 ? OptionalLong.empty() : OptionalLong.of(refersTo),
        isText == 1
            ? Body.text(new String(bytes, StandardCharsets.UTF_8))
            : Body.binary(ByteBuffer.wrap(bytes)));
  }

  private long previous(long key) throws SQLException {
    findPrevious.setLong(1, key);
    try (ResultSet row = findPrevious.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  private void setText(int index, Optional<String> text) throws SQLException {
    if (text.isPresent()) {
      add.setString(index, text.get());
    } else {
      add.setNull(index, Types.VARCHAR);
    }
  }

  private static byte[] bytes(Body body) {
    ByteBuffer buffer = body.bytes();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  static Entry entry(ResultSet row) throws SQLException {
    Draft draft = Draft.of(content(row.getInt(6), row.getInt(7), row.getLong(9), row.getBytes(10)));
    String id = row.getString(8);
    if (id != null) {
      draft = draft.withId(id);
    }
    return new Entry(
        MessageKey.sequence(row.getLong(1)),
        row.getLong(2),
        Instant.ofEpochMilli(row.getLong(3)),
        new Member(row.getString(4), Optional.ofNullable(row.getString(5))),
        draft);
  }

  static TrimmedId trimmedId(ResultSet row) throws SQLException {
    return new TrimmedId(
        row.getLong(1),
        new Member(row.getString(2), Optional.empty()),
        row.getString(3),
        new StoredEntry.PublishId(row.getLong(4), row.getBytes(5)));
  }

  static StoredEntry stored(ResultSet row) throws SQLException {
    byte[] digest = row.getBytes(12);
    return new StoredEntry(
        entry(row),
        digest == null
            ? Optional.empty()
            : Optional.of(new StoredEntry.PublishId(row.getLong(11), digest)));
  }
}
