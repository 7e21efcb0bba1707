package io.durablechat.sqlite;

import io.durablechat.core.Appended;
import io.durablechat.core.Body;
import io.durablechat.core.Draft;
import io.durablechat.core.Message;
import io.durablechat.core.RoomName;
import io.durablechat.core.Submission;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Writes batches, each as one transaction. Used by one thread at a time. */
final class Appender implements AutoCloseable {
  /** Rooms and identities remembered, so that they need not be looked up for each message. */
  private static final int REMEMBERED = 10_000;

  /** Ids forgotten in one transaction: the oldest, a little at a time. */
  private static final int FORGOTTEN_AT_A_TIME = 256;

  private final Connection connection;
  private final Duration retryWindow;
  private final Map<RoomName, RoomRow> rooms = remembering();
  private final Map<String, Long> identities = remembering();
  private final PreparedStatement findRoom;
  private final PreparedStatement addRoom;
  private final PreparedStatement moveRoom;
  private final PreparedStatement findIdentity;
  private final PreparedStatement addIdentity;
  private final PreparedStatement addMessage;
  private final PreparedStatement findId;
  private final PreparedStatement addId;
  private final PreparedStatement forgetIds;

  private static final class RoomRow {
    private final long id;
    private long last;
    private long lastAt;

    private RoomRow(long id, long last, long lastAt) {
      this.id = id;
      this.last = last;
      this.lastAt = lastAt;
    }
  }

