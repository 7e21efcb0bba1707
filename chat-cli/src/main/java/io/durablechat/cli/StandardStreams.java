package io.durablechat.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The three streams that a process is given, any of which may have been closed by whoever started
 * it. The next file to be opened then takes the place: what is meant for a terminal would be
 * written into it, and Java, whose own library is the first, does not survive being closed.
 */
final class StandardStreams {
  private static final Path OPEN = Path.of("/proc/self/fd");
  private static final String NULL = "/dev/null";
  private static final int ERROR = 2;

  /** Open until the process ends. */
  @SuppressWarnings("unused") // To be held is what they are for.
  private static final List<InputStream> HELD = new ArrayList<>();

  private StandardStreams() {}

  /** Takes the places that are free, with what can be read from only. */
  static void hold() {
    for (int i = 0; i <= ERROR && Files.exists(OPEN); i++) {
      if (!Files.exists(OPEN.resolve("" + i), LinkOption.NOFOLLOW_LINKS)) {
        try {
          HELD.add(new FileInputStream(NULL));
        } catch (IOException e) {
          return;
        }
      }
    }
  }

  /**
   * Standard input, never to be closed.
   *
   * @throws IOException if it was closed
   */
  static InputStream in() throws IOException {
    if (isInputClosed()) {
      throw new IOException("standard input is closed");
    }
    return System.in;
  }

  /** Whether a file of Java's own has its place. */
  private static boolean isInputClosed() {
    if (!Files.exists(OPEN)) {
      return false;
    }
    try {
      Path taken = Files.readSymbolicLink(OPEN.resolve("0"));
      return taken.startsWith(Path.of(System.getProperty("java.home")).toRealPath())
          || taken.equals(Path.of(System.getProperty("java.class.path")).toAbsolutePath());
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  /** Why reading or writing one failed, in words. */
  static String reason(String stream, IOException failure) {
    // What chat-cli's script leaves in place of a closed one says so.
    return String.valueOf(failure.getMessage()).contains("Bad file descriptor")
        ? stream + " is closed"
        : failure.getMessage();
  }
}
