package io.durablechat.gateway.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.gateway.Addresses;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is let through, on a clock that the test moves. */
final class ThrottleTest {
  private static final RoomName ROOM = RoomName.of("r");
  private static final InetAddress HOME = address("192.0.2.1");

  private final LocalBroadcaster log = LocalBroadcaster.inMemory();
  private final RoomDirectory rooms = RoomDirectory.open(log);
  private long now;

  @AfterEach
  void stop() {
    rooms.close();
    log.close();
  }

  private static InetAddress address(String literal) {
    return Addresses.literal(literal).orElseThrow();
  }

  private Throttle throttle(String... limits) {
    Map<String, String> all = new java.util.HashMap<>();
    for (Limit limit : Limit.values()) {
      all.put(limit.key(), "none");
    }
    for (String limit : limits) {
      String[] parts = limit.split("=", 2);
      all.put(parts[0], parts[1]);
    }
    return new Throttle(Limits.of(all), rooms, new Meters(Optional.empty(), () -> 0), () -> now);
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private static int passed(
      int tries, java.util.function.Supplier<Optional<Throttle.Refusal>> attempt) {
    int passed = 0;
    for (int i = 0; i < tries; i++) {
      passed += attempt.get().isEmpty() ? 1 : 0;
    }
    return passed;
  }

  private static Member user(String name) {
    return new Member("user:" + name, Optional.empty());
  }

  @Test
  void whoIsNewEachTimeTakesNobodysPlace() {
    Throttle throttle = throttle("publishes-per-identity=1/s burst 1", "publishes-per-address=9/s");
    assertEquals(9, passed(20, () -> throttle.onPublish(HOME, Member.anonymous())));
    assertEquals(1, throttle.known(), "the address");
  }

  @Test
  void aSessionMayHaveABurstAndThenItsRate() {
    Throttle.Share share = throttle("publishes-per-session=20/s burst 50").share(Optional.of(HOME));
    assertEquals(50, passed(100, () -> share.onPublish(user("ann"))));
    Throttle.Refusal refusal = share.onPublish(user("ann")).orElseThrow();
    assertEquals(Duration.ofMillis(50), refusal.retryAfter());
    pass(refusal.retryAfter());
    assertEquals(1, passed(10, () -> share.onPublish(user("ann"))));
    pass(Duration.ofSeconds(1));
    assertEquals(20, passed(100, () -> share.onPublish(user("ann"))));
    pass(Duration.ofHours(1));
    assertEquals(50, passed(100, () -> share.onPublish(user("ann"))));
  }

  @Test
  void anIdentityHasNoMoreWithManySessions() {
    Throttle throttle = throttle("publishes-per-identity=1/s burst 10");
    Throttle.Share one = throttle.share(Optional.of(HOME));
    Throttle.Share two = throttle.share(Optional.of(address("192.0.2.2")));
    assertEquals(
        10,
        passed(8, () -> one.onPublish(user("ann"))) + passed(8, () -> two.onPublish(user("ann"))));
    assertEquals(0, passed(5, () -> throttle.onPublish(HOME, user("ann"))));
    assertEquals(5, passed(5, () -> two.onPublish(user("bob"))));
  }

  @Test
  void anAddressHasNoMoreWithManyIdentities() {
    Throttle throttle = throttle("publishes-per-address=1/s burst 10");
    int passed = 0;
    for (int i = 0; i < 20; i++) {
      Member somebody = user("somebody " + i);
      passed += passed(1, () -> throttle.share(Optional.of(HOME)).onPublish(somebody));
    }
    assertEquals(10, passed);
    assertEquals(1, passed(1, () -> throttle.onPublish(address("192.0.2.2"), user("x"))));
  }

  @Test
  void whatOneLimitRefusesCostsNothingWithTheOthers() {
    Throttle throttle =
        throttle("publishes-per-identity=1/s burst 10", "publishes-per-address=1/s burst 2");
    assertEquals(2, passed(100, () -> throttle.onPublish(HOME, user("ann"))));
    InetAddress elsewhere = address("192.0.2.2");
    InetAddress abroad = address("192.0.2.3");
    assertEquals(2, passed(100, () -> throttle.onPublish(elsewhere, user("ann"))));
    assertEquals(2, passed(100, () -> throttle.onPublish(abroad, user("ann"))));
  }

  @Test
  void requestsAreWeighedForSessionIdentityAndAddress() {
    Throttle throttle =
        throttle(
            "requests-per-session=1/s burst 8",
            "requests-per-identity=1/s burst 12",
            "requests-per-address=1/s burst 16");
    Optional<Member> ann = Optional.of(user("ann"));
    Throttle.Share first = throttle.share(Optional.of(HOME));
    Throttle.Share second = throttle.share(Optional.of(HOME));
    Throttle.Share third = throttle.share(Optional.of(HOME));
    Throttle.Share abroad = throttle.share(Optional.of(address("192.0.2.2")));
    assertEquals(2, passed(9, () -> first.onRequest(ann, 4)), "of the session");
    assertEquals(1, passed(9, () -> second.onRequest(ann, 4)), "of the identity");
    assertEquals(1, passed(9, () -> third.onRequest(Optional.of(user("bob")), 4)), "of all there");
    assertEquals(0, passed(9, () -> throttle.onRequest(HOME)), "over HTTP as well");
    assertEquals(2, passed(9, () -> abroad.onRequest(Optional.empty(), 4)));
  }

  @Test
  void whatIsDearerThanABurstTakesAllOfIt() {
    Throttle.Share share = throttle("requests-per-session=1/s burst 8").share(Optional.of(HOME));
    assertEquals(1, passed(3, () -> share.onRequest(Optional.empty(), 100)));
    pass(Duration.ofSeconds(8));
    assertEquals(1, passed(3, () -> share.onRequest(Optional.empty(), 100)));
  }

  @Test
  void whatTurnsOutToHaveBeenMuchDelaysTheNext() {
    Throttle throttle = throttle("requests-per-address=1/s burst 10");
    throttle.onSpent(HOME, 20);
    assertEquals(0, passed(3, () -> throttle.onRequest(HOME)));
    pass(Duration.ofSeconds(10));
    assertEquals(0, passed(3, () -> throttle.onRequest(HOME)));
    pass(Duration.ofSeconds(1));
    assertEquals(1, passed(3, () -> throttle.onRequest(HOME)));
  }

  @Test
  void anIpv6CustomerIsOneAddress() {
    Throttle throttle = throttle("joins-per-address=1/min burst 3");
    int passed = 0;
    for (int i = 1; i < 10; i++) {
      InetAddress address = address("2001:db8:0:1::" + i);
      passed += passed(1, () -> throttle.onJoin(address));
    }
    assertEquals(3, passed);
    assertEquals(1, passed(1, () -> throttle.onJoin(address("2001:db8:0:2::1"))));
  }

  @Test
  void sessionsAreCountedWhileTheyAreThere() {
    Throttle throttle = throttle("sessions-per-address=2", "sessions=3");
    Throttle.Share first = throttle.share(Optional.of(HOME));
    throttle.share(Optional.of(HOME));
    Throttle.Refusal refusal = throttle.onJoin(HOME).orElseThrow();
    assertEquals(429, refusal.status());
    InetAddress other = address("192.0.2.2");
    assertEquals(Optional.empty(), throttle.onJoin(other));
    throttle.share(Optional.of(other));
    assertEquals(503, throttle.onJoin(address("192.0.2.3")).orElseThrow().status());
    first.end();
    first.end();
    assertEquals(Optional.empty(), throttle.onJoin(HOME));
    throttle.share(Optional.empty());
    assertEquals(503, throttle.onJoin(HOME).orElseThrow().status());
  }

  @Test
  void onlyRoomsThatAreAsleepCountAsNamed() {
    Throttle throttle = throttle("rooms-per-address=1/s burst 3");
    rooms.room(ROOM).members().toCompletableFuture().join();
    assertEquals(10, passed(10, () -> throttle.onRoom(HOME, ROOM)));
    List<Optional<Throttle.Refusal>> answers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      answers.add(throttle.onRoom(HOME, RoomName.of("new " + i)));
    }
    assertEquals(3, answers.stream().filter(Optional::isEmpty).count());
  }

