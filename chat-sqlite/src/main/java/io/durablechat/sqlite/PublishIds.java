package io.durablechat.sqlite;

import io.durablechat.core.Decision;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Which author has used which id in a room, and for what. Used by the writing thread alone. */
final class PublishIds {
  /** Ids forgotten in one transaction beside as many as it adds: the oldest, a little at a time. */
  private static final int FORGOTTEN_AT_A_TIME = 256;

  private final PreparedStatement find;
  private final PreparedStatement add;
  private final PreparedStatement forget;

  PublishIds(WriteConnection connection) throws SQLException {
    find =
        connection.prepare(
            "SELECT seq, at, digest FROM publish_id WHERE room = ? AND author = ? AND id = ?");
    add =
        connection.prepare(
            "INSERT OR REPLACE INTO publish_id (room, author, id, seq, at, digest)"
                + " VALUES (?, ?, ?, ?, ?, ?)");
    forget =
        connection.prepare(
            "DELETE FROM publish_id WHERE (room, author, id) IN (SELECT room, author, id FROM"
                + " publish_id WHERE at < ? ORDER BY at LIMIT ?)");
  }

  /** The first use of an id, if it was used since then. */
  Optional<Decision.FirstUse> firstUse(long room, long author, String id, long since)
      throws SQLException {
    find.setLong(1, room);
    find.setLong(2, author);
    find.setString(3, id);
    try (ResultSet row = find.executeQuery()) {
      return row.next() && row.getLong(2) >= since
          ? Optional.of(new Decision.FirstUse(row.getLong(1), ByteBuffer.wrap(row.getBytes(3))))
          : Optional.empty();
    }
  }

  void add(long room, long author, String id, long sequence, long at, byte[] digest)
      throws SQLException {
    add.setLong(1, room);
    add.setLong(2, author);
    add.setString(3, id);
    add.setLong(4, sequence);
    add.setLong(5, at);
    add.setBytes(6, digest);
    add.executeUpdate();
  }

  void forgetOlderThan(long at, int added) throws SQLException {
    WriteConnection.update(forget, at, FORGOTTEN_AT_A_TIME + added);
  }
}
