package io.durablechat.sqlite;

import io.durablechat.core.Cursor;
import io.durablechat.core.Decision;
import io.durablechat.core.Durability;
import io.durablechat.core.Keep;
import io.durablechat.core.MessageLog;
import io.durablechat.core.Newest;
import io.durablechat.core.Page;
import io.durablechat.core.Place;
import io.durablechat.core.Range;
import io.durablechat.core.RoomName;
import io.durablechat.core.SteadyClock;
import io.durablechat.core.Submission;
import io.durablechat.core.Summary;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

/**
 * A log in one SQLite file, {@value #FILE_NAME} in a folder that one process uses at a time.
 *
 * <p>With {@link Durability#COMMIT} a batch is on stable storage when {@link #append} returns (WAL
 * and {@code synchronous=FULL}: one fsync a batch); with {@link Durability#RELAXED} within about a
 * second, and a crash meanwhile gives the log a new lineage, since some of what was seen may be
 * gone. After a crash the file is whole: a batch is in it as a whole or not at all. Every program
 * that reads SQLite can open it, also while it is in use; the layout is described in {@code
 * Schema}.
 *
 * <p>Numbers are never used again, and dense in each room unless they are given elsewhere.
 */
public final class SqliteMessageLog implements MessageLog {
  /** The file's name in its folder. */
  public static final String FILE_NAME = "chat.db";

  /** For how long ids are remembered unless another time is asked for. */
  public static final Duration DEFAULT_RETRY_WINDOW = Duration.ofDays(7);

  private static final System.Logger LOG = System.getLogger(SqliteMessageLog.class.getName());

  private static final int PROBE_BYTES = 64 << 10;

  private final Database database;
  private final SteadyClock clock;
  private final Duration retryWindow;
  private final DirectoryLock lock;
  private final FileWatch files;
  private final WriteConnection writer;
  private final RoomRows rooms;
  private final Identities identities;
  private final Appender appender;
  private final Trimmer trimmer;
  private final ForgottenRooms forgottenRooms;
  private final ForgottenIdentities forgottenIdentities;
  private final Summaries summaries;
  private final RoomImport roomImport;
  private final Checkpoints checkpoints;
  private final long lineage;

  /** Connections at rest; there are never more than there were readers at one time. */
  private final Deque<Reader> readers = new ArrayDeque<>();

  /** See {@link Schema#used}; written by the appending thread. */
  private volatile long used;

  /** How many were noted last; the checkpointing thread's own. */
  private long noted;

  private boolean closed;

  private SqliteMessageLog(
      Database database,
      InstantSource clock,
      Duration retryWindow,
      DirectoryLock lock,
      ScheduledExecutorService eachSecond,
      boolean isDamaged)
      throws SQLException, IOException {
    this.database = database;
    this.clock = SteadyClock.of(clock);
    this.retryWindow = retryWindow;
    this.lock = lock;
    Connection connection = database.writer();
    try {
      Schema.check(connection, database.file());
      lock.lockDatabase(database.file());
      Schema.prepare(connection, database.file());
      lineage = Schema.begin(connection, database.durability(), lock, isDamaged);
      files = new FileWatch(database.file(), Database.writeAheadLog(database.file()));
      writer = new WriteConnection(connection, this::forgetAll);
      Floor floor = new Floor(writer, Schema.floor(connection));
      rooms = new RoomRows(writer, floor);
      identities = new Identities(writer);
      appender = new Appender(writer, rooms, identities, retryWindow);
      forgottenIdentities =
          new ForgottenIdentities(
              writer, identities, Schema.removed(connection), Schema.said(connection));
      trimmer = new Trimmer(writer, rooms, forgottenIdentities);
      summaries = new Summaries(writer);
      forgottenRooms = new ForgottenRooms(writer, rooms, floor);
      roomImport = new RoomImport(writer, rooms, identities, floor, clock);
      used = Schema.used(connection);
      noted = used;
      checkpoints =
          new Checkpoints(
              database.beside(),
              Database.writeAheadLog(database.file()),
              eachSecond,
              this::eachSecond);
    } catch (SQLException | IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** What a checkpoint does not do; failures are those of a disk that others tell of, too. */
  private void eachSecond() {
    files.look();
    long now = used;
    putBackLock(new DirectoryLock.Mark(lineage, now));
    if (now == noted) {
      return;
    }
    try {
      // A checkpoint syncs only if nobody reads what it would move.
      if (durability() == Durability.RELAXED) {
        database.syncWriteAheadLog();
      }
      lock.setMark(new DirectoryLock.Mark(lineage, now));
      noted = now;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "Not noted where the log stands", e);
    }
  }

  private void putBackLock(DirectoryLock.Mark mark) {
    try {
      if (lock.putBack(mark)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "{0} was deleted while the log is in use, and is put back: leave it to this process",
            database.file().resolveSibling(DirectoryLock.FILE_NAME));
      }
    } catch (IOException | LogUnavailableException e) {
      LOG.log(System.Logger.Level.DEBUG, "The lock was not put back", e);
    }
  }

