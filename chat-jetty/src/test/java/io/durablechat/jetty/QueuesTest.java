package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Body;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.gateway.Addresses;
import io.durablechat.gateway.Connection;
import io.durablechat.gateway.Conversation;
import io.durablechat.gateway.FakeSocket;
import io.durablechat.gateway.Receptions;
import io.durablechat.gateway.limits.Charges;
import io.durablechat.gateway.limits.Charging;
import io.durablechat.gateway.limits.HeldBytes;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.gateway.limits.Meters;
import io.durablechat.gateway.limits.Pools;
import io.durablechat.gateway.limits.Throttle;
import io.durablechat.gateway.transport.BatchGate;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.gateway.transport.FrameSender;
import io.durablechat.gateway.transport.IncomingBytes;
import io.durablechat.gateway.transport.MessageAssembler;
import io.durablechat.gateway.transport.Opcode;
import io.durablechat.gateway.transport.WireException;
import io.durablechat.testkit.SteppedExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each queue and buffer that docs/security.md lists, filled by one who wants to fill it. */
final class QueuesTest {
  private static final Path DOCUMENT = Path.of("../docs/security.md");
  private static final Pattern ROW = Pattern.compile("\\| `([a-z]+)`: .*");
  private static final long HEAP = 128 << 20;
  private static final Optional<InetAddress> HOME = Addresses.literal("192.0.2.1");
  private static final Optional<InetAddress> ELSEWHERE = Addresses.literal("192.0.2.2");
  private static final RoomName ROOM = RoomName.of("r");

  private final Pools pools = Pools.of(HEAP);
  private final LocalBroadcaster log = LocalBroadcaster.inMemory();
  private final RoomDirectory rooms = RoomDirectory.open(log);
  private final Throttle throttle =
      new Throttle(Limits.OFF, rooms, new Meters(Optional.empty(), () -> 0), () -> 0);
  private final Charging charging = new Charging(throttle, pools);
  private final Charges home = charging.of(HOME);

  private interface Check {
    void run() throws Exception;
  }

  private final Map<String, Check> checks =
      new TreeMap<>(
          Map.of(
              "begun", this::begun,
              "drafts", this::drafts,
              "unsent", this::unsent,
              "answers", this::answers,
              "requests", this::requests,
              "pongs", this::pongs,
              "tasks", this::tasks,
              "lines", this::lines,
              "trace", () -> assertEquals(500, TraceStream.MAX_WAITING),
              "known", this::known));

  @AfterEach
  void stop() {
    rooms.close();
    log.close();
  }

