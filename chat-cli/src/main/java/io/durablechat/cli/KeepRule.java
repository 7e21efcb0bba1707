package io.durablechat.cli;

import io.durablechat.core.Keep;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How much of each room is kept: {@code forever}, a length of time, or a number of messages. */
final class KeepRule implements ITypeConverter<Keep> {
  KeepRule() {}

  @Override
  public Keep convert(String value) {
    if (value.equals("forever")) {
      return Keep.FOREVER;
    }
    Optional<Keep> age = Age.parse(value).map(Keep::youngerThan);
    if (age.isPresent()) {
      return age.get();
    }
    if (value.matches("0*[1-9][0-9]{0,17}")) {
      return Keep.newest(Long.parseLong(value));
    }
    throw new TypeConversionException(
        "'"
            + value
            + "' is neither a length of time, such as 30d, nor a number of messages, nor"
            + " forever");
  }
}
