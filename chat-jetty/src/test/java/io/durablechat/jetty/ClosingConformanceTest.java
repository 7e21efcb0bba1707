package io.durablechat.jetty;

import static io.durablechat.jetty.ConformanceCase.sending;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.durablechat.jetty.RawWebSocket.Frame;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** RFC 6455, section 7, case by case: how it ends. And what is longer than may be. */
final class ClosingConformanceTest {
  private static final int MAX_MESSAGE = 1 << 16;

  /** Section 7.4, and what IANA has added: 1012 to 1014. */
  private static final int[] CODES = {
    1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3001, 3999, 4000,
    4321, 4999
  };

  private static final int[] NO_CODES = {
    0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 10_000, 65_535
  };

  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start(rooms -> rooms.maxMessageBytes(MAX_MESSAGE), s -> s);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"codes", "noCodes", "reasons", "behindIt", "limits"})
  void isRight(ConformanceCase conformance) {
    try (RawWebSocket client = server.plain("r" + System.identityHashCode(conformance))) {
      conformance.play(client);
    }
  }

  static Stream<ConformanceCase> codes() {
    return Stream.concat(
            Stream.of(
                sending("close without a code", RawFrame.of(RawWebSocket.CLOSE, "")).closes(0)),
            Arrays.stream(CODES)
                .mapToObj(code -> sending("close " + code, RawFrame.close(code, "")).closes(code)))
        .flatMap(ConformanceCase::alsoBehindAGoodMessage);
  }

  static Stream<ConformanceCase> noCodes() {
    return Stream.concat(
            Stream.of(
                sending("half a code", RawFrame.of(RawWebSocket.CLOSE, new byte[] {3}))
                    .closes(1002)),
            Arrays.stream(NO_CODES)
                .boxed()
                .flatMap(
                    code ->
                        Stream.of(
                            sending("close " + code, RawFrame.close(code, "")).closes(1002),
                            sending(
                                    String.format(Locale.ROOT, "close %d, why", code),
                                    RawFrame.close(code, "why"))
                                .closes(1002))))
        .flatMap(ConformanceCase::alsoBehindAGoodMessage);
  }

  static Stream<ConformanceCase> reasons() {
    byte[] notUtf8 = {3, (byte) 0xe8, (byte) 0xce, (byte) 0xba, (byte) 0xe1};
    byte[] surrogate = {3, (byte) 0xe8, (byte) 0xed, (byte) 0xa0, (byte) 0x80};
    return Stream.of(
            sending("reason", RawFrame.close(1000, "done")).closes(1000),
            sending("reason in letters of elsewhere", RawFrame.close(3000, "κόσμε")).closes(3000),
            sending("longest reason", RawFrame.close(1000, "x".repeat(123))).closes(1000),
            sending("reason too long", RawFrame.close(1000, "x".repeat(124))).closes(1002),
            sending("close in parts", RawFrame.close(1000, "x").unfinished()).closes(1002),
            sending("reason that ends early", RawFrame.of(RawWebSocket.CLOSE, notUtf8))
                .closes(1007),
            sending("half a pair", RawFrame.of(RawWebSocket.CLOSE, surrogate)).closes(1007))
        .flatMap(ConformanceCase::alsoBehindAGoodMessage);
  }

  /** What follows a close is not heard, whatever it is. */
  static Stream<ConformanceCase> behindIt() {
    RawFrame close = RawFrame.close(1000, "");
    return Stream.of(
            sending("text behind a close", close, RawFrame.text("unheard")),
            sending("ping behind a close", close, RawFrame.of(RawWebSocket.PING, "unheard")),
            sending("close behind a close", close, RawFrame.close(1001, "")),
            sending("nonsense behind a close", close, RawFrame.of(7, "unheard")),
            sending("unmasked behind a close", close, RawFrame.text("unheard").masked()))
        .map(c -> c.closes(1000))
        .flatMap(c -> c.alsoBehindAGoodMessage().filter(t -> t.name().endsWith("together")));
  }

  static Stream<ConformanceCase> limits() {
    String longest = "x".repeat(MAX_MESSAGE);
    byte[] data = new byte[MAX_MESSAGE];
    RawFrame begin = RawFrame.text(longest).unfinished();
    RawFrame end = RawFrame.of(RawWebSocket.CONTINUATION, "y");
    return Stream.of(
            sending("longest text", RawFrame.text(longest)).relays(longest),
            sending("longest binary", RawFrame.of(RawWebSocket.BINARY, data)).relays(data),
            sending("longest text in fragments", begin, RawFrame.of(0, "")).relays(longest),
            inFragments(MAX_MESSAGE / 64).relays(longest),
            inFragments(1000).relays(longest),
            sending("text too long", RawFrame.text(longest + "y")).closes(1009),
            sending("binary too long", RawFrame.of(2, new byte[MAX_MESSAGE + 1])).closes(1009),
            sending("too long in fragments", begin, end).closes(1009),
            sending("too long, unfinished", begin, end.unfinished()).closes(1009),
            announced("text of 2^31", 1L << 31).closes(1009),
            announced("text of 2^62", 1L << 62).closes(1009))
        .flatMap(c -> Stream.concat(Stream.of(c), c.alsoBehindAGoodMessage().skip(3)));
  }

  private static ConformanceCase inFragments(int of) {
    int count = MAX_MESSAGE / of;
    return sending(
        "longest text in fragments of " + of,
        IntStream.rangeClosed(0, count)
            .mapToObj(
                i -> {
                  int length = i < count ? of : MAX_MESSAGE - of * count;
                  RawFrame part = RawFrame.of(i == 0 ? 1 : 0, "x".repeat(length));
                  return i < count ? part.unfinished() : part;
                })
            .toArray(RawFrame[]::new));
  }

  /** The head of a frame of this length, of which nothing comes. */
  private static ConformanceCase announced(String name, long length) {
    byte[] head = RawFrame.text("").lengthIn(8).bytes();
    for (int i = 0; i < 8; i++) {
      head[2 + i] = (byte) (length >> (8 * (7 - i)));
    }
    return new ConformanceCase(name, List.of(head), List.of(), List.of(), OptionalInt.empty());
  }

  @Test
  void aReasonComesBackAsItWasGiven() {
    try (RawWebSocket client = server.plain("reason")) {
      byte[] close = RawFrame.close(4000, "κόσμε").bytes();
      client.write(close, close.length);
      Frame answer = client.receive();
      assertEquals(4000, answer.closeCode());
      assertEquals("κόσμε", answer.closeText());
    }
  }
}
