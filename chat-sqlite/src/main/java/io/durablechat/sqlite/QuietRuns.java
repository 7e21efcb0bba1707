package io.durablechat.sqlite;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Keeps book of where rooms say nothing: of records next to each other that are no messages, or not
 * any more. Publishing a message costs nothing here. Used by the writing thread alone.
 */
final class QuietRuns {
  private final PreparedStatement extend;
  private final PreparedStatement add;
  private final PreparedStatement findEnding;
  private final PreparedStatement findBeginning;
  private final PreparedStatement remove;

  QuietRuns(WriteConnection connection) throws SQLException {
    extend = connection.prepare("UPDATE quiet SET last = ? WHERE last = ?");
    add = connection.prepare("INSERT INTO quiet (last, before) VALUES (?, ?)");
    findEnding = connection.prepare("SELECT before FROM quiet WHERE last = ?");
    findBeginning =
        connection.prepare("SELECT last, before FROM quiet WHERE last > ? ORDER BY last LIMIT 1");
    remove = connection.prepare("DELETE FROM quiet WHERE last = ?");
  }

  /** A record that says nothing was added at the end. */
  void onAdded(long key, long previous) throws SQLException {
    extend.setLong(1, key);
    extend.setLong(2, previous);
    if (extend.executeUpdate() == 0) {
      WriteConnection.update(add, key, previous);
    }
  }

  /** What was a message says nothing any more: that may join what is on both sides of it. */
  void onBlanked(long key, long previous) throws SQLException {
    long before = previous;
    findEnding.setLong(1, previous);
    try (ResultSet left = findEnding.executeQuery()) {
      if (left.next()) {
        before = left.getLong(1);
      }
    }
    long last = key;
    findBeginning.setLong(1, key);
    try (ResultSet right = findBeginning.executeQuery()) {
      if (right.next() && right.getLong(2) == key) {
        last = right.getLong(1);
      }
    }
    WriteConnection.update(remove, previous);
    WriteConnection.update(remove, last);
    WriteConnection.update(add, last, before);
  }
}
