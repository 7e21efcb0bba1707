package io.durablechat.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Body;
import io.durablechat.core.Draft;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.Room;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.gateway.auth.Identity;
import io.durablechat.gateway.auth.TokenAuthenticator;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.SteppedExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What chat.v1 owes at what time, on a clock that the test moves. */
final class ChatV1TimesTest {
  private final FakeSocket socket = new FakeSocket();
  private final ManualClock clock = new ManualClock();
  private final Instant began = clock.instant();
  private final SteppedExecutor strands = new SteppedExecutor();
  private final RoomDirectory rooms =
      RoomDirectory.on(LocalBroadcaster.inMemory()).executors(strands, strands).open();
  private final Room room = rooms.room(RoomName.of("r"));
  private final Reception reception =
      Receptions.of(
          rooms,
          EndpointSettings.DEFAULT
              .limits(Limits.OFF)
              .authenticator(TokenAuthenticator.of(this::authenticate)),
          clock,
          () -> socket.now);
  private final Connection connection = Receptions.chatV1(reception, room.name(), socket);

  /** When somebody takes long to look at a token: what they find. */
  private Optional<CompletionStage<Identity>> slow = Optional.empty();

  /** A token is for how many seconds from the beginning it is good. */
  private CompletionStage<Identity> authenticate(String token) {
    return slow.orElseGet(() -> CompletableFuture.completedFuture(identity(Long.parseLong(token))));
  }

  private Identity identity(long seconds) {
    return new Identity(
        new Member("user:ann", Optional.empty()),
        Optional.empty(),
        Optional.of(began.plusSeconds(seconds)));
  }

  private void say(String json) {
    connection.onMessage(Body.text(json.replace('\'', '"')));
  }

  private void pass(Duration time) {
    for (long s = 0; s < time.toSeconds(); s++) {
      socket.now += Duration.ofSeconds(1).toNanos();
      clock.move(Duration.ofSeconds(1));
      socket.bytesIn++;
      connection.onTick();
      strands.runAll();
    }
  }

  private void hello() {
    say("{'type':'hello'}");
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
  void whoHasSaidHelloIsNotBlamedForATokenThatTakesLong() {
    CompletableFuture<Identity> found = new CompletableFuture<>();
    slow = Optional.of(found);
    say("{'type':'hello','token':'1000'}");
    pass(Duration.ofSeconds(20));
    assertEquals(List.of(), socket.sent);
    found.complete(identity(1000));
    strands.runAll();
    assertTrue(socket.sent.get(0).contains("welcome"));
  }

  @Test
  void whoseTokenNobodyLooksAtIsToComeBackLater() {
    slow = Optional.of(new CompletableFuture<>());
    say("{'type':'hello','token':'1000'}");
    pass(Duration.ofSeconds(61));
    assertEquals("CLOSE 1013", socket.sent.get(socket.sent.size() - 1));
  }

  @Test
  void whatFollowsHelloIsNotReadAnyMoreOnceTheClientIsGone() {
    CompletableFuture<Identity> found = new CompletableFuture<>();
    slow = Optional.of(found);
    say("{'type':'hello','token':'1000'}\n{'type':'ping'}\n{'type':'ping'}");
    connection.onGone();
    found.complete(identity(1000));
    strands.runAll();
    assertEquals(List.of(), socket.sent);
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
    say("{'type':'hello','token':'100'}");
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
    say("{'type':'hello','token':'100'}");
    strands.runAll();
    pass(Duration.ofSeconds(90));
    say("{'type':'auth','id':'a','token':'190'}");
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
  void aTokenExpiresByTheTimeOfDayAlsoIfThatIsSet() {
    say("{'type':'hello','token':'3600'}");
    strands.runAll();
    clock.jump(Duration.ofSeconds(3590));
    pass(Duration.ofSeconds(1));
    assertTrue(
        socket.sent.get(socket.sent.size() - 1).contains("\"type\":\"expiring\""),
        socket.sent::toString);
    clock.jump(Duration.ofDays(1));
    pass(Duration.ofSeconds(1));
    assertEquals("CLOSE 4003", socket.sent.get(socket.sent.size() - 1));
  }

  @Test
  void aTokenOfManyYearsDoesNotExpire() {
    say("{'type':'hello','token':'100000000000'}");
    strands.runAll();
    clock.jump(Duration.ofDays(1000));
    pass(Duration.ofSeconds(30));
    assertTrue(socket.sent.stream().noneMatch(t -> t.startsWith("CLOSE")), socket.sent::toString);
  }

  @Test
  void aPingIsNoSignOfLifeToAPage() {
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
    say("{'type':'hello'}");
    connection.onGone();
    strands.runAll();
    strands.advance(Duration.ofMinutes(1));
    assertEquals(List.of(), rooms.awake());
  }
}
