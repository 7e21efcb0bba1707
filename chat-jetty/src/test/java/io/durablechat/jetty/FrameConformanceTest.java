package io.durablechat.jetty;

import static io.durablechat.jetty.ConformanceCase.sending;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** RFC 6455, section 5, case by case: frames, control frames, fragments. */
final class FrameConformanceTest {
  private static final long SEED = 6455;
  private static final byte[] NOTHING = {};
  private static final int[] RESERVED_OPCODES = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15};
  private static final int[] LENGTHS = {
    0, 1, 2, 64, 124, 125, 126, 127, 128, 129, 4095, 4096, 4097, 65_534, 65_535, 65_536, 65_537
  };

  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({
    "lengths",
    "lengthForms",
    "masks",
    "pings",
    "pongs",
    "reservedBits",
    "reservedOpcodes",
    "fragments",
    "fragmentsOutOfOrder",
    "controlFramesBetweenFragments",
    "randomFragments"
  })
  void isRight(ConformanceCase conformance) {
    try (RawWebSocket client = server.plain("r" + System.identityHashCode(conformance))) {
      conformance.play(client);
    }
  }

  private static byte[] data(int length) {
    byte[] data = new byte[length];
    new Random(SEED + length).nextBytes(data);
    return data;
  }

  static Stream<ConformanceCase> lengths() {
    return Arrays.stream(LENGTHS)
        .boxed()
        .flatMap(
            length ->
                Stream.of(
                        sending("text of " + length, RawFrame.text("*".repeat(length)))
                            .relays("*".repeat(length)),
                        sending(
                                "binary of " + length,
                                RawFrame.of(RawWebSocket.BINARY, data(length)))
                            .relays(data(length)))
                    .flatMap(c -> length < 130 ? c.inAllPieces() : c.apartAndTogether().limit(1)));
  }

  /** Longer than they need be, which is the sender's fault alone and does no harm. */
  static Stream<ConformanceCase> lengthForms() {
    return Stream.of(0, 1, 125, 126, 300)
        .flatMap(
            length ->
                Stream.of(2, 8)
                    .map(
                        form ->
                            sending(
                                    String.format(
                                        Locale.ROOT, "length %d in %d bytes", length, form),
                                    RawFrame.text("x".repeat(length)).lengthIn(form))
                                .relays("x".repeat(length))));
  }

  static Stream<ConformanceCase> masks() {
    RawFrame text = RawFrame.text("masked");
    byte full = (byte) 0xff;
    return Stream.of(
            sending("mask of zeros", text.masked(new byte[4])).relays("masked"),
            sending("mask of ones", text.masked(full, full, full, full)).relays("masked"),
            sending("no mask", text.masked()).closes(1002),
            sending("no mask, empty", RawFrame.text("").masked()).closes(1002),
            sending("ping without mask", RawFrame.of(RawWebSocket.PING, "").masked()).closes(1002),
            sending("pong without mask", RawFrame.of(RawWebSocket.PONG, "x").masked()).closes(1002),
            sending("close without mask", RawFrame.close(1000, "").masked()).closes(1002))
        .flatMap(ConformanceCase::alsoBehindAGoodMessage);
  }

  private static RawFrame ping(String payload) {
    return RawFrame.of(RawWebSocket.PING, payload);
  }

  static Stream<ConformanceCase> pings() {
    String longest = "p".repeat(125);
    String[] many = IntStream.range(0, 10).mapToObj(i -> "ping " + i).toArray(String[]::new);
    RawFrame[] burst = Arrays.stream(many).map(p -> ping(p)).toArray(RawFrame[]::new);
    RawFrame notUtf8 = RawFrame.of(RawWebSocket.PING, new byte[] {0, -1, -2, -3});
    return Stream.of(
            sending("ping", ping("")).answers("").inAllPieces(),
            sending("ping with payload", ping("hello")).answers("hello").inAllPieces(),
            sending("ping that is no text", notUtf8).answers("\0\u00ff\u00fe\u00fd").inAllPieces(),
            sending("longest ping", ping(longest)).answers(longest).inAllPieces(),
            sending("ten pings", burst).answers(many).inAllPieces(),
            sending("ping too long", ping(longest + "p")).closes(1002).alsoBehindAGoodMessage(),
            sending("ping in parts", ping("x").unfinished()).closes(1002).alsoBehindAGoodMessage())
        .flatMap(cases -> cases);
  }

  static Stream<ConformanceCase> pongs() {
    RawFrame pong = RawFrame.of(RawWebSocket.PONG, "unasked");
    RawFrame tooLong = RawFrame.of(RawWebSocket.PONG, new byte[126]);
    return Stream.of(
            sending("pong unasked", pong).inAllPieces(),
            sending("empty pong", RawFrame.of(RawWebSocket.PONG, "")).inAllPieces(),
            sending("pong, then ping", pong, ping("asked")).answers("asked").inAllPieces(),
            sending("pong too long", tooLong).closes(1002).alsoBehindAGoodMessage(),
            sending("pong in parts", pong.unfinished()).closes(1002).alsoBehindAGoodMessage())
        .flatMap(cases -> cases);
  }

  static Stream<ConformanceCase> reservedBits() {
    List<RawFrame> frames =
        List.of(
            RawFrame.text("x"),
            RawFrame.text(""),
            RawFrame.of(RawWebSocket.BINARY, "x"),
            ping("x"),
            RawFrame.of(RawWebSocket.PONG, ""),
            RawFrame.close(1000, ""));
    return IntStream.rangeClosed(1, 7)
        .boxed()
        .flatMap(
            bits ->
                frames.stream()
                    .map(
                        frame ->
                            sending(
                                    String.format(
                                        Locale.ROOT,
                                        "reserved bits %d of opcode %d, %d bytes",
                                        bits,
                                        frame.first() & 0xf,
                                        frame.payload().limit()),
                                    frame.reserved(bits))
                                .closes(1002)))
        .flatMap(ConformanceCase::alsoBehindAGoodMessage);
  }

  static Stream<ConformanceCase> reservedOpcodes() {
    return Arrays.stream(RESERVED_OPCODES)
        .boxed()
        .flatMap(
            opCode ->
                Stream.of(
                    sending("reserved opcode " + opCode, RawFrame.of(opCode, NOTHING)),
                    sending(
                        String.format(
                            Locale.ROOT, "reserved opcode %d, and a ping behind it", opCode),
                        RawFrame.of(opCode, "payload"),
                        ping("unheard"))))
        .map(c -> c.closes(1002))
        .flatMap(ConformanceCase::alsoBehindAGoodMessage);
  }

  private static RawFrame more(String payload) {
    return RawFrame.of(RawWebSocket.CONTINUATION, payload);
  }

  static Stream<ConformanceCase> fragments() {
    RawFrame begin = RawFrame.text("one ").unfinished();
    RawFrame nothing = RawFrame.text("").unfinished();
    RawFrame binary = RawFrame.of(RawWebSocket.BINARY, new byte[] {1}).unfinished();
    RawFrame end = RawFrame.of(RawWebSocket.CONTINUATION, new byte[] {2});
    return Stream.of(
            sending("two fragments", begin, more("two")).relays("one two"),
            sending("three fragments", begin, more("two ").unfinished(), more("three"))
                .relays("one two three"),
            sending("empty fragments", nothing, more("").unfinished(), more("")).relays(""),
            sending("empty first", nothing, more("all")).relays("all"),
            sending("empty last", begin, more("")).relays("one "),
            sending("empty in the middle", begin, more("").unfinished(), more("two"))
                .relays("one two"),
            sending("one after another", begin, more("two"), begin, more("2"))
                .relays("one two", "one 2"),
            sending("binary in fragments", binary, end).relays(new byte[] {1, 2}))
        .flatMap(ConformanceCase::inAllPieces);
  }

  static Stream<ConformanceCase> fragmentsOutOfOrder() {
    RawFrame begin = RawFrame.text("begun").unfinished();
    RawFrame binary = RawFrame.of(RawWebSocket.BINARY, "x");
    return Stream.of(
            sending("nothing to continue", more("x")).closes(1002),
            sending("nothing to continue, empty", more("")).closes(1002),
            sending("nothing to continue, unfinished", more("x").unfinished()).closes(1002),
            sending("continued past its end", begin, more("end"), more("x"))
                .relays("begunend")
                .closes(1002),
            sending("text within a text", begin, RawFrame.text("x")).closes(1002),
            sending("unfinished text within a text", begin, begin).closes(1002),
            sending("binary within a text", begin, binary).closes(1002),
            sending("text within a binary", binary.unfinished(), RawFrame.text("x")).closes(1002),
            sending("reserved bit in a continuation", begin, more("x").reserved(2)).closes(1002),
            sending("reserved opcode within a text", begin, RawFrame.of(5, "x")).closes(1002))
        .flatMap(ConformanceCase::alsoBehindAGoodMessage);
  }

  static Stream<ConformanceCase> controlFramesBetweenFragments() {
    RawFrame begin = RawFrame.text("one ").unfinished();
    RawFrame middle = more("two ").unfinished();
    RawFrame pong = RawFrame.of(RawWebSocket.PONG, "unasked");
    return Stream.of(
            sending("ping between fragments", begin, ping("a"), more("two"))
                .relays("one two")
                .answers("a")
                .inAllPieces(),
            sending(
                    "pings between fragments",
                    begin,
                    ping("a"),
                    ping("b"),
                    middle,
                    ping("c"),
                    more(""))
                .relays("one two ")
                .answers("a", "b", "c")
                .inAllPieces(),
            sending("pong between fragments", begin, pong, more("two"))
                .relays("one two")
                .inAllPieces(),
            sending("close between fragments", begin, RawFrame.close(1000, ""), more("x"))
                .closes(1000)
                .alsoBehindAGoodMessage())
        .flatMap(cases -> cases);
  }

  /** Messages cut anywhere, also within characters, with pings anywhere between. */
  static Stream<ConformanceCase> randomFragments() {
    Random random = new Random(SEED);
    return IntStream.range(0, 60).mapToObj(i -> randomFragments(i, random));
  }

  private static ConformanceCase randomFragments(int number, Random random) {
    String text = "aé€𝄞".repeat(1 + random.nextInt(400));
    byte[] bytes = text.getBytes(UTF_8);
    List<RawFrame> frames = new ArrayList<>();
    List<String> pings = new ArrayList<>();
    int from = 0;
    for (int left = random.nextInt(12); left >= 0; left--) {
      int to = left == 0 ? bytes.length : from + random.nextInt(bytes.length - from + 1);
      int opCode = frames.isEmpty() ? RawWebSocket.TEXT : RawWebSocket.CONTINUATION;
      RawFrame part = RawFrame.of(opCode, Arrays.copyOfRange(bytes, from, to));
      frames.add(left == 0 ? part : part.unfinished());
      if (left > 0 && random.nextInt(3) == 0) {
        pings.add("ping " + left);
        frames.add(ping("ping " + left));
      }
      from = to;
    }
    ConformanceCase all =
        sending(
                String.format(Locale.ROOT, "seed %d, number %d", SEED, number),
                frames.toArray(RawFrame[]::new))
            .relays(text)
            .answers(pings.toArray(String[]::new));
    return random.nextBoolean() ? all : all.apartAndTogether().skip(1).findFirst().orElseThrow();
  }
}
