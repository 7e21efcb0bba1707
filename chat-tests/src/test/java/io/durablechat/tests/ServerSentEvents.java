package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.jetty.RawWebSocket;
import java.util.Optional;

/**
 * Server-sent events (HTML, section 9.2) in an answer that comes in chunks; comments are passed
 * over.
 */
final class ServerSentEvents {
  private static final String END = "\n\n";

  private final RawWebSocket socket;
  private String read = "";

  /** The events of an answer whose head was read. */
  ServerSentEvents(RawWebSocket socket) {
    this.socket = socket;
  }

  /** The next event, as its lines; empty at the end of the answer. */
  Optional<String> next() {
    while (true) {
      int end = read.indexOf(END);
      if (end < 0) {
        if (!readChunk()) {
          return Optional.empty();
        }
      } else {
        String event = read.substring(0, end);
        read = read.substring(end + END.length());
        if (!event.startsWith(":")) {
          return Optional.of(event);
        }
      }
    }
  }

  /** The end of a line before a chunk is that of the chunk before. */
  private boolean readChunk() {
    String line = socket.readUntil("\r\n").strip();
    int size = Integer.parseInt(line.isEmpty() ? socket.readUntil("\r\n").strip() : line, 16);
    read += new String(socket.read(size).getBytes(ISO_8859_1), UTF_8);
    return size > 0;
  }
}
