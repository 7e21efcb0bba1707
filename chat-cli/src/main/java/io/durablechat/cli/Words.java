package io.durablechat.cli;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import java.util.stream.Stream;

/** What went wrong, in words: the JDK often names the file alone, with the reason in the type. */
final class Words {
  private Words() {}

  static String of(Exception e) {
    if (e instanceof NoSuchFileException) {
      return "no such file or folder: " + e.getMessage();
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied: " + e.getMessage();
    }
    if (e instanceof FileSystemException file) {
      return file.getReason() == null
          ? "cannot be read or written: " + file.getFile()
          : file.getReason() + ": " + file.getFile();
    }
    boolean isOurs = e instanceof IOException || e.getMessage() != null;
    return isOurs && !isFault(e) ? String.valueOf(e.getMessage()) : "internal error, a bug";
  }

  /**
   * Why something cannot be listened on: with another port only if the port is why.
   *
   * @param options those that name the port and the address
   */
  static String ofListening(IOException e, String options) {
    boolean isThePort =
        Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause)
            .anyMatch(BindException.class::isInstance);
    return e.getMessage() + (isThePort ? "; " + options + " choose another" : "");
  }

  /** With what to do about it, where the reason is the system's and not a file's or a port's. */
  static String withAdvice(String reason) {
    return reason.contains("Too many open files")
        ? reason + "; LimitNOFILE in the unit, or ulimit -n, allows more"
        : reason;
  }

  private static boolean isFault(Exception e) {
    return e instanceof NullPointerException
        || e instanceof ClassCastException
        || e instanceof IndexOutOfBoundsException;
  }
}
