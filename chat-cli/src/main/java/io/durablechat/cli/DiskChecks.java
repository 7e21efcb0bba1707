package io.durablechat.cli;

import io.durablechat.core.Durability;
import io.durablechat.sqlite.LogFile;
import io.durablechat.sqlite.LogUnavailableException;
import io.durablechat.sqlite.SqliteMessageLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether the disk keeps messages, how fast, and for how long it has room. */
final class DiskChecks {
  private static final int WRITES = 50;
  private static final int PAGE = 4096;
  private static final double SLOW_MILLIS = 20;
  private static final double SUSPICIOUS_MILLIS = 0.05;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final long LITTLE = 1L << 30;
  private static final int MIB = 1 << 20;
  private static final String DENIED = "permission denied";

  private DiskChecks() {}

  /** Whether a server of this user could open what is there already. */
  static Finding files(Path folder) {
    for (Path path = folder.toAbsolutePath(); path != null; path = path.getParent()) {
      if (Files.exists(path) && !Files.isDirectory(path)) {
        return Finding.fail(
            "data", String.format(Locale.ROOT, "%s is no folder; --data names another", path));
      }
    }
    if (!Files.isDirectory(folder)) {
      return Finding.ok("data", String.format(Locale.ROOT, "%s will be made", folder));
    }
    try (Stream<Path> files = Files.list(folder)) {
      Optional<Path> closed =
          files
              .filter(Files::isRegularFile)
              .filter(file -> !Files.isReadable(file) || !Files.isWritable(file))
              .findFirst();
      return closed.isPresent()
          ? Finding.fail(
              "data",
              String.format(
                  Locale.ROOT, "%s is not this user's to read and write: chown it", closed.get()))
          : Finding.ok("data", String.format(Locale.ROOT, "%s can be read and written", folder));
    } catch (IOException e) {
      return Finding.fail("data", Words.of(e));
    }
  }

  /** Writes and syncs a little, and leaves nothing of it. */
  static Finding sync(Path folder) {
    Path existing = existing(folder);
    try {
      Path file = Files.createTempFile(existing, ".chat-doctor", ".tmp");
      // Also if the process is told to end meanwhile.
      file.toFile().deleteOnExit();
      try {
        return sync(existing, times(file));
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      return Finding.fail(
          "disk",
          String.format(
              Locale.ROOT,
              "%s cannot be written to: %s; --data names another folder",
              existing,
              e instanceof AccessDeniedException ? DENIED : Words.of(e)));
    }
  }

  private static Path existing(Path folder) {
    Path existing = folder.toAbsolutePath();
    while (!Files.isDirectory(existing)) {
      existing = existing.getParent();
    }
    return existing;
  }

  private static double[] times(Path file) throws IOException {
    double[] millis = new double[WRITES];
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int i = 0; i < WRITES; i++) {
        long begun = System.nanoTime();
        channel.write(ByteBuffer.allocate(PAGE));
        channel.force(false);
        millis[i] = (System.nanoTime() - begun) / NANOS_PER_MILLI;
      }
    }
    Arrays.sort(millis);
    return millis;
  }

  private static Finding sync(Path folder, double[] millis) {
    double median = millis[WRITES / 2];
    String seen =
        String.format(
            Locale.ROOT,
            "%s: a sync takes %.2f ms, at worst %.2f ms",
            folder,
            median,
            millis[WRITES - 1]);
    if (median > SLOW_MILLIS) {
      return Finding.warn(
          "sync",
          String.format(Locale.ROOT, "%s: every message waits for one; a faster disk", seen));
    }
    return median < SUSPICIOUS_MILLIS
        ? Finding.warn(
            "sync",
            String.format(
                Locale.ROOT, "%s: too fast to be true; is it kept over a power cut?", seen))
        : Finding.ok("sync", seen);
  }

  static Finding room(Path folder) {
    try {
      long left = Files.getFileStore(existing(folder)).getUsableSpace();
      return left >= LITTLE
          ? Finding.ok("space", String.format(Locale.ROOT, "%d MiB are free", left / MIB))
          : Finding.warn(
              "space",
              String.format(
                  Locale.ROOT, "%d MiB are free: --keep bounds what is kept", left / MIB));
    } catch (IOException e) {
      return Finding.warn(
          "space",
          String.format(Locale.ROOT, "it cannot be told how much is free: %s", e.getMessage()));
    }
  }

  /** Whether SQLite can be loaded, and keeps a log on that disk; leaves nothing of it. */
  static Finding log(Path folder) {
    try {
      Path trial = Files.createTempDirectory(existing(folder), ".chat-doctor");
      // Also if the process is told to end meanwhile; of what waits, the last goes first.
      trial.toFile().deleteOnExit();
      try {
        SqliteMessageLog.open(
                trial,
                Durability.COMMIT,
                InstantSource.system(),
                SqliteMessageLog.DEFAULT_RETRY_WINDOW)
            .close();
        return Finding.ok("sqlite", "keeps messages there");
      } finally {
        delete(trial);
      }
    } catch (LogUnavailableException e) {
      return Finding.fail("sqlite", e.getMessage());
    } catch (IOException e) {
      return Finding.fail("sqlite", Words.of(e));
    }
  }

  private static void delete(Path trial) throws IOException {
    try (Stream<Path> files = Files.list(trial)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(trial);
  }

  /** A clock that was set back gives messages the time of the newest there is. */
  static Finding clock(Path folder, Instant now) {
    if (!Files.exists(folder.resolve(SqliteMessageLog.FILE_NAME))) {
      return Finding.ok(
          "clock",
          String.format(Locale.ROOT, "%s; there are no messages yet to compare it with", now));
    }
    try (LogFile log = LogFile.open(folder)) {
      Instant newest = Instant.ofEpochMilli(log.lastAt());
      return newest.isAfter(now)
          ? Finding.fail(
              "clock",
              String.format(
                  Locale.ROOT,
                  "%s, %d s before the newest message: is it set right, and kept so (NTP)?",
                  now,
                  Duration.between(now, newest).toSeconds()))
          : Finding.ok("clock", String.format(Locale.ROOT, "%s, after the newest message", now));
    } catch (RuntimeException e) {
      return Finding.fail("log", e.getMessage());
    }
  }
}
