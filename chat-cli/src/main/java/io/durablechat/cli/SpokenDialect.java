package io.durablechat.cli;

import io.durablechat.jetty.Dialect;
import io.durablechat.jetty.workerschat.WorkersChat;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The name of a dialect in a list, in which a blank may follow each comma. */
final class SpokenDialect implements ITypeConverter<Dialect> {
  /** All that can be spoken. */
  private static final List<Dialect> KNOWN =
      List.of(Dialect.plain(), Dialect.chatV1(), new WorkersChat());

  SpokenDialect() {}

  @Override
  public Dialect convert(String value) {
    return KNOWN.stream()
        .filter(dialect -> dialect.name().equals(value.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "no such dialect: '"
                        + value.strip()
                        + "'; there are "
                        + KNOWN.stream().map(Dialect::name).collect(Collectors.joining(", "))));
  }
}
