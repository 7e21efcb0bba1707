package io.durablechat.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Body;
import io.durablechat.core.CloseReason;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.core.Start;
import io.durablechat.gateway.auth.Shown;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.gateway.transport.Opcode;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.SteppedExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Peers that did nothing wrong while this process stood still, and some that are gone. */
final class StandstillTest {
  private static final RoomName ROOM = RoomName.of("r");
  private static final Duration STANDSTILL = Duration.ofSeconds(82);

  private final FakeSocket socket = new FakeSocket();
  private final SteppedExecutor strands = new SteppedExecutor();
  private final RoomDirectory rooms =
      RoomDirectory.on(LocalBroadcaster.inMemory()).executors(strands, strands).open();
  private final WakingTime waking = new WakingTime(() -> socket.now);
  private final Reception reception =
      Receptions.of(
          rooms,
          EndpointSettings.DEFAULT.limits(Limits.OFF),
          new ManualClock(),
          waking,
          () -> socket.now);

  private Connection plain() {
    Connection connection =
        reception.connection(
            new Reception.Wish(
                ROOM, Dialect.plain(), Start.live(), Shown.NOTHING, Optional.empty()),
            socket,
            socket.wire(),
            Runnable::run);
    connection.onOpen();
    strands.runAll();
    return connection;
  }

  private Connection chatV1() {
    Connection connection = Receptions.chatV1(reception, ROOM, socket);
    connection.onOpen();
    return connection;
  }

  private Connection introduced() {
    Connection connection = chatV1();
    hello(connection);
    return connection;
  }

  private void hello(Connection connection) {
    connection.onMessage(Body.text("{\"type\":\"hello\"}"));
    strands.runAll();
    assertTrue(socket.sent.stream().anyMatch(sent -> sent.contains("welcome")));
  }

  private void tick(Connection connection) {
    waking.onTick();
    connection.onTick();
    strands.runAll();
  }

  private void pass(Connection connection, Duration time) {
    for (long s = 0; s < time.toSeconds(); s++) {
      socket.now += Duration.ofSeconds(1).toNanos();
      tick(connection);
    }
  }

  /** The first tick after it comes before anything is read. */
  private void standStill(Connection connection) {
    socket.now += STANDSTILL.toNanos();
    tick(connection);
  }

  private boolean isClosed() {
    return socket.aborted || socket.sent.stream().anyMatch(sent -> sent.startsWith("CLOSE"));
  }

  private void staysThroughAStandstill(Connection connection) {
    pass(connection, Duration.ofSeconds(74));
    standStill(connection);
    pass(connection, Duration.ofSeconds(5));
    assertFalse(isClosed(), socket.sent::toString);
    socket.bytesIn++;
    pass(connection, Duration.ofSeconds(74));
    assertFalse(isClosed(), socket.sent::toString);
  }

  @Test
  void whoWasNotHeardStaysInAPlainSession() {
    staysThroughAStandstill(plain());
  }

  @Test
  void whoWasNotHeardStaysInASessionOfChatV1() {
    staysThroughAStandstill(introduced());
  }

  @Test
  void whoIsGoneIsFoundOutAfterAStandstillToo() {
    Connection connection = plain();
    standStill(connection);
    pass(connection, Duration.ofSeconds(79));
    assertFalse(isClosed(), socket.sent::toString);
    pass(connection, Duration.ofSeconds(3));
    assertEquals("CLOSE 1001", socket.sent.get(socket.sent.size() - 1));
  }

  @Test
  void aSignOfLifeIsSentAtOnceAfterAStandstill() {
    Connection connection = introduced();
    socket.sent.clear();
    standStill(connection);
    assertEquals(List.of("PING", "{\"type\":\"pong\"}"), socket.sent);
  }

  @Test
  void helloMayBeReadAfterAStandstill() {
    Connection connection = chatV1();
    pass(connection, Duration.ofSeconds(9));
    standStill(connection);
    pass(connection, Duration.ofSeconds(4));
    hello(connection);
    assertFalse(isClosed(), socket.sent::toString);
  }

  @Test
  void aMessageThatHadBegunIsWaitedFor() {
    Connection connection = plain();
    connection.onFrame(Opcode.TEXT, false, UTF_8.encode("half"));
    pass(connection, Duration.ofSeconds(20));
    standStill(connection);
    pass(connection, Duration.ofSeconds(4));
    assertFalse(isClosed(), socket.sent::toString);
    connection.onFrame(Opcode.CONTINUATION, true, UTF_8.encode(" whole"));
    strands.runAll();
    assertTrue(socket.sent.contains("half whole"), socket.sent::toString);
  }

  @Test
  void whoTookWhatTheyWereSentMeanwhileIsNotCutOff() {
    Connection connection = plain();
    socket.stalled = true;
    connection.onFrame(Opcode.TEXT, true, UTF_8.encode("echo"));
    strands.runAll();
    pass(connection, Duration.ofSeconds(30));
    standStill(connection);
    pass(connection, Duration.ofSeconds(4));
    assertFalse(isClosed(), socket.sent::toString);
    socket.bytesTaken += 4;
    socket.recover();
    socket.bytesIn++;
    pass(connection, Duration.ofSeconds(50));
    assertFalse(isClosed(), socket.sent::toString);
  }

  @Test
  void whoIsToCloseHasTimeToReadWhy() {
    Connection connection = plain();
    connection.close(CloseReason.RESTART);
    standStill(connection);
    assertFalse(socket.aborted);
    pass(connection, Duration.ofSeconds(9));
    assertTrue(socket.aborted);
  }
}
