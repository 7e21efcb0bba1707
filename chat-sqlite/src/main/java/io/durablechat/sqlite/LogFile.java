package io.durablechat.sqlite;

import io.durablechat.core.RoomName;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The file of a log for those who look after it, also while a server uses it: no message in it is
 * changed. What is read is the state of one moment, that of opening, and from a backup on that of
 * the first reading after it; while it is held, the server's write-ahead log can only grow.
 *
 * <p>Used by one thread at a time; all methods may block.
 */
public final class LogFile implements AutoCloseable {
  /** Messages between two reports of progress. */
  static final int REPORTED_EVERY = 1000;

  private static final String ROOMS =
      "SELECT name, trimmed_through, last_seq, last_at, (SELECT count(*) FROM message WHERE key > "
          + "room.id << 36 AND key < (room.id + 1) << 36) FROM room";

  private final Path file;
  private final Connection connection;

  private LogFile(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /**
   * Opens the log in this folder.
   *
   * @throws LogUnavailableException if there is none, or it is damaged or of a newer version
   */
  public static LogFile open(Path folder) {
    Database.loadLibrary();
    Path file = folder.resolve(SqliteMessageLog.FILE_NAME);
    if (!Files.isRegularFile(file)) {
      throw none(folder);
    }
    if (!Files.isReadable(file)) {
      throw new LogUnavailableException("cannot read " + file + ": permission denied");
    }
    try {
      Optional<String> hidden = Database.hiddenCommits(file);
      Connection connection = Database.reading(file);
      try {
        boolean isEmpty = Schema.check(connection, file) == 0;
        if (hidden.isPresent() && (isEmpty || !Schema.isRelaxed(connection))) {
          throw LogUnavailableException.damaged(hidden.get());
        }
        if (isEmpty) {
          throw none(folder);
        }
        connection.setAutoCommit(false);
        // The first reading begins the transaction, and so chooses the moment.
        Schema.lineage(connection);
        return new LogFile(file, connection);
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException | IOException | RuntimeException e) {
      throw Database.unavailable(file, e);
    }
  }

  private static LogUnavailableException none(Path folder) {
    return new LogUnavailableException("there is no log in " + folder);
  }

  /** Goes through all rooms, by name, and holds none of them. */
  public void forEachRoom(Consumer<StoredRoom> each) {
    reading(
        () -> {
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery(ROOMS + " ORDER BY name")) {
            while (row.next()) {
              each.accept(room(row));
            }
          }
          return null;
        });
  }

  /** How many rooms there are. */
  public long rooms() {
    return number("SELECT count(*) FROM room");
  }

  /** The room of this name; empty if it never had a record. */
  public Optional<StoredRoom> room(RoomName name) {
    return reading(
        () -> {
          try (PreparedStatement query = connection.prepareStatement(ROOMS + " WHERE name = ?")) {
            query.setString(1, name.value());
            try (ResultSet row = query.executeQuery()) {
              return row.next() ? Optional.of(room(row)) : Optional.empty();
            }
          }
        });
  }

  private static StoredRoom room(ResultSet row) throws SQLException {
    return new StoredRoom(
        RoomName.of(row.getString(1)),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5));
  }

  /** Goes through a room: the ids of trimmed messages, then the messages, oldest first. */
  public void forEach(RoomName room, Consumer<StoredRecord> each) {
    each(MessageRows.SELECT_TRIMMED_IDS, room, row -> each.accept(MessageRows.trimmedId(row)));
    each(MessageRows.SELECT_STORED, room, row -> each.accept(MessageRows.stored(row)));
  }

  private interface Row {
    void accept(ResultSet row) throws SQLException;
  }

  private void each(String select, RoomName room, Row each) {
    reading(
        () -> {
          try (PreparedStatement query = connection.prepareStatement(select)) {
            query.setString(1, room.value());
            try (ResultSet row = query.executeQuery()) {
              while (row.next()) {
                each.accept(row);
              }
            }
          }
          return null;
        });
  }

  /**
   * Checks that every room is whole: sequences rise, each message names the one before it, ids
   * agree with the messages they were used for; and SQLite's own {@code integrity_check}.
   *
   * @param onProgress told now and then how many messages have been looked at
   * @return what is wrong, one line each with its place; empty if nothing is
   */
  public List<String> verify(LongConsumer onProgress) {
    return new Verification(connection).run(onProgress);
  }

  /** How many messages all rooms hold. */
  public long records() {
    return number("SELECT count(*) FROM message");
  }

  /**
   * When the newest record was kept, in milliseconds since 1970-01-01T00:00Z; 0 if there is none.
   */
  public long lastAt() {
    return number("SELECT coalesce(max(last_at), 0) FROM room");
  }

  private long number(String query) {
    return reading(
        () -> {
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
          }
        });
  }

  /**
   * Writes a copy, compact and on stable storage. Served as {@value SqliteMessageLog#FILE_NAME} in
   * a folder of its own, it begins a new lineage: it lacks what was kept since.
   *
   * @throws LogUnavailableException if the file exists, or cannot be written
   */
  public void backUp(Path to) {
    try {
      requireAbsent(to);
      Path folder = to.toAbsolutePath().getParent();
      Path part = Files.createTempFile(folder, ".chat-backup", ".part");
      // Also if the process is told to end meanwhile.
      part.toFile().deleteOnExit();
      try {
        copy(part);
        // A link, which never replaces what came to be there meanwhile.
        Files.createLink(to, part);
      } finally {
        Files.deleteIfExists(part);
        // SQLite leaves its own beside a file that it could not finish.
        Files.deleteIfExists(Path.of(part + "-journal"));
      }
      sync(folder);
    } catch (FileAlreadyExistsException e) {
      throw new LogUnavailableException(to + " exists already: nothing was overwritten", e);
    } catch (IOException e) {
      throw new LogUnavailableException("cannot write " + to + ": " + Reasons.of(e), e);
    } catch (SQLException e) {
      throw new LogUnavailableException("cannot write " + to + ": " + e.getMessage(), e);
    }
  }

  private static void requireAbsent(Path to) throws FileAlreadyExistsException {
    if (Files.exists(to)) {
      throw new FileAlreadyExistsException(to.toString());
    }
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private void copy(Path part) throws SQLException, IOException {
    // Not within the transaction that the others read in: SQLite refuses that.
    connection.rollback();
    connection.setAutoCommit(true);
    try (PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
      vacuum.setString(1, part.toAbsolutePath().toString());
      vacuum.execute();
    } finally {
      connection.setAutoCommit(false);
    }
    try (Connection copy = Database.alone(part)) {
      Schema.markBackup(copy);
    }
    sync(part);
  }

  private <T> T reading(Work<T> read) {
    try {
      return read.run();
    } catch (SQLException e) {
      throw new LogUnavailableException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      System.getLogger(LogFile.class.getName())
          .log(System.Logger.Level.WARNING, "A connection was not closed in order", e);
    }
  }
}
