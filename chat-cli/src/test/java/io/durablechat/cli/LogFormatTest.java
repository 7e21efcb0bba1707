package io.durablechat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** Log lines, whatever somebody has put into them. */
final class LogFormatTest {
  private static final String INJECTED = "a\r\n2026 SEVERE all is lost\u001b[31m \u202ex \u2028y";

  private static LogRecord record(String message, Object... arguments) {
    LogRecord record = new LogRecord(Level.WARNING, message);
    record.setInstant(Instant.parse("2026-01-02T03:04:05.678Z"));
    record.setLoggerName("io.durablechat.x");
    record.setParameters(arguments);
    return record;
  }

  @Test
  void textIsOneLineThatCommandsNothing() {
    assertEquals(
        "2026-01-02T03:04:05.678Z WARNING io.durablechat.x: name a\\u000d\\u000a2026 SEVERE all is"
            + " lost\\u001b[31m \\u202ex \\u2028y\n",
        LogFormat.TEXT.formatter().format(record("name {0}", INJECTED)));
  }

  @Test
  void jsonIsOneObjectALine() {
    String line = LogFormat.JSON.formatter().format(record("name {0}", INJECTED));
    assertEquals(1, line.lines().count());
    JsonObject o = JsonParser.parseString(line).getAsJsonObject();
    assertEquals("2026-01-02T03:04:05.678Z", o.get("time").getAsString());
    assertEquals("WARNING", o.get("level").getAsString());
    assertEquals("name " + INJECTED, o.get("message").getAsString());
  }

  @Test
  void whatWasThrownStaysInTheLine() {
    LogRecord record = record("failed");
    record.setThrown(new IllegalStateException("one\ntwo"));
    for (LogFormat format : LogFormat.values()) {
      String line = format.formatter().format(record);
      assertEquals(1, line.lines().count(), line);
      assertTrue(line.contains("IllegalStateException: one two at "), line);
    }
  }
}
