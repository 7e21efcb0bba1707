package io.durablechat.sqlite;

import io.durablechat.core.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The layout of the file, version 3.
 *
 * <ul>
 *   <li>{@code room}: a room's name, its last sequence and time, and the highest sequence that
 *       retention has removed. Kept here and not read off the messages, since numbers must not come
 *       back after deletes. Since version 3 also {@code said}, how many messages are there, {@code
 *       first_at}, the time of its first record, null if it has none, and {@code base}, the
 *       sequence that its numbers began after.
 *   <li>{@code message}: key = room id × 2^36 + sequence, so that a room's history is one range of
 *       the table; {@code prev} the sequence before it; times in milliseconds; kind 1 message, 2
 *       plain, and since version 2 also 3 delete, 4 deleted, whose body is empty, and 5 ruling;
 *       {@code body} bytes, of text in UTF-8.
 *   <li>{@code summary}, since version 3: what the records of a room come to, up to one of them, as
 *       text; what it is read by is beside the log and may be dropped.
 *   <li>{@code quiet}, since version 3: runs of records next to each other of which none is a
 *       message that is there, from the one after {@code before} through {@code last}, both keys.
 *       So places are found past any number of deletions, and messages are counted without them.
 *   <li>{@code publish_id}: which author has used which id in a room, and for what; pruned by age.
 *   <li>{@code identity}: authors, once each.
 *   <li>{@code meta}: the lineage; since version 3 {@code floor}, above which no room that was
 *       forgotten had a number, {@code forgotten}, how many sequences those had used, and {@code
 *       removed}, how many records were removed since it was last looked who is named by none any
 *       more; {@code probe}, which means nothing; and marks: {@code open_relaxed} while it is open
 *       with relaxed durability, {@code backup} in a copy, and since version 3 {@code renumbered},
 *       where a room was put back whose numbers may have been another's. One of them, found at
 *       opening, says that a cursor may be of something else, and the lineage is made anew.
 * </ul>
 *
 * <p>A batch of messages is one transaction: after a crash it is there as a whole, or not at all.
 * The version is SQLite's {@code user_version}; {@code application_id} marks the file as ours.
 */
final class Schema {
  private static final System.Logger LOG = System.getLogger(Schema.class.getName());

  /** Marks that say that the file may lack what was seen, or have something else in its place. */
  private static final String MAY_LACK = "'open_relaxed', 'backup', 'renumbered'";

  private static final int STEPS_BETWEEN_LOOKS = 10_000;

  /** "DChL". */
  private static final int APPLICATION_ID = 0x4443684c;

  /** The runs that the messages of a file make; see {@code quiet}. */
  static final String QUIET_RUNS =
      """
      SELECT max(key) AS last, min(before) AS before FROM (
        SELECT key, before, sum(is_first) OVER (ORDER BY key) AS run FROM (
          SELECT key, before, before IS NOT lag(key) OVER (ORDER BY key) AS is_first FROM (
            SELECT key, (key & ~0xFFFFFFFFF) | prev AS before FROM message
            WHERE kind NOT IN (1, 2))))
      GROUP BY run
      """;

  private static final String FILL_QUIET = "INSERT INTO quiet (last, before) " + QUIET_RUNS;

  /**
   * What makes each version out of the one before it, the first out of an empty file. Those that
   * were released are never changed.
   */
  private static final List<List<String>> VERSIONS = List.of(version1(), List.of(), version3());

  static final int VERSION = VERSIONS.size();

