package io.durablechat.sqlite;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.Optional;

/** The numbers that identities have in the file. Used by the writing thread alone. */
final class Identities {
  private final WriteConnection connection;
  private final Remembered<String, Long> known = new Remembered<>();
  private final PreparedStatement find;
  private final PreparedStatement add;

  /** The numbers that were asked for since {@link #noteUse}. */
  private BitSet used = new BitSet();

  private boolean isNoted;

  Identities(WriteConnection connection) throws SQLException {
    this.connection = connection;
    find = connection.prepare("SELECT id FROM identity WHERE value = ?");
    add = connection.prepare("INSERT INTO identity (value) VALUES (?)");
  }

  long number(String identity) throws SQLException {
    Optional<Long> existing = existing(identity);
    long number = existing.isPresent() ? existing.get() : added(identity);
    if (isNoted && number <= Integer.MAX_VALUE) {
      used.set((int) number);
    }
    return number;
  }

  private long added(String identity) throws SQLException {
    add.setString(1, identity);
    add.executeUpdate();
    long number = connection.lastKey();
    known.put(identity, number);
    return number;
  }

  /** From now on, until it is said otherwise, it is noted which numbers are asked for. */
  void noteUse(boolean isWanted) {
    isNoted = isWanted;
    used = new BitSet();
  }

  boolean isUsed(int number) {
    return used.get(number);
  }

  /** The number of an identity that has one. */
  Optional<Long> existing(String identity) throws SQLException {
    Optional<Long> remembered = known.find(identity);
    if (remembered.isPresent()) {
      return remembered;
    }
    Optional<Long> stored = stored(identity);
    stored.ifPresent(number -> known.put(identity, number));
    return stored;
  }

  private Optional<Long> stored(String identity) throws SQLException {
    find.setString(1, identity);
    try (ResultSet row = find.executeQuery()) {
      return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
    }
  }

  void forgetOldest() {
    known.forgetOldest();
  }

  void forgetAll() {
    known.forgetAll();
  }
}
