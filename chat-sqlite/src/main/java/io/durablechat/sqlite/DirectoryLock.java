package io.durablechat.sqlite;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One process a folder: held through a file beside the log, and let go of by a crash as well.
 *
 * <p>The file also counts how often the log was opened, as its {@code meta} table does. The log
 * counts first: one that has counted less than the file beside it, or that has counted and has no
 * file beside it, was put here from elsewhere or set back.
 */
final class DirectoryLock implements AutoCloseable {
  static final String FILE_NAME = "lock";

  private static final int MAX_DIGITS = 18;

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the folder.
   *
   * @throws LogUnavailableException if another process has it, or it cannot be written to
   */
  static DirectoryLock of(Path folder) {
    try {
      FileChannel channel =
          FileChannel.open(
              folder.resolve(FILE_NAME),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (lock(channel).isEmpty()) {
        channel.close();
        throw new LogUnavailableException(
            "another process uses " + folder + ": stop it, or use another folder");
      }
      return new DirectoryLock(channel);
    } catch (IOException e) {
      throw new LogUnavailableException("cannot write to " + folder + ": " + Reasons.of(e), e);
    }
  }

  private static Optional<FileLock> lock(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException e) {
      // The other one is this very process.
      return Optional.empty();
    }
  }

  /** How often the log beside it was opened; empty if nothing was counted yet. */
  OptionalLong openings() throws IOException {
    ByteBuffer content = ByteBuffer.allocate(MAX_DIGITS);
    channel.read(content, 0);
    String digits = US_ASCII.decode(content.flip()).toString().strip();
    return digits.matches("[0-9]+")
        ? OptionalLong.of(Long.parseLong(digits))
        : OptionalLong.empty();
  }

  void setOpenings(long openings) throws IOException {
    channel.write(US_ASCII.encode(openings + "\n"), 0);
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
