package io.durablechat.cli;

import io.durablechat.core.RoomName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The name of a room. */
final class RoomConverter implements ITypeConverter<RoomName> {
  RoomConverter() {}

  @Override
  public RoomName convert(String value) {
    try {
      return RoomName.of(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