  private void forgetAll() {
    rooms.forgetAll();
    identities.forgetAll();
  }

  /**
   * Opens the log in this folder as {@link #open(Path, Durability, InstantSource, Duration)} does:
   * with {@link Durability#COMMIT}, by the system's clock, and with {@link #DEFAULT_RETRY_WINDOW}.
   */
  public static SqliteMessageLog open(Path folder) {
    return open(folder, Durability.COMMIT, InstantSource.system(), DEFAULT_RETRY_WINDOW);
  }

  /**
   * Opens the log in this folder, which is made if it does not exist.
   *
   * @param durability {@link Durability#COMMIT} or {@link Durability#RELAXED}
   * @param clock what messages and remembered ids are dated by; what is old is so by a {@link
   *     SteadyClock} that watches it
   * @param retryWindow for how long ids are remembered
   * @throws LogUnavailableException if it is in use, damaged, something else, of a newer version,
   *     or cannot be written to; no message was changed then
   * @throws IllegalArgumentException if the durability is that of memory
   */
  public static SqliteMessageLog open(
      Path folder, Durability durability, InstantSource clock, Duration retryWindow) {
    return open(folder, durability, clock, retryWindow, Checkpoints.thread(), false);
  }

  /**
   * Opens what is left of a log that {@link #open} finds {@linkplain
   * LogUnavailableException#isDamaged() damaged}, under a new lineage: what cannot be read is lost
   * to clients. A copy of the write-ahead log is kept beside it, for those who want to look for
   * what was in it. A log that is not damaged is opened as ever.
   *
   * @throws LogUnavailableException as with {@link #open}, but for the damage
   * @throws IllegalArgumentException if the durability is that of memory
   */
  public static SqliteMessageLog openDamaged(
      Path folder, Durability durability, InstantSource clock, Duration retryWindow) {
    return open(folder, durability, clock, retryWindow, Checkpoints.thread(), true);
  }

