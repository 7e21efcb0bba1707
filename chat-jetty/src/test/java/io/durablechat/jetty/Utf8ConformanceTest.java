package io.durablechat.jetty;

import static io.durablechat.jetty.ConformanceCase.sending;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * RFC 6455, section 8.1: text is UTF-8 (RFC 3629), and what is not is refused as soon as it is
 * seen, not once the message has come to an end.
 */
final class Utf8ConformanceTest {
  private static final long SEED = 3629;
  private static final byte[] BEFORE = "κόσμε".getBytes(UTF_8);
  private static final byte[] AFTER = "edited".getBytes(UTF_8);

  private static final int[] CODE_POINTS = {
    0, 1, 0x41, 0x7e, 0x7f, 0x80, 0xff, 0x100, 0x3a9, 0x7fe, 0x7ff, 0x800, 0xfff, 0x1000, 0x20ac,
    0xcfff, 0xd000, 0xd7ff, 0xe000, 0xfdd0, 0xfdef, 0xfeff, 0xfffd, 0xfffe, 0xffff, 0x10000,
    0x1fffe, 0x1ffff, 0x1f600, 0x2fffe, 0x3ffff, 0x40000, 0xfffff, 0x100000, 0x10fffe, 0x10ffff
  };

  /** What is no UTF-8, and how many of its bytes it takes to tell. */
  private static final Map<String, Integer> MALFORMED = new TreeMap<>();

