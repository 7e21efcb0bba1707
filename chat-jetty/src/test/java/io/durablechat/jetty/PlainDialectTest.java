package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.CloseReason;
import io.durablechat.core.Content.Kind;
import io.durablechat.core.Draft;
import io.durablechat.core.Entry;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.MemoryMessageLog;
import io.durablechat.core.Range;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.core.RoomName;
import io.durablechat.core.RoomPolicy;
import io.durablechat.jetty.RawWebSocket.Frame;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlainDialectTest {
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = TestServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** A client that is in the room for certain: it has heard itself. */
  private RawWebSocket joined(String room) {
    RawWebSocket client = server.plain(room);
    client.send("hello, me");
    assertEquals("hello, me", client.receiveText());
    return client;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello",
        "",
        " ",
        "Grüße 👋 日本語",
        "{\"type\":\"hello\"}",
        "a\nb\r\n\u0000\u0007",
        "<b>&amp;"
      })
  void textReachesEveryoneUnchangedAsOneTextFrame(String text) {
    try (RawWebSocket bob = joined("r");
        RawWebSocket ann = server.plain("r")) {
      ann.send(text);
      for (RawWebSocket client : List.of(ann, bob)) {
        Frame frame = client.receive();
        assertEquals(RawWebSocket.TEXT, frame.opCode());
        assertTrue(frame.fin());
        assertEquals(text, frame.text());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125, 126, 65_535, 65_536, 100_000, 1 << 20})
  void binaryOfAnyLengthReachesEveryoneUnchangedAsOneBinaryFrame(int length) {
    byte[] data = new byte[length];
    new Random(length).nextBytes(data);
    try (RawWebSocket bob = joined("r");
        RawWebSocket ann = server.plain("r")) {
      ann.send(data);
      for (RawWebSocket client : List.of(ann, bob)) {
        Frame frame = client.receive();
        assertEquals(RawWebSocket.BINARY, frame.opCode());
        assertTrue(frame.fin());
        assertEquals(ByteBuffer.wrap(data), frame.payload());
      }
    }
  }

  @Test
  void textUpToTheLimitPassesAndMoreIsTooBig() {
    try (RawWebSocket client = server.plain("r")) {
      String largest = "x".repeat(1 << 20);
      client.send(largest);
      assertEquals(largest, client.receiveText());
      client.send(largest + "x");
      Frame close = client.receive();
      assertEquals(RawWebSocket.CLOSE, close.opCode());
      assertEquals(1009, close.closeCode());
      assertTrue(client.isEnded());
    }
  }

  @Test
  void mixedKindsKeepTheirOrderAndKind() {
    try (RawWebSocket client = server.plain("r")) {
      for (int i = 0; i < 100; i++) {
        if (i % 3 == 0) {
          client.send(new byte[] {(byte) i});
        } else {
          client.send("" + i);
        }
      }
      for (int i = 0; i < 100; i++) {
        Frame frame = client.receive();
        assertEquals(i % 3 == 0 ? RawWebSocket.BINARY : RawWebSocket.TEXT, frame.opCode());
        if (i % 3 == 0) {
          assertEquals((byte) i, frame.payload().get(0));
        } else {
          assertEquals("" + i, frame.text());
        }
      }
    }
  }

  @Test
  void aFragmentedMessageIsRelayedAsOneFrame() {
    try (RawWebSocket client = server.plain("r")) {
      client.send(false, RawWebSocket.TEXT, "Gr".getBytes(UTF_8));
      client.send(true, RawWebSocket.PING, new byte[] {42});
      client.send(false, RawWebSocket.CONTINUATION, new byte[] {(byte) 0xc3});
      client.send(true, RawWebSocket.CONTINUATION, new byte[] {(byte) 0xbc});
      Frame pong = client.receive();
      assertEquals(RawWebSocket.PONG, pong.opCode());
      assertEquals(42, pong.payload().get(0));
      assertEquals("Grü", client.receiveText());
    }
  }

  @Test
  void nothingIsSentUnasked() {
    try (RawWebSocket client = server.plain("quiet")) {
      assertTrue(client.header("Sec-WebSocket-Protocol").isEmpty());
      assertTrue(client.header("Sec-WebSocket-Extensions").isEmpty());
      assertTrue(client.isSilentFor(200));
      // What was said before somebody came is not told to them.
      client.send("early");
      client.receiveText();
      try (RawWebSocket late = joined("quiet")) {
        assertTrue(late.isSilentFor(100));
      }
    }
  }

  @Test
  void compressionIsNotNegotiated() {
    try (RawWebSocket client =
        RawWebSocket.open(
            server.port(),
            "/room/r/websocket",
            List.of("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"))) {
      assertTrue(client.header("Sec-WebSocket-Extensions").isEmpty());
      client.send("a");
      assertEquals("a", client.receiveText());
    }
  }

  @Test
  void roomsHearNothingOfEachOther() {
    try (RawWebSocket here = joined("here");
        RawWebSocket there = joined("there")) {
      here.send("secret");
      assertEquals("secret", here.receiveText());
      there.send("mine");
      assertEquals("mine", there.receiveText());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"K%C3%BCche", "%F0%9F%91%8B", "a%20b", "a+b", "%3F%23", "~a!$&'()*,=:@-._"})
  void percentEncodedNamesAreDecodedOnce(String room) {
    try (RawWebSocket client = joined(room)) {
      String name = URLDecoder.decode(room.replace("+", "%2B"), UTF_8);
      server.rooms().room(RoomName.of(name)).publish(Member.anonymous(), Draft.text("found"));
      assertEquals("found", client.receiveText());
    }
  }

  @Test
  void historyIsReplayedToWhoAsksForIt() {
    try (RawWebSocket client = server.plain("r")) {
      for (int i = 0; i < 5; i++) {
        client.send("" + i);
        client.receiveText();
      }
      try (RawWebSocket late =
          RawWebSocket.open(server.port(), "/room/r/websocket?history=2", List.of())) {
        assertEquals("3", late.receiveText());
        assertEquals("4", late.receiveText());
        client.send("5");
        assertEquals("5", late.receiveText());
      }
    }
  }

  @Test
  void aPeerThatVanishesDisturbsNobody() {
    try (RawWebSocket bob = joined("r")) {
      RawWebSocket reset = server.plain("r");
      RawWebSocket halfAFrame = server.plain("r");
      RawWebSocket unread = server.plain("r");
      RawWebSocket polite = server.plain("r");
      bob.send("a");
      assertEquals("a", bob.receiveText());
      halfAFrame.write(new byte[] {(byte) 0x81, (byte) 0xfe, 0x01}, 3);
      halfAFrame.close();
      unread.vanish();
      reset.vanish();
      polite.send(true, RawWebSocket.CLOSE, new byte[] {0x03, (byte) 0xe8});
      for (int i = 0; i < 20; i++) {
        bob.send("" + i);
        assertEquals("" + i, bob.receiveText());
      }
    }
  }

  @Test
  void aReaderThatStallsLosesNothing() {
    try (RawWebSocket slow = server.plain("r");
        RawWebSocket fast = joined("r")) {
      assertEquals("hello, me", slow.receiveText());
      String text = "x".repeat(64 << 10);
      int count = 400;
      for (int i = 0; i < count; i++) {
        fast.send(i + text);
        assertEquals(i + text, fast.receiveText());
      }
      for (int i = 0; i < count; i++) {
        assertEquals(i + text, slow.receiveText());
      }
      fast.send("level");
      assertEquals("level", slow.receiveText());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unmasked", "reserved bit", "unknown opcode", "invalid UTF-8"})
  void aBrokenFrameEndsItsOwnConnectionOnly(String how) {
    byte[] frame =
        switch (how) {
          case "unmasked" -> new byte[] {(byte) 0x81, 0x01, 'a'};
          case "reserved bit" -> new byte[] {(byte) 0xc1, (byte) 0x81, 0, 0, 0, 0, 'a'};
          case "unknown opcode" -> new byte[] {(byte) 0x83, (byte) 0x81, 0, 0, 0, 0, 'a'};
          default -> new byte[] {(byte) 0x81, (byte) 0x81, 0, 0, 0, 0, (byte) 0xff};
        };
    try (RawWebSocket bob = joined("r");
        RawWebSocket broken = server.plain("r")) {
      broken.write(frame, frame.length);
      assertEquals(how.equals("invalid UTF-8") ? 1007 : 1002, broken.receive().closeCode());
      bob.send("still here");
      assertEquals("still here", bob.receiveText());
    }
  }

  @Test
  void whatThePolicyRefusesClosesWithItsReason() throws IOException {
    RoomPolicy noSpam =
        new RoomPolicy() {
          @Override
          public Draft review(RoomName room, Member author, Draft draft) {
            if (draft.body().text().equals("spam")) {
              throw RefusedException.of(Reason.FORBIDDEN, "no spam");
            }
            return draft;
          }
        };
    try (TestServer strict = TestServer.start(rooms -> rooms.policy(noSpam), s -> s);
        RawWebSocket bob = strict.plain("r");
        RawWebSocket client = strict.plain("r")) {
      bob.send("here");
      assertEquals("here", bob.receiveText());
      client.sendTogether("before", "spam", "after", "after");
      Frame frame = client.receive();
      while (frame.opCode() == RawWebSocket.TEXT) {
        frame = client.receive();
      }
      assertEquals(1008, frame.closeCode());
      assertEquals("no spam", frame.closeText());
      // Nothing of what came behind it, not even what was sent in the same breath.
      bob.send("done");
      assertEquals("before", bob.receiveText());
      assertEquals("done", bob.receiveText());
    }
  }

  @Test
  void aBurstIsReadAsFastAsItCanBeKept() throws Exception {
    try (TestServer tight = TestServer.start(rooms -> rooms.inbound(10, 1000, 1 << 20), s -> s);
        RawWebSocket client = tight.plain("r")) {
      int count = 5000;
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < count; i++) {
                  client.send("" + i);
                }
              });
      for (int i = 0; i < count; i++) {
        assertEquals("" + i, client.receiveText());
      }
      sending.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void aSessionThatIsNotLetInLeavesNothingBehind() throws IOException {
    RoomPolicy closed =
        new RoomPolicy() {
          @Override
          public void admit(RoomName room, Member member) {
            throw RefusedException.retryable(Reason.OVERLOADED, "full", Duration.ofSeconds(1));
          }
        };
    try (TestServer full = TestServer.start(rooms -> rooms.policy(closed), s -> s)) {
      for (int i = 0; i < 200; i++) {
        try (RawWebSocket client = full.plain("r")) {
          assertEquals(1013, client.receive().closeCode());
          assertTrue(client.isEnded());
        }
      }
      full.server().stop(CloseReason.RESTART, Duration.ofSeconds(10));
      assertEquals(0, full.server().connections());
    }
  }

  @Test
  void whatCannotWaitToBeKeptIsNotReadYet() throws Exception {
    StalledClock stalled = new StalledClock();
    LocalBroadcaster slow = LocalBroadcaster.on(MemoryMessageLog.of(stalled));
    try (TestServer tight = TestServer.start(slow, rooms -> rooms.inbound(1, 1, 100), s -> s);
        RawWebSocket client = tight.plain("r")) {
      stalled.stall();
      client.send("waits");
      stalled.awaitAsked();
      client.send("one too many");
      client.send("and another");
      stalled.goOn.countDown();
      assertEquals("waits", client.receiveText());
      assertEquals("one too many", client.receiveText());
      assertEquals("and another", client.receiveText());
    }
  }

  /** Whoever has the answer to their handshake is there, to all who say something after it. */
  @ParameterizedTest
  @ValueSource(strings = {"", "?history=5"})
  void whatIsSaidRightAfterAHandshakeReachesWhoeverHasItsAnswer(String query) {
    for (int i = 0; i < 300; i++) {
      String room = "/room/place-" + query.length() + "-" + i + "/websocket" + query;
      try (RawWebSocket first = RawWebSocket.open(server.port(), room, List.of());
          RawWebSocket second = RawWebSocket.open(server.port(), room, List.of())) {
        first.send("to all who are there");
        assertEquals("to all who are there", second.receiveText());
      }
    }
  }

  /** One selector serves all: who sends without end must not have it alone. */
  @Test
  void whoFloodsDoesNotKeepOthersWaiting() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    try (RawWebSocket flooder = server.plain("r");
        RawWebSocket reader = server.plain("r")) {
      reader.send("here");
      assertEquals("here", reader.receiveText());
      Thread flood =
          new Thread(
              () -> {
                byte[] pings = new byte[60_000];
                for (int i = 0; i < pings.length; i += 6) {
                  pings[i] = (byte) 0x8a;
                  pings[i + 1] = (byte) 0x80;
                }
                // Pongs that nobody asked for cost the flooder nothing: no answer comes back.
                while (!over.get()) {
                  flooder.write(pings, pings.length);
                }
              });
      flood.start();
      for (int i = 0; i < 50; i++) {
        reader.send("" + i);
        assertEquals("" + i, reader.receiveText());
      }
      over.set(true);
      flood.join();
    }
  }

  /** Jakarta cannot stop reading. */
  @Test
  void whatCannotWaitClosesAsOverloadedByTheJakartaApi() throws Exception {
    StalledClock stalled = new StalledClock();
    LocalBroadcaster slow = LocalBroadcaster.on(MemoryMessageLog.of(stalled));
    try (TestServer tight =
            TestServer.start(slow, rooms -> rooms.inbound(1, 1, 100), s -> s.jakarta());
        RawWebSocket client = tight.plain("r")) {
      stalled.stall();
      client.send("waits");
      stalled.awaitAsked();
      client.send("one too many");
      assertEquals(1013, client.receive().closeCode());
      stalled.goOn.countDown();
    }
  }

  /** Stops the log, which asks it for the time, from when it is told to until it is let go. */
  private static final class StalledClock implements InstantSource {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private volatile boolean isStalled;

    private void stall() {
      isStalled = true;
    }

    @Override
    public Instant instant() {
      if (!isStalled) {
        return Instant.EPOCH;
      }
      asked.countDown();
      try {
        assertTrue(goOn.await(20, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return Instant.EPOCH;
    }

    void awaitAsked() throws InterruptedException {
      assertTrue(asked.await(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void plainMessagesAreKeptAsTheyCame() {
    try (RawWebSocket client = server.plain("r")) {
      client.send("a");
      client.receiveText();
      List<Entry> kept =
          server
              .rooms()
              .room(RoomName.of("r"))
              .history(Range.last(10))
              .toCompletableFuture()
              .join()
              .entries();
      assertEquals(1, kept.size());
      assertEquals(Kind.PLAIN, kept.get(0).content().kind());
      assertTrue(kept.get(0).author().identity().startsWith("anon:"));
    }
  }
}
