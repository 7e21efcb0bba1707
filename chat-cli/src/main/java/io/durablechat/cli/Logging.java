package io.durablechat.cli;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * Where log lines go: warnings and worse, one line each, to standard error, unless the operator's
 * own {@code -Djava.util.logging.config.file} says otherwise.
 */
final class Logging {
  private static final Logger LOG = Logger.getLogger("io.durablechat");

  /** They warn of what any client may send; held here, since the log manager forgets others. */
  private static final List<Logger> TALKATIVE =
      List.of(
          Logger.getLogger("org.eclipse.jetty.http"),
          Logger.getLogger("org.eclipse.jetty.util.HostPort"));

  /** It logs stack traces of what we say ourselves, in one line. */
  private static final Logger LIBRARY_LOADER = Logger.getLogger("org.sqlite.SQLiteJDBCLoader");

  private static final String FORMAT = "%1$tFT%1$tT.%1$tL%1$tz %4$s %3$s: %5$s%6$s%n";

  private Logging() {}

  static void configure() {
    if (System.getProperty("java.util.logging.config.file") != null) {
      return;
    }
    System.getProperties().putIfAbsent("java.util.logging.SimpleFormatter.format", FORMAT);
    LogManager.getLogManager().getLogger("").setLevel(Level.WARNING);
    TALKATIVE.forEach(logger -> logger.setLevel(Level.SEVERE));
    LIBRARY_LOADER.setLevel(Level.OFF);
  }

  static void debug(String message, Throwable cause) {
    LOG.log(Level.FINE, message, cause);
  }
}
