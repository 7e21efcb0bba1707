package io.durablechat.sqlite;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
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
 * <p>The file also holds a mark: the lineage of the log beside it, and how many records that had
 * about a second ago, or more. A log of another lineage, with fewer records, or without a mark
 * beside it, was put here from elsewhere or set back.
 */
final class DirectoryLock implements AutoCloseable {
  static final String FILE_NAME = "lock";

  /** Of one length, so that a write in place is never half of one and half of another number. */
  private static final String FORMAT = "%+020d %019d\n";

  private static final Pattern MARK = Pattern.compile("([+-][0-9]{19}) ([0-9]{19})\n");

  /**
   * Folders held by this process, whose second descriptor would, in being closed, let go of the
   * lock that the first one holds.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel channel;

  /** Where the log stood. */
  record Mark(long lineage, long records) {}

  private DirectoryLock(Path folder, FileChannel channel) {
    this.folder = folder;
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
        DirectoryLock lock = new DirectoryLock(real, lockedFile(folder));
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

  private static FileChannel lockedFile(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve(FILE_NAME),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
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

  /** Where the log beside it stood; empty if that was never noted. */
  Optional<Mark> mark() throws IOException {
    ByteBuffer content = ByteBuffer.allocate(FORMAT.length() * 4);
    channel.read(content, 0);
    Matcher mark = MARK.matcher(US_ASCII.decode(content.flip()));
    return mark.matches()
        ? Optional.of(new Mark(Long.parseLong(mark.group(1)), Long.parseLong(mark.group(2))))
        : Optional.empty();
  }

  /** Notes where the log stands. */
  void setMark(Mark mark) throws IOException {
    String line = String.format(Locale.ROOT, FORMAT, mark.lineage(), mark.records());
    channel.write(US_ASCII.encode(line), 0);
  }

  /** Notes it on stable storage. */
  void keepMark(Mark mark) throws IOException {
    setMark(mark);
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD.remove(folder);
    }
  }
}
