package io.durablechat.sqlite;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The files of an open log, each with the key that it had when it was opened. SQLite goes on with
 * files that were deleted or replaced as if nothing had happened; nobody would ever find again what
 * it keeps in them.
 */
final class FileWatch {
  private static final System.Logger LOG = System.getLogger(FileWatch.class.getName());

  private final Map<Path, Optional<Object>> keys = new LinkedHashMap<>();
  private volatile Optional<Path> missing = Optional.empty();

  /**
   * Watches these files, which exist.
   *
   * @throws IOException if one does not
   */
  FileWatch(Path... files) throws IOException {
    for (Path file : files) {
      keys.put(file.toAbsolutePath(), key(file));
    }
  }

  /** Which file it is, whatever its name; empty where the file system does not say. */
  static Optional<Object> key(Path file) throws IOException {
    return Optional.ofNullable(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
  }

  /** Looks at all files; what has changed since the last look is said in one line. */
  synchronized void look() {
    Optional<Path> before = missing;
    missing = keys.keySet().stream().filter(file -> !isInPlace(file)).findFirst();
    if (before.isEmpty() && missing.isPresent()) {
      LOG.log(System.Logger.Level.ERROR, complaint());
    } else if (before.isPresent() && missing.isEmpty()) {
      LOG.log(System.Logger.Level.WARNING, "{0} is back: messages are kept again", before.get());
    }
  }

  private boolean isInPlace(Path file) {
    try {
      return Objects.equals(key(file), keys.get(file));
    } catch (AccessDeniedException e) {
      // It may well be there.
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether all were there when this looked last. */
  boolean areInPlace() {
    return missing.isEmpty();
  }

  /**
   * Checks that all were there when this looked last.
   *
   * @throws LogUnavailableException if one was not
   */
  void check() {
    if (!areInPlace()) {
      throw failure();
    }
  }

  LogUnavailableException failure() {
    return new LogUnavailableException(complaint());
  }

  private String complaint() {
    return missing.map(Path::toString).orElse("the log")
        + " was deleted, moved or replaced while it is in use: nothing more is kept. Put back the"
        + " same file, or stop this process, restore the folder and start again";
  }
}
