package io.durablechat.cli;

import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * Where log lines go: warnings and worse, of a server what is noteworthy besides, one line each, to
 * standard error, unless the operator's own {@code -Djava.util.logging.config.file} says otherwise.
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

  private Logging() {}

  static void configure() {
    if (System.getProperty("java.util.logging.config.file") != null) {
      return;
    }
    use(LogFormat.TEXT);
    LogManager.getLogManager().getLogger("").setLevel(Level.WARNING);
    TALKATIVE.forEach(logger -> logger.setLevel(Level.SEVERE));
    LIBRARY_LOADER.setLevel(Level.OFF);
  }

  /**
   * Has what is noteworthy about a server said, too, in lines of this form; unless the operator's
   * own settings say what is.
   */
  static void tellOfServer(LogFormat format) {
    if (System.getProperty("java.util.logging.config.file") == null) {
      use(format);
      LOG.setLevel(Level.INFO);
    }
  }

  private static void use(LogFormat format) {
    for (Handler handler : LogManager.getLogManager().getLogger("").getHandlers()) {
      handler.setFormatter(format.formatter());
    }
  }

  static void info(String message, Object... arguments) {
    LOG.log(Level.INFO, message, arguments);
  }

  static void warn(String message) {
    // As it is: what somebody else called so may look like a pattern.
    LOG.log(Level.WARNING, message);
  }

  static void error(String message, Throwable cause) {
    LOG.log(Level.SEVERE, message, cause);
  }

  static void debug(String message, Throwable cause) {
    LOG.log(Level.FINE, message, cause);
  }
}
