package io.durablechat.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The lines of an export, of which none may be longer than a line of a message can be: a file that
 * is something else does not fill the memory first.
 */
final class ExportLines implements Iterator<String> {
  /** A byte of text is at most a control character, which JSON writes in six characters. */
  private static final int CHARS_FOR_A_BYTE = 6;

  /** The longest rest of a line, beside the body. */
  private static final int BESIDE_THE_BODY = 16 << 10;

  private final BufferedReader reader;
  private final int maxMessage;
  private final long maxChars;
  private Optional<String> next = Optional.empty();
  private long count;

  /**
   * The lines that this reads.
   *
   * @param maxMessage the largest message, in bytes
   */
  ExportLines(Reader reader, int maxMessage) {
    this.reader = new BufferedReader(reader);
    this.maxMessage = maxMessage;
    this.maxChars = (long) maxMessage * CHARS_FOR_A_BYTE + BESIDE_THE_BODY;
  }

  /** The number of the line that was read last, from 1 up. */
  long number() {
    return count;
  }

  /**
   * Returns true if there is another line.
   *
   * @throws UncheckedIOException if it cannot be read
   * @throws IllegalArgumentException if it is too long
   */
  @Override
  public boolean hasNext() {
    if (next.isEmpty()) {
      try {
        next = read();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return next.isPresent();
  }

  @Override
  public String next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    String line = next.orElseThrow();
    next = Optional.empty();
    return line;
  }

  private Optional<String> read() throws IOException {
    int c = reader.read();
    if (c < 0) {
      return Optional.empty();
    }
    count++;
    StringBuilder line = new StringBuilder();
    for (; c >= 0 && c != '\n'; c = reader.read()) {
      if (line.length() >= maxChars) {
        throw new IllegalArgumentException(
            "longer than that of any message of "
                + maxMessage
                + " bytes, the largest that --max-message lets in");
      }
      line.append((char) c);
    }
    return Optional.of(line.toString());
  }
}
