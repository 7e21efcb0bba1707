package io.durablechat.cli;

import picocli.CommandLine.ITypeConverter;

/** One of several in a list, in which a blank may follow each comma. */
final class ListedText implements ITypeConverter<String> {
  ListedText() {}

  @Override
  public String convert(String value) {
    return value.strip();
  }
}