  private static List<String> version1() {
    return List.of(
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE room (
          id INTEGER PRIMARY KEY,
          name TEXT NOT NULL UNIQUE,
          last_seq INTEGER NOT NULL,
          last_at INTEGER NOT NULL,
          trimmed_through INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE TABLE identity (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT",
        """
        CREATE TABLE message (
          key INTEGER PRIMARY KEY,
          prev INTEGER NOT NULL,
          at INTEGER NOT NULL,
          author INTEGER NOT NULL REFERENCES identity (id),
          name TEXT,
          kind INTEGER NOT NULL,
          is_text INTEGER NOT NULL,
          id TEXT,
          refers_to INTEGER NOT NULL,
          body BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE publish_id (
          room INTEGER NOT NULL,
          author INTEGER NOT NULL,
          id TEXT NOT NULL,
          seq INTEGER NOT NULL,
          at INTEGER NOT NULL,
          digest BLOB NOT NULL,
          PRIMARY KEY (room, author, id)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX publish_id_by_age ON publish_id (at)");
  }

  /**
   * So that nobody need look for it: what is due, what may go, whose numbers may return, and where
   * a place is.
   */
  private static List<String> version3() {
    return List.of(
        "ALTER TABLE room ADD COLUMN base INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE room ADD COLUMN said INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE room ADD COLUMN first_at INTEGER",
        """
        UPDATE room SET
          first_at = (SELECT at FROM message
            WHERE key > room.id << 36 AND key < (room.id + 1) << 36 ORDER BY key LIMIT 1),
          said = (SELECT count(*) FROM message
            WHERE key > room.id << 36 AND key < (room.id + 1) << 36 AND kind IN (1, 2))
        """,
        "CREATE TABLE summary (room INTEGER PRIMARY KEY, seq INTEGER NOT NULL, body BLOB NOT NULL)"
            + " STRICT",
        "CREATE INDEX room_by_first ON room (first_at) WHERE first_at IS NOT NULL",
        "CREATE INDEX room_emptied ON room (last_at) WHERE first_at IS NULL",
        "CREATE TABLE quiet (last INTEGER PRIMARY KEY, before INTEGER NOT NULL) STRICT",
        "CREATE INDEX quiet_long ON quiet (last, before) WHERE last - before >= 32",
        FILL_QUIET);
  }

  private Schema() {}

  /**
   * Makes the tables of a new file, brings those of an old one up to date, or checks them.
   *
   * @throws LogUnavailableException if the file is something else, or from a newer version
   */
  static void prepare(Connection connection, Path file) throws SQLException {
    int version = check(connection, file);
    if (version < VERSION) {
      upgrade(connection, version);
    }
  }

  /**
   * Checks that the tables are ours, and returns their version; 0 if there are none.
   *
   * @throws LogUnavailableException if the file is something else, or from a newer version
   */
  static int check(Connection connection, Path file) throws SQLException {
    int version = number(connection, "PRAGMA user_version");
    int application = number(connection, "PRAGMA application_id");
    boolean empty = number(connection, "SELECT count(*) FROM sqlite_schema") == 0;
    if (empty && version == 0 && application == 0) {
      return 0;
    }
    if (application != APPLICATION_ID) {
      throw new LogUnavailableException(file + " is a database, but not one of Durable Chat");
    }
    if (version > VERSION) {
      throw new LogUnavailableException(
          String.format(
              Locale.ROOT,
              "%s was written by a newer version (schema %d, this one knows %d): use that one",
              file,
              version,
              VERSION));
    }
    return version;
  }

  /** Whether the file is of a version that notes where nothing is said. */
  static boolean hasQuiet(Connection connection) throws SQLException {
    return number(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'quiet'") > 0;
  }

  /** All steps in one transaction: a crash leaves the old version as it was. */
  private static void upgrade(Connection connection, int from) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      for (List<String> step : VERSIONS.subList(from, VERSION)) {
        for (String change : step) {
          statement.executeUpdate(change);
        }
      }
      if (from == 0) {
        statement.executeUpdate("INSERT INTO meta VALUES ('lineage', '" + newLineage() + "')");
        statement.executeUpdate("PRAGMA application_id = " + APPLICATION_ID);
      }
      statement.executeUpdate("PRAGMA user_version = " + VERSION);
      statement.execute("COMMIT");
    }
  }

  /**
   * Marks the log as open, and says which lineage it is. The lineage is a new one if some of what
   * was seen may be gone: after an unclean stop under relaxed durability, for a backup that is
   * opened for the first time, for a file that was put here or set back, and for what is left of a
   * damaged one.
   */
  static long begin(
      Connection connection, Durability durability, DirectoryLock lock, boolean isDamaged)
      throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      // Synced before anything else is written, whatever the durability: the mark must not be lost
      // where what came after it is.
      statement.execute("PRAGMA synchronous = FULL");
      statement.execute("BEGIN IMMEDIATE");
      long used = used(connection);
      boolean isMarked =
          statement.executeUpdate("DELETE FROM meta WHERE key IN (" + MAY_LACK + ")") > 0;
      Optional<DirectoryLock.Mark> noted = lock.mark();
      if (isMarked
          || isDamaged
          || isSetBack(noted, new DirectoryLock.Mark(lineage(connection), used))) {
        statement.executeUpdate(
            "UPDATE meta SET value = '" + newLineage() + "' WHERE key = 'lineage'");
        LOG.log(
            System.Logger.Level.WARNING,
            "The log may lack messages that were seen: it is a copy, was set back, had a room"
                + " imported that may have been here before, or was not closed under relaxed"
                + " durability. Clients with a cursor are told to begin anew"
                + noted.map(mark -> shortfall(mark.used(), used)).orElse(""));
      }
      if (durability == Durability.RELAXED) {
        statement.executeUpdate("INSERT INTO meta VALUES ('open_relaxed', '1')");
      }
      statement.execute("COMMIT");
      lock.keepMark(new DirectoryLock.Mark(lineage(connection), used));
      if (durability == Durability.RELAXED) {
        statement.execute("PRAGMA synchronous = NORMAL");
      }
    }
    return lineage(connection);
  }

  /** The log is closed in order. */
  static void end(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA synchronous = FULL");
      statement.executeUpdate("DELETE FROM meta WHERE key = 'open_relaxed'");
    }
  }

  private static String shortfall(long noted, long found) {
    return noted <= found
        ? ""
        : ". There were at least "
            + noted
            + " records, by their numbers, and there are "
            + found
            + ": if nobody has put an older file here, keep a copy of the folder and look for a backup";
  }

  /** Whether it is, or was not closed, with relaxed durability. */
  static boolean isRelaxed(Connection connection) throws SQLException {
    return meta(connection, "open_relaxed").isPresent();
  }

  /**
   * Has SQLite look quickly at the file, for a while at most.
   *
   * @return the first thing that is wrong; empty if nothing was found until then
   */
  static Optional<String> quickCheck(Connection connection, Duration atMost) throws SQLException {
    long end = System.nanoTime() + atMost.toNanos();
    ProgressHandler.setHandler(
        connection,
        STEPS_BETWEEN_LOOKS,
        new ProgressHandler() {
          @Override
          protected int progress() {
            return System.nanoTime() - end < 0 ? 0 : 1;
          }
        });
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA quick_check(1)")) {
      row.next();
      String found = row.getString(1).replaceAll("\\s*\\R\\s*", " ");
      return found.equals("ok") ? Optional.empty() : Optional.of(found);
    } catch (SQLiteException e) {
      if (e.getResultCode() == SQLiteErrorCode.SQLITE_INTERRUPT) {
        return Optional.empty();
      }
      throw e;
    } finally {
      ProgressHandler.clearHandler(connection);
    }
  }

  private static long newLineage() {
    return new SecureRandom().nextLong();
  }

  static long lineage(Connection connection) throws SQLException {
    return meta(connection, "lineage").orElseThrow();
  }

  /** Whether the log is not the one that stood here, or less of it. */
  private static boolean isSetBack(Optional<DirectoryLock.Mark> noted, DirectoryLock.Mark found) {
    return noted.isEmpty()
        ? found.used() > 0
        : noted.get().lineage() != found.lineage() || noted.get().used() > found.used();
  }

  /**
   * How many sequences have ever been used or skipped, in all rooms together, from where each
   * room's begin. It only grows, so that less of it says that a log was set back. Where none was
   * skipped it is how many records there have ever been.
   */
  static long used(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT coalesce(sum(last_seq - base), 0) FROM room")) {
      rows.next();
      return rows.getLong(1) + meta(connection, "forgotten").orElse(0);
    }
  }

  /** Whether rooms know what they hold, as they do since version 3: files at rest may be older. */
  static boolean roomsKnowWhatTheyHold(Connection connection) throws SQLException {
    return number(
            connection, "SELECT count(*) FROM pragma_table_info('room') WHERE name = 'first_at'")
        > 0;
  }

  /**
   * How many messages are there: not more than there are records, which would have to be counted.
   */
  static long said(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT coalesce(sum(said), 0) FROM room")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** See {@link ForgottenIdentities}. */
  static long removed(Connection connection) throws SQLException {
    return meta(connection, "removed").orElse(0);
  }

  /** See {@link Floor}. */
  static long floor(Connection connection) throws SQLException {
    return meta(connection, "floor").orElse(0);
  }

  private static OptionalLong meta(Connection connection, String key) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT value FROM meta WHERE key = '" + key + "'")) {
      return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
    }
  }

  /** Marks a copy, which is behind the log it was made of from the next message on. */
  static void markBackup(Connection copy) throws SQLException {
    try (Statement statement = copy.createStatement()) {
      statement.executeUpdate("INSERT OR REPLACE INTO meta VALUES ('backup', '1')");
    }
  }

  /** Writes something that means nothing. */
  static Void setProbe(WriteConnection connection, String value) throws SQLException {
    try (PreparedStatement set =
        connection.prepare("INSERT OR REPLACE INTO meta VALUES ('probe', ?)")) {
      set.setString(1, value);
      set.executeUpdate();
    }
    return null;
  }

  private static int number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
