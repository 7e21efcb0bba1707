package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.jetty.RawWebSocket.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * What a plain client sends, bytes as they are, and what has to come back: what is relayed, in
 * order; what answers pings, in order; and the close, if one is due.
 *
 * @param writes each is one write to the socket
 * @param closing the code of the close, 0 for one without; if there is none, the WebSocket has to
 *     be of use still
 */
record ConformanceCase(
    String name,
    List<byte[]> writes,
    List<String> relayed,
    List<String> pongs,
    OptionalInt closing) {
  private static final String STILL_THERE = "still there?";

  static ConformanceCase sending(String name, RawFrame... frames) {
    return new ConformanceCase(
        name,
        Arrays.stream(frames).map(RawFrame::bytes).toList(),
        List.of(),
        List.of(),
        OptionalInt.empty());
  }

  ConformanceCase relays(String... texts) {
    return new ConformanceCase(
        name, writes, Arrays.stream(texts).map(t -> "text " + t).toList(), pongs, closing);
  }

  ConformanceCase relays(byte[] data) {
    return new ConformanceCase(name, writes, List.of(binary(data)), pongs, closing);
  }

  ConformanceCase answers(String... payloads) {
    return new ConformanceCase(name, writes, relayed, List.of(payloads), closing);
  }

  ConformanceCase closes(int code) {
    return new ConformanceCase(name, writes, relayed, pongs, OptionalInt.of(code));
  }

  private ConformanceCase with(String how, List<byte[]> otherWrites) {
    return new ConformanceCase(name + ", " + how, otherWrites, relayed, pongs, closing);
  }

  /** Its frames one by one, and all in one write. */
  Stream<ConformanceCase> apartAndTogether() {
    return Stream.of(with("apart", writes), with("together", List.of(RawFrame.together(writes))));
  }

  /** And byte by byte. */
  Stream<ConformanceCase> inAllPieces() {
    List<byte[]> octets = new ArrayList<>();
    for (byte octet : RawFrame.together(writes)) {
      octets.add(new byte[] {octet});
    }
    return Stream.concat(apartAndTogether(), Stream.of(with("octet by octet", octets)));
  }

  /** Also behind a good message, which has to be relayed before anything is closed. */
  Stream<ConformanceCase> alsoBehindAGoodMessage() {
    RawFrame good = RawFrame.text("good");
    ConformanceCase behind =
        new ConformanceCase(
            name + ", behind a good message",
            Stream.concat(Stream.of(good.bytes()), writes.stream()).toList(),
            Stream.concat(Stream.of("text good"), relayed.stream()).toList(),
            pongs,
            closing);
    return Stream.concat(apartAndTogether(), behind.apartAndTogether());
  }

  @Override
  public String toString() {
    return name;
  }

  /** Plays it in a room of its own. */
  void play(RawWebSocket client) {
    writes.forEach(bytes -> client.write(bytes, bytes.length));
    if (closing.isEmpty()) {
      client.send(STILL_THERE);
    }
    List<String> seen = new ArrayList<>();
    List<String> ponged = new ArrayList<>();
    Frame frame = client.receive();
    while (frame.opCode() != RawWebSocket.CLOSE && !isLast(frame)) {
      assertTrue(frame.fin(), "a frame that is no whole message: " + frame);
      if (frame.opCode() == RawWebSocket.PONG) {
        ponged.add(ISO_8859_1.decode(frame.payload()).toString());
      } else {
        seen.add(describe(frame));
      }
      frame = client.receive();
    }
    OptionalInt closed =
        frame.opCode() != RawWebSocket.CLOSE
            ? OptionalInt.empty()
            : OptionalInt.of(frame.payload().hasRemaining() ? frame.closeCode() : 0);
    assertEquals(relayed, seen, () -> "closed: " + closed);
    assertEquals(pongs, ponged);
    assertEquals(closing, closed);
    assertTrue(closing.isEmpty() || client.isEnded(), "something follows the close");
  }

  private boolean isLast(Frame frame) {
    return closing.isEmpty() && describe(frame).equals("text " + STILL_THERE);
  }

  private static String describe(Frame frame) {
    if (frame.opCode() == RawWebSocket.TEXT) {
      return "text " + UTF_8.decode(frame.payload().duplicate());
    }
    byte[] data = new byte[frame.payload().remaining()];
    frame.payload().duplicate().get(data);
    return frame.opCode() == RawWebSocket.BINARY ? binary(data) : "opcode " + frame.opCode();
  }

  private static String binary(byte[] data) {
    return "binary of " + data.length + ", " + Arrays.hashCode(data);
  }
}