  Appender(Connection connection, Duration retryWindow) throws SQLException {
    this.connection = connection;
    this.retryWindow = retryWindow;
    findRoom = prepare("SELECT id, last_seq, last_at FROM room WHERE name = ?");
    addRoom =
        prepare("INSERT INTO room (name, last_seq, last_at, trimmed_through) VALUES (?, 0, 0, 0)");
    moveRoom = prepare("UPDATE room SET last_seq = ?, last_at = ? WHERE id = ?");
    findIdentity = prepare("SELECT id FROM identity WHERE value = ?");
    addIdentity = prepare("INSERT INTO identity (value) VALUES (?)");
    addMessage =
        prepare(
            "INSERT INTO message (key, prev, at, author, name, kind, is_text, id, refers_to, body)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    findId =
        prepare("SELECT seq, at, digest FROM publish_id WHERE room = ? AND author = ? AND id = ?");
    addId =
        prepare(
            "INSERT OR REPLACE INTO publish_id (room, author, id, seq, at, digest)"
                + " VALUES (?, ?, ?, ?, ?, ?)");
    forgetIds =
        prepare(
            "DELETE FROM publish_id WHERE (room, author, id) IN (SELECT room, author, id FROM"
                + " publish_id WHERE at < ? ORDER BY at LIMIT "
                + FORGOTTEN_AT_A_TIME
                + ")");
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    return connection.prepareStatement(sql);
  }

  List<Appended> append(List<Submission> batch, Instant now) {
    try {
      // By hand: the driver's own transactions begin as the last one ends, and one that is always
      // open would keep the write-ahead log from ever starting over.
      execute("BEGIN IMMEDIATE");
      List<Appended> results = new ArrayList<>(batch.size());
      Set<RoomRow> moved = new LinkedHashSet<>();
      for (Submission submission : batch) {
        results.add(append(submission, now.toEpochMilli(), moved));
      }
      for (RoomRow room : moved) {
        update(moveRoom, room.last, room.lastAt, room.id);
      }
      update(forgetIds, now.minus(retryWindow).toEpochMilli());
      execute("COMMIT");
      forgetOldest(rooms);
      forgetOldest(identities);
      return results;
    } catch (SQLException e) {
      undo();
      throw new LogFailureException(e);
    } catch (RuntimeException e) {
      undo();
      throw e;
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** What is remembered may be of what was not kept: it is looked up anew. */
  private void undo() {
    rooms.clear();
    identities.clear();
    try {
      execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLite has rolled back by itself, as it does when the disk is full.
      System.getLogger(Appender.class.getName())
          .log(System.Logger.Level.DEBUG, "Nothing to roll back", e);
    }
  }

  private Appended append(Submission submission, long now, Set<RoomRow> moved) throws SQLException {
    Draft draft = submission.draft();
    RoomRow room = room(submission.room());
    long author = identity(submission.author().identity());
    byte[] digest = draft.id().isPresent() ? draft.digest() : new byte[0];
    if (draft.id().isPresent()) {
      findId.setLong(1, room.id);
      findId.setLong(2, author);
      findId.setString(3, draft.id().get());
      try (ResultSet known = findId.executeQuery()) {
        if (known.next() && known.getLong(2) >= now - retryWindow.toMillis()) {
          return Arrays.equals(known.getBytes(3), digest)
              ? new Appended.Duplicate(known.getLong(1))
              : new Appended.Conflict();
        }
      }
    }
    Message message =
        new Message(
            room.last + 1,
            room.last,
            // A clock set back must not make time run backwards within a room.
            Instant.ofEpochMilli(Math.max(now, room.lastAt)),
            submission.author(),
            draft);
    insert(room, author, message);
    if (draft.id().isPresent()) {
      addId.setLong(1, room.id);
      addId.setLong(2, author);
      addId.setString(3, draft.id().get());
      addId.setLong(4, message.sequence());
      addId.setLong(5, now);
      addId.setBytes(6, digest);
      addId.executeUpdate();
    }
    room.last = message.sequence();
    room.lastAt = message.at().toEpochMilli();
    moved.add(room);
    return new Appended.Stored(message);
  }

  private void insert(RoomRow room, long author, Message message) throws SQLException {
    Draft draft = message.draft();
    Body body = draft.body();
    addMessage.setLong(1, MessageKey.of(room.id, message.sequence()));
    addMessage.setLong(2, message.previous());
    addMessage.setLong(3, message.at().toEpochMilli());
    addMessage.setLong(4, author);
    setText(addMessage, 5, message.author().name().orElse(null));
    addMessage.setInt(6, KindCodes.of(draft.kind()));
    addMessage.setInt(7, body.isText() ? 1 : 0);
    setText(addMessage, 8, draft.id().orElse(null));
    addMessage.setLong(9, draft.refersTo().orElse(0));
    addMessage.setBytes(10, bytes(body));
    addMessage.executeUpdate();
  }

  private static void setText(PreparedStatement statement, int index, String text)
      throws SQLException {
    if (text == null) {
      statement.setNull(index, Types.VARCHAR);
    } else {
      statement.setString(index, text);
    }
  }

  private static byte[] bytes(Body body) {
    ByteBuffer buffer = body.bytes();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private RoomRow room(RoomName name) throws SQLException {
    RoomRow known = rooms.get(name);
    if (known != null) {
      return known;
    }
    findRoom.setString(1, name.value());
    try (ResultSet row = findRoom.executeQuery()) {
      known = row.next() ? new RoomRow(row.getLong(1), row.getLong(2), row.getLong(3)) : null;
    }
    if (known == null) {
      addRoom.setString(1, name.value());
      addRoom.executeUpdate();
      known = new RoomRow(lastKey(), 0, 0);
    }
    rooms.put(name, known);
    return known;
  }

  private long identity(String value) throws SQLException {
    Long known = identities.get(value);
    if (known != null) {
      return known;
    }
    findIdentity.setString(1, value);
    OptionalLong found;
    try (ResultSet row = findIdentity.executeQuery()) {
      found = row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
    }
    if (found.isEmpty()) {
      addIdentity.setString(1, value);
      addIdentity.executeUpdate();
      found = OptionalLong.of(lastKey());
    }
    identities.put(value, found.getAsLong());
    return found.getAsLong();
  }

  private long lastKey() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT last_insert_rowid()")) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void update(PreparedStatement statement, long... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setLong(i + 1, values[i]);
    }
    statement.executeUpdate();
  }

  /** In the order of their last use. */
  private static <K, V> Map<K, V> remembering() {
    return new LinkedHashMap<>(16, 0.75f, true);
  }

  /** Between batches alone: what a batch has moved is not in the file before its end. */
  private static void forgetOldest(Map<?, ?> remembered) {
    Iterator<?> oldest = remembered.keySet().iterator();
    for (int left = remembered.size(); left > REMEMBERED; left--) {
      oldest.next();
      oldest.remove();
    }
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      Schema.end(connection);
    }
  }
}
