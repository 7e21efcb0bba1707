package io.durablechat.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

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

  private static boolean isFault(Exception e) {
    return e instanceof NullPointerException
        || e instanceof ClassCastException
        || e instanceof IndexOutOfBoundsException;
  }
}
