package io.durablechat.sqlite;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Takes out identities that no message and no remembered id has any more. Used by the writing
 * thread alone, a little at a time between what it appends.
 *
 * <p>Who is still named is found by going through all messages and ids once, not by counting: a
 * count would be one more row to write with each message. It is begun when a quarter as many
 * records have been removed as are kept, so that of what is read for it there are never more than a
 * few rows for each that was removed. How many are kept is counted on the way; until it has first
 * been done, only those count that say something. Whose number is asked for meanwhile counts as
 * named.
 */
final class ForgottenIdentities {
  /** With fewer removed records than this it is not begun. */
  static final int MIN_REMOVED = 1000;

  private static final int ROWS = 2048;

  private final WriteConnection connection;
  private final Identities identities;
  private final PreparedStatement authors;
  private final PreparedStatement idAuthors;
  private final PreparedStatement candidates;
  private final PreparedStatement remove;
  private final PreparedStatement newest;
  private final PreparedStatement setRemoved;

  /** Records removed since it was last begun. */
  private long removed;

  /** Records in the file: at least so many, and about so many once they have been counted. */
  private long kept;

  /** Of the messages that the phase has gone through. */
  private long counted;

  private Phase phase = Phase.RESTING;
  private final BitSet named = new BitSet();

  /** The last of those that there were when it began. */
  private long last;

  // How far the phase has come.
  private long position;
  private long positionAuthor;
  private String positionId = "";

  private enum Phase {
    RESTING,
    MESSAGES,
    IDS,
    REMOVING
  }

  ForgottenIdentities(WriteConnection connection, Identities identities, long removed, long kept)
      throws SQLException {
    this.connection = connection;
    this.identities = identities;
    this.removed = removed;
    this.kept = kept;
    authors =
        connection.prepare("SELECT key, author FROM message WHERE key > ? ORDER BY key LIMIT ?");
    idAuthors =
        connection.prepare(
            "SELECT room, author, id FROM publish_id WHERE (room, author, id) > (?, ?, ?)"
                + " ORDER BY room, author, id LIMIT ?");
    candidates =
        connection.prepare("SELECT id FROM identity WHERE id > ? AND id <= ? ORDER BY id LIMIT ?");
    remove = connection.prepare("DELETE FROM identity WHERE id = ?");
    newest = connection.prepare("SELECT coalesce(max(id), 0) FROM identity");
    setRemoved = connection.prepare("INSERT OR REPLACE INTO meta VALUES ('removed', ?)");
  }

  void onAdded(long records) {
    kept += records;
  }

  /** Within the transaction that removes them. */
  void onRemoving(long records) throws SQLException {
    note(removed + records);
  }

  /** Once they are removed. */
  void onRemoved(long records) {
    removed += records;
    kept -= records;
  }

  private void note(long records) throws SQLException {
    setRemoved.setString(1, "" + records);
    setRemoved.executeUpdate();
  }

  /** Goes a little further; true if there is more to do. */
  boolean step() {
    try {
      switch (phase) {
        case RESTING -> begin();
        case MESSAGES -> readMessages();
        case IDS -> readIds();
        case REMOVING -> connection.transaction(this::removeSome);
      }
    } catch (SQLException e) {
      throw new LogFailureException(e);
    }
    return phase != Phase.RESTING;
  }

  private void begin() throws SQLException {
    if (removed < Math.max(MIN_REMOVED, kept / 4)) {
      return;
    }
    try (ResultSet row = newest.executeQuery()) {
      last = row.getLong(1);
    }
    if (last > Integer.MAX_VALUE) {
      return;
    }
    connection.transaction(
        () -> {
          note(0);
          return null;
        });
    removed = 0;
    named.clear();
    counted = 0;
    identities.noteUse(true);
    enter(Phase.MESSAGES);
  }

  private void enter(Phase next) {
    phase = next;
    position = -1;
    positionAuthor = 0;
    positionId = "";
  }

  private void readMessages() throws SQLException {
    WriteConnection.set(authors, position, ROWS);
    int rows = 0;
    try (ResultSet row = authors.executeQuery()) {
      for (; row.next(); rows++) {
        position = row.getLong(1);
        named.set(row.getInt(2));
      }
    }
    counted += rows;
    if (rows < ROWS) {
      kept = counted;
      enter(Phase.IDS);
    }
  }

  private void readIds() throws SQLException {
    idAuthors.setLong(1, position);
    idAuthors.setLong(2, positionAuthor);
    idAuthors.setString(3, positionId);
    idAuthors.setInt(4, ROWS);
    int rows = 0;
    try (ResultSet row = idAuthors.executeQuery()) {
      for (; row.next(); rows++) {
        position = row.getLong(1);
        positionAuthor = row.getLong(2);
        positionId = row.getString(3);
        named.set((int) positionAuthor);
      }
    }
    if (rows < ROWS) {
      enter(Phase.REMOVING);
    }
  }

  private Void removeSome() throws SQLException {
    WriteConnection.set(candidates, position, last, ROWS);
    List<Integer> numbers = new ArrayList<>();
    try (ResultSet row = candidates.executeQuery()) {
      while (row.next()) {
        numbers.add(row.getInt(1));
      }
    }
    for (int number : numbers) {
      if (!named.get(number) && !identities.isUsed(number)) {
        WriteConnection.update(remove, number);
      }
    }
    identities.forgetAll();
    if (numbers.size() < ROWS) {
      identities.noteUse(false);
      enter(Phase.RESTING);
    } else {
      position = numbers.get(numbers.size() - 1);
    }
    return null;
  }
}
