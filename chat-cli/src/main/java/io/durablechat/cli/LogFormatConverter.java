package io.durablechat.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The name of a form of log lines. */
final class LogFormatConverter implements ITypeConverter<LogFormat> {
  LogFormatConverter() {}

  @Override
  public LogFormat convert(String value) {
    return switch (value) {
      case "text", "json" -> LogFormat.valueOf(value.toUpperCase(Locale.ROOT));
      default -> throw new TypeConversionException("'" + value + "' is neither text nor json");
    };
  }
}
