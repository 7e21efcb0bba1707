package io.durablechat.tests;

import io.durablechat.cli.Launcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line in a process in which, once a line is read from standard input, a thread takes
 * all memory there is: {@code dies} of it, or {@code keeps} it and goes on, so that others find
 * none.
 */
final class MemoryHog {
  private static final List<Object> HELD = new ArrayList<>();
  private static final int LARGE = 1 << 20;
  private static final int SMALL = 64;

  private MemoryHog() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    boolean survives = System.getProperty("hog").equals("keeps");
    Thread hog = new Thread(() -> wait(survives), "hog");
    hog.setDaemon(true);
    hog.start();
    Launcher.main(args);
  }

  private static void wait(boolean survives) {
    try {
      System.in.readNBytes(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    do {
      fill(survives);
    } while (survives);
  }

  private static void fill(boolean survives) {
    for (int size = LARGE; size >= SMALL; size /= 2) {
      try {
        while (true) {
          HELD.add(new byte[size]);
        }
      } catch (OutOfMemoryError e) {
        if (!survives) {
          throw e;
        }
      }
    }
  }
}
