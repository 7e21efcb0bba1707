package io.durablechat.cli;

import io.durablechat.core.RoomName;
import picocli.CommandLine.ITypeConverter;

/** The name of a room in a list, in which a blank may follow each comma. */
final class ListedRoom implements ITypeConverter<RoomName> {
  ListedRoom() {}

  @Override
  public RoomName convert(String value) {
    return new RoomConverter().convert(value.strip());
  }
}
