package io.durablechat.sqlite;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One process a folder: held through a file beside the log, and let go of by a crash as well.
 *
 * <p>So that no second process comes in where somebody has deleted that file, the database is
 * locked as well, at a place far behind SQLite's own locks. SQLite would let go of that lock with
 * the last of its own, so it is taken once a connection has read, which from then on keeps one.
 *
 * <p>The file also holds a mark: the lineage of the log beside it, and how many sequences that had
 * used about a second ago, or more. A log of another lineage, with fewer, or without a mark beside
 * it, was put here from elsewhere or set back.
 */
final class DirectoryLock implements AutoCloseable {
  static final String FILE_NAME = "lock";

  /** Of one length, so that a write in place is never half of one and half of another number. */
  private static final String FORMAT = "%+020d %019d\n";

  private static final long PLACE_IN_DATABASE = Long.MAX_VALUE - 1;

  private static final Pattern MARK = Pattern.compile("([+-][0-9]{19}) ([0-9]{19})\n");

  /**
   * Folders held by this process, whose second descriptor would, in being closed, let go of the
   * lock that the first one holds.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final Path file;
  private FileChannel channel;
  private Optional<Object> key = Optional.empty();
  private Optional<FileChannel> database = Optional.empty();

  /** Where the log stood. */
  record Mark(long lineage, long used) {}

  private DirectoryLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.file = folder.resolve(FILE_NAME);
    this.channel = channel;
  }

  /**
   * Takes the folder.
   *
   * @throws LogUnavailableException if another process has it, or it cannot be written to
   */
  static DirectoryLock of(Path folder) {
    try {
      Path real = folder.toRealPath();
      if (!HELD.add(real)) {
        throw inUse(folder);
      }
      boolean taken = false;
      try {
        DirectoryLock lock = new DirectoryLock(real, locked(folder.resolve(FILE_NAME), 0, folder));
        lock.key = FileWatch.key(lock.file);
        taken = true;
        return lock;
      } finally {
        if (!taken) {
          HELD.remove(real);
        }
      }
    } catch (IOException e) {
      String where =
          e instanceof FileSystemException file && file.getFile() != null
              ? file.getFile()
              : folder.toString();
      throw new LogUnavailableException("cannot write to " + where + ": " + Reasons.of(e), e);
    }
  }

  /** Locks the file, which is made if it does not exist, from this place on. */
  private static FileChannel locked(Path file, long from, Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      locked = channel.tryLock(from, Long.MAX_VALUE - from, false) != null;
    } catch (OverlappingFileLockException e) {
      // Held by this process through another class loader.
      throw inUse(folder);
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw inUse(folder);
    }
    return channel;
  }

  private static LogUnavailableException inUse(Path folder) {
    return new LogUnavailableException(
        "another process uses " + folder + ": stop it, or use another folder");
  }

  /**
   * Locks the database, too. A connection to it must have read, and stay open for as long.
   *
   * @throws LogUnavailableException if another process has done so
   */
  void lockDatabase(Path databaseFile) throws IOException {
    database = Optional.of(locked(databaseFile, PLACE_IN_DATABASE, folder));
  }

  /**
   * Puts back the file if it was deleted or replaced.
   *
   * @return whether it was
   * @throws IOException if it was, and cannot be put back
   */
  synchronized boolean putBack(Mark mark) throws IOException {
    if (!Files.isDirectory(folder) || (Files.exists(file) && FileWatch.key(file).equals(key))) {
      return false;
    }
    FileChannel old = channel;
    channel = locked(file, 0, folder);
    old.close();
    key = FileWatch.key(file);
    keepMark(mark);
    return true;
  }

  /** Where the log beside it stood; empty if that was never noted. */
  synchronized Optional<Mark> mark() throws IOException {
    ByteBuffer content = ByteBuffer.allocate(FORMAT.length() * 4);
    channel.read(content, 0);
    Matcher mark = MARK.matcher(US_ASCII.decode(content.flip()));
    return mark.matches()
        ? Optional.of(new Mark(Long.parseLong(mark.group(1)), Long.parseLong(mark.group(2))))
        : Optional.empty();
  }

  /** Notes where the log stands. */
  synchronized void setMark(Mark mark) throws IOException {
    String line = String.format(Locale.ROOT, FORMAT, mark.lineage(), mark.used());
    channel.write(US_ASCII.encode(line), 0);
  }

  /** Notes it on stable storage. */
  synchronized void keepMark(Mark mark) throws IOException {
    setMark(mark);
    channel.force(true);
  }

  @Override
  public synchronized void close() throws IOException {
    try {
      channel.close();
      if (database.isPresent()) {
        database.get().close();
      }
    } finally {
      HELD.remove(folder);
    }
  }
}