  /** The same, with the thread in the caller's hand. */
  static SqliteMessageLog open(
      Path folder,
      Durability durability,
      InstantSource clock,
      Duration retryWindow,
      ScheduledExecutorService eachSecond,
      boolean acceptsDamage) {
    if (durability == Durability.MEMORY) {
      throw new IllegalArgumentException("a file is more durable than memory");
    }
    Objects.requireNonNull(clock);
    Objects.requireNonNull(retryWindow);
    Database.loadLibrary();
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new LogUnavailableException(
          "cannot make the folder " + folder + ": " + Reasons.of(e), e);
    }
    DirectoryLock lock = DirectoryLock.of(folder);
    Path file = folder.resolve(FILE_NAME);
    try {
      if (Files.exists(file) && !(Files.isReadable(file) && Files.isWritable(file))) {
        // SQLite would say only that it cannot open it.
        throw new AccessDeniedException(file.toString());
      }
      // Before the writer's connection, which would change a file that is not ours.
      Optional<String> damage = Database.damage(file);
      if (damage.isPresent()) {
        requireAccepted(damage.get(), acceptsDamage, file);
      }
      return new SqliteMessageLog(
          new Database(file, durability), clock, retryWindow, lock, eachSecond, damage.isPresent());
    } catch (SQLException | IOException | RuntimeException e) {
      close(lock);
      throw Database.unavailable(file, e);
    }
  }

  private static void requireAccepted(String damage, boolean isAccepted, Path file)
      throws IOException {
    if (!isAccepted) {
      throw LogUnavailableException.damaged(
          damage + ". Nothing was changed. Keep a copy of the folder, then put back a backup");
    }
    Path kept =
        Files.createTempFile(file.toAbsolutePath().getParent(), file.getFileName() + "-wal.", "");
    Files.copy(Database.writeAheadLog(file), kept, StandardCopyOption.REPLACE_EXISTING);
    LOG.log(
        System.Logger.Level.WARNING,
        "{0}. Opened all the same; the write-ahead log as it was found is kept in {1}",
        damage,
        kept);
  }

  @Override
  public boolean canKeep() {
    return files.areInPlace();
  }

  @Override
  public List<Decision> append(List<Submission> batch) {
    files.check();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    List<Decision> results = appender.append(batch, now, clock.earliest().minus(retryWindow));
    long kept = 0;
    long sum = used;
    for (Decision result : results) {
      if (result instanceof Decision.Kept one) {
        kept += 1 + one.others().size();
        sum += one.last().sequence() - one.entry().previous();
      }
    }
    used = sum;
    forgottenIdentities.onAdded(kept);
    return results;
  }

  @Override
  public Optional<Decision> earlier(Submission submission) {
    return appender.earlier(submission, clock.earliest().minus(retryWindow));
  }

  /** With as much as many a message, so that a disk with a last corner left does not seem well. */
  @Override
  public void probe() {
    files.check();
    writer.transaction(() -> Schema.setProbe(writer, "-".repeat(PROBE_BYTES)));
    writer.transaction(() -> Schema.setProbe(writer, ""));
  }

  /**
   * Puts a room back as it stood elsewhere, whole or not at all. Called by the appending thread.
   *
   * @param stored what {@link LogFile#forEach} gives, in the same order
   * @throws IllegalArgumentException if the room is not empty, or the messages are not those that
   *     the room announces
   */
  public void importRoom(StoredRoom room, Iterator<StoredRecord> stored) {
    roomImport.run(room, stored);
    long sum = used + room.last();
    used = sum;
    forgottenIdentities.onAdded(room.records());
  }

  @Override
  public Page read(RoomName room, Range range) {
    return reading(reader -> reader.read(room, range));
  }

  @Override
  public Place locate(RoomName room, Newest newest) {
    return reading(reader -> reader.locate(room, newest));
  }

  @Override
  public Cursor head(RoomName room) {
    return reading(reader -> reader.head(room));
  }

  @Override
  public List<RoomName> rooms(Optional<RoomName> after, int atMost) {
    return reading(reader -> reader.rooms(after, atMost));
  }

  @Override
  public boolean hasBeyond(RoomName room, Keep keep) {
    return reading(reader -> reader.hasBeyond(room, keep, clock.earliest()));
  }

  @Override
  public List<Aged> roomsOlderThan(Duration age, Optional<Aged> after, int atMost) {
    return reading(reader -> reader.roomsOlderThan(clock.earliest().minus(age), after, atMost));
  }

  /** Not those that have come past 2^34: their numbers would leave too few for others. */
  @Override
  public int forget(Set<RoomName> inUse, int atMost) {
    long since = clock.earliest().minus(retryWindow).toEpochMilli();
    return forgottenRooms.forget(inUse, atMost, since);
  }

  @Override
  public boolean tidy() {
    return forgottenIdentities.step();
  }

  @Override
  public Optional<Summary> summary(RoomName room) {
    return reading(reader -> reader.summary(room));
  }

  @Override
  public void keepSummary(RoomName room, Summary summary) {
    summaries.keep(room, summary);
  }

  @Override
  public int trim(RoomName room, Keep keep, int atMost) {
    return trimmer.trim(room, keep, atMost, clock.earliest());
  }

  @Override
  public Durability durability() {
    return database.durability();
  }

  @Override
  public Duration retryWindow() {
    return retryWindow;
  }

  private <T> T reading(Function<Reader, T> read) {
    Reader reader = takeReader();
    boolean whole = false;
    try {
      T result = read.apply(reader);
      whole = true;
      return result;
    } finally {
      giveBack(reader, whole);
    }
  }

  private Reader takeReader() {
    synchronized (readers) {
      if (closed) {
        throw new IllegalStateException("the log is closed");
      }
      Reader idle = readers.poll();
      if (idle != null) {
        return idle;
      }
    }
    files.check();
    try {
      Reader opened = Reader.open(database, lineage);
      files.look();
      if (files.areInPlace()) {
        return opened;
      }
      // It may have opened another file.
      close(opened);
      throw files.failure();
    } catch (SQLException e) {
      throw new LogFailureException(e);
    }
  }

  /** A connection on which something failed is not used again. */
  private void giveBack(Reader reader, boolean whole) {
    synchronized (readers) {
      if (whole && !closed) {
        readers.push(reader);
        return;
      }
    }
    close(reader);
  }

  @Override
  public void close() {
    synchronized (readers) {
      if (closed) {
        return;
      }
      closed = true;
    }
    readers.forEach(SqliteMessageLog::close);
    close(checkpoints);
    noted = -1;
    eachSecond();
    // The last connection to be closed moves everything into the file.
    close(writer);
    close(lock);
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      LOG.log(System.Logger.Level.WARNING, "A connection was not closed in order", e);
    }
  }
}
