package io.durablechat.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;

/**
 * The end of the process once memory has run out in any of its threads, as by {@code
 * -XX:+ExitOnOutOfMemoryError}. The executable asks for that; a jar's manifest cannot, and the flag
 * cannot be set later. Half alive, a server would keep its port and its folder from the next.
 *
 * <p>It hears of what ends a thread, and of what somebody caught and logged. Nothing here needs
 * memory when it comes to it.
 */
final class OutOfMemory extends Handler implements Thread.UncaughtExceptionHandler {
  /** Java's own for it. */
  private static final int EXIT_CODE = 3;

  private static final byte[] LAST_WORDS =
      "chat-cli: out of memory; a larger -Xmx allows more\n".getBytes(US_ASCII);

  private final FileOutputStream err = new FileOutputStream(FileDescriptor.err);

  private OutOfMemory() {
    setLevel(Level.ALL);
  }

  /** Has the process end from now on. */
  static void endsTheProcess() {
    OutOfMemory end = new OutOfMemory();
    // Loads what is needed later.
    isMeant(new OutOfMemoryError(""));
    Thread.setDefaultUncaughtExceptionHandler(end);
    LogManager.getLogManager().getLogger("").addHandler(end);
  }

  @Override
  public void uncaughtException(Thread thread, Throwable thrown) {
    endIf(thrown);
    Logging.error("A thread has failed", thrown);
  }

  @Override
  public void publish(LogRecord record) {
    endIf(record.getThrown());
  }

  private void endIf(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (isMeant(cause)) {
        end();
      }
    }
  }

  /** The flag means the memory that Java manages: neither threads nor direct buffers. */
  private static boolean isMeant(Throwable cause) {
    if (!(cause instanceof OutOfMemoryError)) {
      return false;
    }
    String said = cause.getMessage();
    return said == null
        || !(said.startsWith("unable to create native thread")
            || said.startsWith("Cannot reserve "));
  }

  private void end() {
    try {
      err.write(LAST_WORDS);
    } catch (IOException | OutOfMemoryError e) {
      // It ends all the same.
    } finally {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
