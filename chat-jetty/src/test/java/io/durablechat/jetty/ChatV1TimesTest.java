package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Body;
import io.durablechat.core.Draft;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.Room;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.core.SteppedExecutor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What chat.v1 owes at what time, on a clock that the test moves. */
final class ChatV1TimesTest {
  private final FakeSocket socket = new FakeSocket();
  private final SteppedExecutor strands = new SteppedExecutor();
  private final RoomDirectory rooms =
      RoomDirectory.on(LocalBroadcaster.inMemory()).executors(strands, strands).open();
  private final Room room = rooms.room(RoomName.of("r"));
  private final FrameSender sender = new FrameSender(socket, () -> socket.now);
  private final ChatV1Dialect dialect =
      new ChatV1Dialect(
          room,
          rooms.terms(),
          sender,
          () -> socket.now,
          new Admission(
              new Access(
                  EndpointSettings.DEFAULT.authenticator(this::authenticate),
                  Optional.empty(),
                  InstantSource.fixed(Instant.EPOCH),
                  () -> socket.now),
              new Throttle(
                      Limits.OFF, rooms, new Meters(Optional.empty(), () -> 0), () -> socket.now)
                  .share(Optional.empty()),
              room.name(),
              Credentials.NONE,
              Optional.empty(),
              () -> socket.now,
              time -> Dialect.READ_ON),
          Optional.empty(),
          new Comeback(() -> 0),
          new Meters(Optional.empty(), () -> 0),
          new HistoryPages(HeldBytes.ofHeap(), Runnable::run));

  /** A token is how many seconds it is good for. */
  private CompletionStage<Identity> authenticate(String token) {
    Instant expires = Instant.EPOCH.plusSeconds(Long.parseLong(token));
    return CompletableFuture.completedFuture(
        new Identity(
            new Member("user:ann", Optional.empty()), Optional.empty(), Optional.of(expires)));
  }

  private void pass(Duration time) {
    for (long s = 0; s < time.toSeconds(); s++) {
      socket.now += Duration.ofSeconds(1).toNanos();
      dialect.onTick();
      strands.runAll();
    }
  }

  private void hello() {
    dialect.onMessage(Body.text("{\"type\":\"hello\"}"));
    strands.runAll();
    assertTrue(socket.sent.get(0).contains("welcome"));
    socket.sent.clear();
  }

  @Test
  void helloMustComeWithinTenSeconds() {
    pass(Duration.ofSeconds(10));
    assertEquals(List.of(), socket.sent);
    pass(Duration.ofSeconds(1));
    assertTrue(socket.sent.get(0).contains("\"type\":\"bye\",\"code\":1008,\"reconnect\":false"));
    assertEquals("CLOSE 1008", socket.sent.get(1));
  }

  @Test
  void saysSomethingAtLeastEvery25Seconds() {
    hello();
    for (int i = 0; i < 10; i++) {
      pass(Duration.ofSeconds(25));
      assertTrue(socket.sent.size() > i, "silent for 25 s");
    }
    assertTrue(socket.sent.stream().allMatch("{\"type\":\"pong\"}"::equals));
  }

  @Test
  void warnsBeforeATokenExpiresAndEndsTheSessionWhenItHas() {
    dialect.onMessage(Body.text("{\"type\":\"hello\",\"token\":\"100\"}"));
    strands.runAll();
    socket.sent.clear();
    pass(Duration.ofSeconds(39));
    assertTrue(socket.sent.stream().noneMatch(t -> t.contains("expiring")), socket.sent::toString);
    pass(Duration.ofSeconds(2));
    assertTrue(socket.sent.contains("{\"type\":\"expiring\",\"in\":60000}"), socket.sent::toString);
    socket.sent.clear();
    pass(Duration.ofSeconds(58));
    assertTrue(socket.sent.stream().noneMatch(t -> t.contains("expiring")), "told twice");
    assertTrue(socket.sent.stream().noneMatch(t -> t.contains("bye")), "ended early");
    pass(Duration.ofSeconds(2));
    assertEquals("CLOSE 4003", socket.sent.get(socket.sent.size() - 1));
  }

  @Test
  void anotherTokenCarriesTheSessionOn() {
    dialect.onMessage(Body.text("{\"type\":\"hello\",\"token\":\"100\"}"));
    strands.runAll();
    pass(Duration.ofSeconds(90));
    // The clock that the token is read by stands still.
    dialect.onMessage(Body.text("{\"type\":\"auth\",\"id\":\"a\",\"token\":\"100\"}"));
    assertTrue(
        socket.sent.contains(
            "{\"type\":\"ok\",\"id\":\"a\",\"may\":[\"join\",\"read\",\"publish\"]}"),
        socket.sent::toString);
    socket.sent.clear();
    pass(Duration.ofSeconds(39));
    assertTrue(socket.sent.stream().noneMatch(t -> t.contains("expiring")));
    pass(Duration.ofSeconds(62));
    assertEquals(1, socket.sent.stream().filter(t -> t.contains("expiring")).count());
    assertEquals("CLOSE 4003", socket.sent.get(socket.sent.size() - 1));
  }

  @Test
  void aPingIsNoSignOfLifeToAPage() {
    Connection connection =
        new Connection(dialect, sender, socket.wire(), Duration.ofSeconds(60), () -> socket.now);
    hello();
    long heard = socket.now;
    for (int s = 1; s <= 200; s++) {
      // The page answers pings, as browsers do, and says nothing; something else is said at times.
      socket.now += Duration.ofSeconds(1).toNanos();
      socket.bytesIn += s % 40 == 0 ? 1 : 0;
      int before = socket.sent.size();
      if (s % 45 == 5) {
        room.publish(Member.anonymous(), Draft.text("x"));
      }
      strands.runAll();
      connection.onTick();
      if (socket.sent.subList(before, socket.sent.size()).stream()
          .anyMatch(t -> !t.equals("PING"))) {
        heard = socket.now;
      }
      assertTrue(socket.now - heard <= Duration.ofSeconds(25).toNanos(), "silent at " + s + " s");
    }
    assertTrue(socket.sent.contains("PING"));
  }

  @Test
  void doesNotPadWhatSpeaksAnyway() {
    hello();
    for (int i = 0; i < 10; i++) {
      pass(Duration.ofSeconds(20));
      room.publish(Member.anonymous(), Draft.text("x"));
      strands.runAll();
    }
    assertEquals(10, socket.sent.size());
  }

  @Test
  void leavesItsRoomWhenTheConnectionGoesWhileItJoins() {
    dialect.onMessage(Body.text("{\"type\":\"hello\"}"));
    dialect.onGone();
    strands.runAll();
    strands.advance(Duration.ofMinutes(1));
    assertEquals(List.of(), rooms.awake());
  }
}