  static {
    for (String alone : List.of("80", "bf", "c0", "c1", "f5", "f6", "f7", "f8", "fb", "fc", "fd")) {
      MALFORMED.put(alone, 1);
    }
    MALFORMED.put("fe", 1);
    MALFORMED.put("ff", 1);
    // Longer than need be.
    MALFORMED.put("c080", 1);
    MALFORMED.put("c1bf", 1);
    MALFORMED.put("e08080", 2);
    MALFORMED.put("e09fbf", 2);
    MALFORMED.put("f0808080", 2);
    MALFORMED.put("f08fbfbf", 2);
    MALFORMED.put("f888808080", 1);
    MALFORMED.put("fc8480808080", 1);
    // Halves of pairs, and pairs of them.
    MALFORMED.put("eda080", 2);
    MALFORMED.put("edadbf", 2);
    MALFORMED.put("edb080", 2);
    MALFORMED.put("edbfbf", 2);
    MALFORMED.put("eda080edb080", 2);
    // Past the end of Unicode.
    MALFORMED.put("f4908080", 2);
    MALFORMED.put("f5808080", 1);
    MALFORMED.put("f7bfbfbf", 1);
    // Broken off.
    MALFORMED.put("c341", 2);
    MALFORMED.put("e241", 2);
    MALFORMED.put("e28241", 3);
    MALFORMED.put("f041", 2);
    MALFORMED.put("f09d41", 3);
    MALFORMED.put("f09d8441", 4);
    MALFORMED.put("c3c3", 2);
    MALFORMED.put("e282e2", 3);
    MALFORMED.put("f09d84f0", 4);
  }

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
    "wellFormed",
    "malformed",
    "malformedBetweenGood",
    "toldFromAPart",
    "endsWithinACharacter",
    "randomBytes",
    "anythingInBinary"
  })
  void isRight(ConformanceCase conformance) {
    try (RawWebSocket client = server.plain("r" + System.identityHashCode(conformance))) {
      conformance.play(client);
    }
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static byte[] between(byte[] middle) {
    return RawFrame.together(List.of(BEFORE, middle, AFTER));
  }

  /** One text, each byte of it in a fragment of its own, the last one unfinished. */
  private static RawFrame[] octets(byte[] text) {
    return IntStream.range(0, text.length)
        .mapToObj(
            i ->
                RawFrame.of(
                        i == 0 ? RawWebSocket.TEXT : RawWebSocket.CONTINUATION,
                        new byte[] {text[i]})
                    .unfinished())
        .toArray(RawFrame[]::new);
  }

  private static RawFrame[] finished(RawFrame[] fragments) {
    RawFrame[] all = Arrays.copyOf(fragments, fragments.length + 1);
    all[fragments.length] = RawFrame.of(RawWebSocket.CONTINUATION, "");
    return all;
  }

  static Stream<ConformanceCase> wellFormed() {
    return Arrays.stream(CODE_POINTS)
        .mapToObj(Character::toString)
        .flatMap(
            text -> {
              String name = String.format(Locale.ROOT, "U+%04X", text.codePointAt(0));
              return Stream.of(
                  sending(name, RawFrame.text(text)).relays(text),
                  sending(name + " in octets", finished(octets(text.getBytes(UTF_8))))
                      .relays(text));
            });
  }

  static Stream<ConformanceCase> malformed() {
    return MALFORMED.keySet().stream()
        .flatMap(
            hex -> {
              byte[] text = bytes(hex);
              return Stream.of(
                  sending(hex, RawFrame.of(RawWebSocket.TEXT, text)).closes(1007),
                  sending(
                          hex + ", behind a good message",
                          RawFrame.text("good"),
                          RawFrame.of(RawWebSocket.TEXT, text))
                      .relays("good")
                      .closes(1007)
                      .apartAndTogether()
                      .skip(1)
                      .findFirst()
                      .orElseThrow());
            });
  }

  static Stream<ConformanceCase> malformedBetweenGood() {
    return MALFORMED.keySet().stream()
        .map(
            hex ->
                sending(hex + " in the middle", RawFrame.of(RawWebSocket.TEXT, between(bytes(hex))))
                    .closes(1007));
  }

  /** Nothing follows the byte that tells: neither the rest of the frame nor of the message. */
  static Stream<ConformanceCase> toldFromAPart() {
    return MALFORMED.entrySet().stream()
        .flatMap(
            entry -> {
              byte[] text = between(bytes(entry.getKey()));
              byte[] telling = Arrays.copyOf(text, BEFORE.length + entry.getValue());
              byte[] frame = RawFrame.of(RawWebSocket.TEXT, text).bytes();
              byte[] part = Arrays.copyOf(frame, frame.length - (text.length - telling.length));
              return Stream.of(
                  sending(entry.getKey() + ", octets without an end", octets(telling)).closes(1007),
                  sending(
                          entry.getKey() + ", fragment without an end",
                          RawFrame.of(RawWebSocket.TEXT, telling).unfinished())
                      .closes(1007),
                  new ConformanceCase(
                          entry.getKey() + ", half a frame",
                          List.of(part),
                          List.of(),
                          List.of(),
                          OptionalInt.empty())
                      .closes(1007));
            });
  }

  static Stream<ConformanceCase> endsWithinACharacter() {
    return Stream.of("c3", "e2", "e282", "f0", "f09d", "f09d84")
        .flatMap(
            hex ->
                Stream.of(
                    sending(hex + " and no more", RawFrame.of(RawWebSocket.TEXT, bytes(hex)))
                        .closes(1007),
                    sending(hex + " and no more, in octets", finished(octets(bytes(hex))))
                        .closes(1007)));
  }

  /** Good or not as the JDK has it. */
  static Stream<ConformanceCase> randomBytes() {
    Random random = new Random(SEED);
    return IntStream.range(0, 60)
        .mapToObj(
            i -> {
              byte[] text = "aé€𝄞".repeat(1 + random.nextInt(20)).getBytes(UTF_8);
              text[random.nextInt(text.length)] += (byte) (random.nextInt(3) * 0x41);
              int cut = random.nextInt(text.length);
              ConformanceCase halves =
                  sending(
                      String.format(Locale.ROOT, "seed %d, number %d", SEED, i),
                      RawFrame.of(RawWebSocket.TEXT, Arrays.copyOf(text, cut)).unfinished(),
                      RawFrame.of(
                          RawWebSocket.CONTINUATION, Arrays.copyOfRange(text, cut, text.length)));
              String decoded = new String(text, UTF_8);
              return Arrays.equals(decoded.getBytes(UTF_8), text)
                  ? halves.relays(decoded)
                  : halves.closes(1007);
            });
  }

  static Stream<ConformanceCase> anythingInBinary() {
    return MALFORMED.keySet().stream()
        .map(
            hex ->
                sending(hex + " in binary", RawFrame.of(RawWebSocket.BINARY, bytes(hex)))
                    .relays(bytes(hex)));
  }
}
