package io.durablechat.cli;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A length of time: a number of seconds, minutes, hours or days, such as 60s or 7d. */
final class Age implements ITypeConverter<Duration> {
  Age() {}

  @Override
  public Duration convert(String value) {
    return parse(value)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + value + "' is not a length of time, such as 60s, 10m, 12h or 7d"));
  }

  static Optional<Duration> parse(String value) {
    if (!value.matches("0*[1-9][0-9]{0,8}[smhd]")) {
      return Optional.empty();
    }
    ChronoUnit unit =
        switch (value.charAt(value.length() - 1)) {
          case 's' -> ChronoUnit.SECONDS;
          case 'm' -> ChronoUnit.MINUTES;
          case 'h' -> ChronoUnit.HOURS;
          default -> ChronoUnit.DAYS;
        };
    return Optional.of(Duration.of(Long.parseLong(value, 0, value.length() - 1, 10), unit));
  }
}
