package io.durablechat.cli;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The lines of one room of an export, up to where the next one begins. */
final class LinesOfRoom implements Iterator<String> {
  private final Iterator<String> lines;
  private Optional<String> ahead = Optional.empty();

  LinesOfRoom(Iterator<String> lines) {
    this.lines = lines;
  }

  /** The line that the next room begins with; called once the lines of the last are through. */
  Optional<String> nextRoom() {
    lookAhead();
    Optional<String> first = ahead;
    ahead = Optional.empty();
    return first;
  }

  private void lookAhead() {
    if (ahead.isEmpty() && lines.hasNext()) {
      ahead = Optional.of(lines.next());
    }
  }

  @Override
  public boolean hasNext() {
    lookAhead();
    return ahead.isPresent() && !RoomLines.isRoom(ahead.get());
  }

  @Override
  public String next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    String line = ahead.get();
    ahead = Optional.empty();
    return line;
  }
}