  @Test
  void whoComesInBetweenIsTooMany() {
    Throttle throttle = throttle("sessions-per-address=2", "sessions=3");
    // All of them had passed onJoin() before the first was there.
    assertFalse(throttle.share(Optional.of(HOME)).isTooMany());
    Throttle.Share second = throttle.share(Optional.of(HOME));
    assertFalse(second.isTooMany());
    Throttle.Share third = throttle.share(Optional.of(HOME));
    assertTrue(third.isTooMany());
    third.end();
    second.end();
    assertFalse(throttle.share(Optional.of(HOME)).isTooMany());
    assertFalse(throttle.share(Optional.empty()).isTooMany());
    assertTrue(throttle.share(Optional.of(address("192.0.2.9"))).isTooMany(), "in all");
  }

  @Test
  void whoHasUsedUpNothingIsForgotten() {
    Throttle throttle =
        throttle("publishes-per-identity=1/s burst 10", "requests-per-address=1/s burst 10");
    Throttle.Share share = throttle.share(Optional.of(HOME));
    share.onPublish(user("ann"));
    throttle.onRequest(address("192.0.2.2"));
    throttle.sweep();
    assertEquals(3, throttle.known());
    pass(Duration.ofSeconds(2));
    throttle.sweep();
    assertEquals(1, throttle.known(), "the one with a session");
    share.end();
    throttle.sweep();
    assertEquals(0, throttle.known());
  }

  @Test
  void aMillionAddressesAreNotRemembered() {
    Throttle throttle = throttle("requests-per-address=1/s burst 10");
    byte[] literal = new byte[16];
    literal[0] = 0x20;
    for (int i = 0; i < 200_000; i++) {
      literal[5] = (byte) (i >> 16);
      literal[6] = (byte) (i >> 8);
      literal[7] = (byte) i;
      try {
        throttle.onRequest(InetAddress.getByAddress(literal));
      } catch (java.net.UnknownHostException e) {
        throw new AssertionError(e);
      }
    }
    assertTrue(throttle.known() <= 100_000, "known: " + throttle.known());
    assertTrue(throttle.onRequest(HOME).isPresent(), "who comes last shares with others");
  }

  @ParameterizedTest
  @CsvSource({
    "publishes-per-session, 0/s",
    "publishes-per-session, 20",
    "publishes-per-session, 20/h",
    "publishes-per-session, 20/s burst",
    "publishes-per-session, 20/s burst 0",
    "publishes-per-session, -1/s",
    "publishes-per-session, off",
    "sessions, 20/s",
    "sessions, 0",
    "sessions, many",
    "sessions-per-room, 5"
  })
  void whatIsNoLimitIsNamed(String key, String value) {
    IllegalArgumentException wrong =
        assertThrows(IllegalArgumentException.class, () -> Limits.of(Map.of(key, value)));
    assertTrue(wrong.getMessage().contains(key), wrong.getMessage());
  }
}
