package io.durablechat.gateway;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** The lines that a class has logged since. */
public final class LogLines extends Handler implements AutoCloseable {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final SimpleFormatter formatter = new SimpleFormatter();
  private final Logger logger;

  private LogLines(Logger logger) {
    this.logger = logger;
  }

  public static LogLines of(Class<?> type) {
    LogLines lines = new LogLines(Logger.getLogger(type.getName()));
    lines.logger.addHandler(lines);
    return lines;
  }

  public List<String> all() {
    return lines;
  }

  @Override
  public void publish(LogRecord line) {
    lines.add(formatter.formatMessage(line));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
