package io.durablechat.cli;

import io.durablechat.core.RoomName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The name of a room. */
final class RoomConverter implements ITypeConverter<RoomName> {
  RoomConverter() {}

  @Override
  public RoomName convert(String value) {
    if (value.indexOf('\uFFFD') >= 0) {
      throw new TypeConversionException(
          "it cannot be read in this locale: set LC_ALL=C.UTF-8, or another in UTF-8");
    }
    try {
      return RoomName.of(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