  @TestFactory
  Collection<DynamicTest> whatTheDocumentListsIsBoundedAsItSays() throws IOException {
    List<String> listed =
        Files.readString(DOCUMENT, UTF_8)
            .lines()
            .map(ROW::matcher)
            .filter(Matcher::matches)
            .map(row -> row.group(1))
            .toList();
    assertEquals(checks.keySet(), new TreeSet<>(listed));
    return listed.stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> checks.get(name).run()))
        .collect(Collectors.toList());
  }

  private interface Filling {
    void one();
  }

  /** Fills a pool from one address; what others then find. */
  private static void fill(HeldBytes pool, long whole, Filling filling, Filling elsewhere) {
    assertEquals(whole, pool.max());
    RefusedException full =
        assertThrows(
            RefusedException.class,
            () -> {
              for (int i = 0; i < 100_000; i++) {
                filling.one();
              }
            });
    assertEquals(RefusedException.Reason.OVERLOADED, full.reason());
    assertTrue(pool.held() > whole / 8, "full at " + pool.held());
    assertTrue(pool.held() <= whole / 4, "held " + pool.held());
    elsewhere.one();
  }

  private static void begin(MessageAssembler message, int size) {
    message.add(Opcode.BINARY, false, ByteBuffer.allocate(size), 0);
  }

  private void begun() {
    fill(
        pools.begun(),
        HEAP / 4,
        () -> begin(new MessageAssembler(1 << 20, 1 << 20, home), 1000),
        () -> begin(new MessageAssembler(1 << 20, 1 << 20, charging.of(ELSEWHERE)), 1 << 20));
    MessageAssembler one = new MessageAssembler(1000, 1000, charging.of(ELSEWHERE));
    begin(one, 1000);
    assertThrows(
        WireException.class, () -> one.add(Opcode.CONTINUATION, false, ByteBuffer.allocate(1), 0));
  }

  private void drafts() {
    fill(
        pools.drafts(),
        HEAP / 16,
        () -> home.draft(100),
        () -> charging.of(ELSEWHERE).draft(1 << 20));
    assertEquals(64 << 20, Pools.of(8L << 30).drafts().max());
  }

  private void unsent() {
    EncodedFrames small = EncodedFrames.text("x".repeat(10_000));
    List<Boolean> taken = new ArrayList<>();
    for (int i = 0; i < 10_000 && !taken.contains(false); i++) {
      FakeSocket socket = new FakeSocket();
      socket.stalled = true;
      FrameSender sender = new FrameSender(socket, () -> 0, home.unsent());
      // Each its own: what is shared counts once.
      BatchGate<EncodedFrames> gate = sender.gate();
      taken.add(gate.offer(EncodedFrames.text("x".repeat(10_000)), () -> {}));
      gate.onTick();
      assertFalse(gate.offer(small, () -> {}), "one at a time");
    }
    assertTrue(taken.contains(false), "no end of it");
    assertTrue(pools.unsent().held() <= HEAP / 16 + small.length(), "" + pools.unsent().held());
    assertEquals(HEAP / 4, pools.unsent().max());
    FakeSocket other = new FakeSocket();
    FrameSender sender = new FrameSender(other, () -> 0, charging.of(ELSEWHERE).unsent());
    assertTrue(sender.gate().offer(EncodedFrames.text("x".repeat(1 << 20)), () -> {}));
  }

  private void answers() {
    FakeSocket socket = new FakeSocket();
    socket.stalled = true;
    FrameSender sender = new FrameSender(socket, () -> 0, home.unsent());
    int waiting = 0;
    while (Conversation.readsOn(sender.answersTaken())) {
      sender.send("x".repeat(100));
      waiting += 100;
    }
    assertTrue(waiting <= (16 << 10) + 300, "" + waiting);
    assertTrue(pools.unsent().held() > waiting, "counted");
    while (!socket.aborted) {
      sender.send("x".repeat(100));
      waiting += 100;
    }
    assertTrue(waiting <= (160 << 10) + 300, "" + waiting);
  }

  private void requests() {
    fill(
        pools.requests(),
        HEAP / 8,
        () -> {
          IncomingBytes body = new IncomingBytes(home.requests());
          body.begin(0);
          body.add(ByteBuffer.allocate(1000));
        },
        () -> {
          IncomingBytes body = new IncomingBytes(charging.of(ELSEWHERE).requests());
          body.begin(0);
          body.add(ByteBuffer.allocate(1 << 20));
        });
  }

  private void pongs() {
    FakeSocket socket = new FakeSocket();
    socket.stalled = true;
    FrameSender sender = new FrameSender(socket, () -> 0, home.unsent());
    sender.send("in flight");
    List<String> answered = new ArrayList<>();
    sender.pong(ByteBuffer.allocate(0), () -> answered.add("first"));
    assertEquals(List.of(), answered, "not read from");
    socket.recover();
    assertEquals(List.of("first"), answered);
  }

  private static Connection connection(RoomDirectory of, FakeSocket socket) {
    Connection connection =
        Receptions.chatV1(
            Receptions.of(of, Receptions.FREE, InstantSource.system(), () -> 0), ROOM, socket);
    connection.onOpen();
    return connection;
  }

  private static CompletionStage<?> say(Connection connection, String lines) {
    return connection.onMessage(Body.text(lines));
  }

  private void tasks() {
    SteppedExecutor strands = new SteppedExecutor();
    RoomDirectory stepped = RoomDirectory.on(log).executors(strands, strands).open();
    for (String line :
        List.of(
            "{'type':'rename','id':'1','name':'Ann'}",
            "{'type':'history','id':'1'}",
            "{'type':'moderate','id':'1','action':'lock'}")) {
      FakeSocket socket = new FakeSocket();
      Connection connection = connection(stepped, socket);
      CompletionStage<?> read =
          say(connection, ("{'type':'hello'}\n" + (line + "\n").repeat(100)).replace('\'', '"'));
      assertFalse(Conversation.readsOn(read), line);
      connection.onGone();
      assertTrue(strands.waiting() < 10, strands.waiting() + " tasks");
      strands.runAll();
      assertTrue(Conversation.readsOn(read), line);
    }
    // However often it changes, it is told as it is when the room comes to it.
    Connection typing = connection(stepped, new FakeSocket());
    say(typing, "{\"type\":\"hello\"}");
    strands.runAll();
    for (int i = 0; i < 50; i++) {
      say(typing, "{\"type\":\"typing\",\"on\":true}\n{\"type\":\"typing\",\"on\":false}");
    }
    assertTrue(strands.waiting() <= 1, strands.waiting() + " tasks");
    typing.onGone();
    strands.runAll();
    stepped.close();
  }

  private void lines() {
    FakeSocket socket = new FakeSocket();
    Connection connection = connection(rooms, socket);
    say(connection, "x\n".repeat(1025));
    assertEquals(1, socket.sent.size());
    assertTrue(socket.sent.get(0).contains("1024 lines"), socket.sent.get(0));
    connection.onGone();
  }

  private void known() {
    Throttle limited =
        new Throttle(Limits.DEFAULT, rooms, new Meters(Optional.empty(), () -> 0), () -> 0);
    for (int i = 0; i < 110_000; i++) {
      limited.onRequest(
          Addresses.literal("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255))
              .orElseThrow());
    }
    assertEquals(100_000, limited.known());
  }
}
