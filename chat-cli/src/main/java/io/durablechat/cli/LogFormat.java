package io.durablechat.cli;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** How log lines look. In both forms a record is one line, whatever somebody put into it. */
enum LogFormat {
  /** For people: time, level, logger, message. */
  TEXT {
    @Override
    String line(LogRecord record, Formatter words) {
      return String.format(
          Locale.ROOT,
          "%s %s %s: %s%s",
          record.getInstant(),
          record.getLevel().getName(),
          record.getLoggerName(),
          escaped(words.formatMessage(record)),
          record.getThrown() == null ? "" : " | " + escaped(trace(record.getThrown())));
    }
  },

  /** For programs: an object with {@code time}, {@code level}, {@code logger}, {@code message}. */
  JSON {
    @Override
    String line(LogRecord record, Formatter words) {
      JsonObject o = new JsonObject();
      o.addProperty("time", record.getInstant().toString());
      o.addProperty("level", record.getLevel().getName());
      o.addProperty("logger", record.getLoggerName());
      o.addProperty("message", words.formatMessage(record));
      if (record.getThrown() != null) {
        o.addProperty("error", trace(record.getThrown()));
      }
      return o.toString();
    }
  };

  abstract String line(LogRecord record, Formatter words);

  Formatter formatter() {
    return new Formatter() {
      @Override
      public String format(LogRecord record) {
        return line(record, this) + System.lineSeparator();
      }
    };
  }

  /** Without what would begin another line, or command a terminal. */
  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (isUnseen(c)) {
                escaped.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                escaped.appendCodePoint(c);
              }
            });
    return escaped.toString();
  }

  private static boolean isUnseen(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  private static String trace(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    return trace.toString().strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
