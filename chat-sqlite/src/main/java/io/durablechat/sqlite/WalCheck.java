package io.durablechat.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Tells a damaged write-ahead log from one whose last commit was cut short. SQLite reads such a
 * file up to the first frame whose checksum is wrong and takes that for the end, without a word.
 *
 * <p>Each frame's checksum goes on from the one stored in the frame before. A good frame that goes
 * on from the last frame of a commit was written after that commit was on stable storage: if both
 * stand behind the place where SQLite stops, what was kept is not read. A crash leaves no such
 * pair, since what it cuts short is the last commit; nor do commits that failed, since they were
 * written over from their beginning.
 *
 * <p>That holds under {@code synchronous=FULL}. The format is that of
 * https://www.sqlite.org/fileformat2.html#walformat.
 */
final class WalCheck {
  private static final int HEADER = 32;
  private static final int FRAME_HEADER = 24;
  private static final int MAGIC = 0x377f0682;
  private static final int DEFAULT_PAGE = 4096;

  private final FileChannel file;

  // Of the frame before, or the header; as stored.
  private long sum;
  private long salt;
  private boolean endsCommit;

  private WalCheck(FileChannel file) {
    this.file = file;
  }

  /**
   * A place at which SQLite would stop although more was kept.
   *
   * @param frame the first frame that is not as it was written, from 1 up; 0 for the header
   * @param commits how many commits behind it are certain to have been kept
   * @param salt what this run of the file is known by
   */
  record Damage(long frame, long commits, long salt) {}

  /** Looks at a file that may be in use: what is being written is not taken for damage. */
  static Optional<Damage> of(Path wal) throws IOException {
    Optional<Damage> found = lookAt(wal);
    while (found.isPresent()) {
      Optional<Damage> again = lookAt(wal);
      if (again.isPresent()
          && again.get().frame() == found.get().frame()
          && again.get().salt() == found.get().salt()) {
        return again;
      }
      found = again;
    }
    return found;
  }

  private static Optional<Damage> lookAt(Path wal) throws IOException {
    try (FileChannel file = FileChannel.open(wal, StandardOpenOption.READ)) {
      return new WalCheck(file).look();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private Optional<Damage> look() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER);
    if (!readAt(header, 0)) {
      return Optional.empty();
    }
    ByteOrder order = (header.getInt(0) & 1) == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    sum = header.getLong(24);
    salt = header.getLong(16);
    boolean isWhole = (header.getInt(0) | 1) == (MAGIC | 1) && sum(0, header, 0, 24, order) == sum;
    int page = isWhole ? Math.max(512, header.getInt(8)) : DEFAULT_PAGE;
    return frames(isWhole, page, order);
  }

  private Optional<Damage> frames(boolean isHeaderWhole, int page, ByteOrder order)
      throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER + page);
    long ours = salt;
    long firstBad = isHeaderWhole ? -1 : 0;
    long commits = 0;
    for (long i = 1; readAt(frame, HEADER + (i - 1) * (FRAME_HEADER + page)); i++) {
      long frameSalt = frame.getLong(8);
      boolean isOurs = frameSalt == (isHeaderWhole ? ours : salt);
      long seeded = sum(sum, frame, 0, 8, order);
      boolean isGood = isOurs && sum(seeded, frame, FRAME_HEADER, page, order) == frame.getLong(16);
      if (firstBad < 0 && !isGood) {
        firstBad = i;
      } else if (firstBad >= 0 && isGood && endsCommit) {
        commits++;
      }
      sum = frame.getLong(16);
      salt = frameSalt;
      endsCommit = firstBad >= 0 && isOurs && frame.getInt(4) != 0;
    }
    return commits > 0 ? Optional.of(new Damage(firstBad, commits, ours)) : Optional.empty();
  }

  /** SQLite's checksum, both halves in one number, going on from another. */
  private static long sum(long from, ByteBuffer of, int at, int bytes, ByteOrder order) {
    ByteBuffer words = of.duplicate().order(order);
    int first = (int) (from >>> 32);
    int second = (int) from;
    for (int i = at; i < at + bytes; i += 8) {
      first += words.getInt(i) + second;
      second += words.getInt(i + 4) + first;
    }
    return ((long) first << 32) | (second & 0xffffffffL);
  }

  /** Whether the buffer could be filled. */
  private boolean readAt(ByteBuffer buffer, long position) throws IOException {
    buffer.clear();
    while (buffer.hasRemaining()) {
      if (file.read(buffer, position + buffer.position()) < 0) {
        return false;
      }
    }
    return true;
  }
}
