package io.durablechat.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.auth.AuthRequest;
import io.durablechat.gateway.auth.AuthRequest.Source;
import io.durablechat.gateway.auth.Identity;
import io.durablechat.gateway.auth.NotAuthenticatedException;
import io.durablechat.gateway.http.Origins;
import io.durablechat.gateway.http.RoomApi;
import io.durablechat.gateway.limits.Limits;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an authenticator is told of a request, where no server has a part in it. */
@Timeout(60)
final class AuthRequestTest {
  private final List<String> told = new ArrayList<>();
  private final List<AuthRequest> requests = new ArrayList<>();
  private final LocalBroadcaster broadcaster = LocalBroadcaster.inMemory();
  private final RoomDirectory rooms = RoomDirectory.open(broadcaster);
  private final EndpointSettings settings =
      EndpointSettings.DEFAULT.limits(Limits.OFF).cookie("token").authenticator(this::authenticate);
  private final RoomApi api =
      new RoomApi(
          Receptions.of(rooms, settings, Clock.systemUTC(), () -> 0),
          settings,
          Origins.of(settings));

  @AfterEach
  void stop() {
    rooms.close();
    broadcaster.close();
  }

  private CompletionStage<Optional<Identity>> authenticate(AuthRequest request) {
    requests.add(request);
    told.add(request.source() + " " + request.token().orElse("-"));
    return request.token().equals(Optional.of("bad"))
        ? CompletableFuture.failedFuture(new NotAuthenticatedException("bad"))
        : CompletableFuture.completedFuture(
            request.token().map(id -> Identity.of(Member.user(id, "Somebody"))));
  }

  private static FakeRequest page() {
    return new FakeRequest("GET", "/room/r/messages");
  }

  private int statusOf(FakeRequest request) throws Exception {
    return api.handle(request)
        .orElseThrow()
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS)
        .status();
  }

  @Test
  void theRequestTellsWhatTheContainerKnowsOfIt() throws Exception {
    assertEquals(
        200,
        statusOf(
            page()
                .header("cookie", "a=1; b=2; a=3")
                .header("x-tenant", "north")
                .attribute("realm", "staff")
                .session("visits", 7)
                .user("ann")));
    AuthRequest request = requests.get(0);
    assertEquals(Source.REQUEST, request.source());
    assertEquals(Optional.empty(), request.token());
    assertEquals("ann", request.principal().orElseThrow().getName());
    assertEquals(Optional.of("staff"), request.attribute("realm"));
    assertEquals(Optional.of(7), request.sessionAttribute("visits"));
    assertEquals(Optional.empty(), request.sessionAttribute("realm"));
    assertEquals(List.of("north"), request.headers("X-Tenant"));
    assertEquals(List.of("1", "3"), request.cookies("a"));
    assertEquals("192.0.2.1", request.peer().orElseThrow().getHostAddress());
    assertEquals(1, requests.size());
  }

  @Test
  void aTokenIsToldWithWhereItWasShown() throws Exception {
    assertEquals(200, statusOf(page().header("authorization", "Bearer ann").user("bob")));
    assertEquals(200, statusOf(page().header("cookie", "token=ann")));
    assertEquals(
        200, statusOf(page().header("cookie", "token=ann").header("authorization", "Bearer bob")));
    assertEquals(List.of("AUTHORIZATION ann", "COOKIE ann", "AUTHORIZATION bob"), told);
    assertEquals("bob", requests.get(0).principal().orElseThrow().getName());
  }

  /** Later the request may be over. */
  @Test
  void cookiesOfOneNameAreAskedAboutAtOnceAndTheFirstGoodOneCounts() throws Exception {
    assertEquals(200, statusOf(page().header("cookie", "token=bad; token=ann")));
    assertEquals(List.of("COOKIE bad", "COOKIE ann"), told);
    assertEquals(401, statusOf(page().header("cookie", "token=bad")));
  }

  @Test
  void aRequestInWordsHoldsNoToken() throws Exception {
    assertEquals(200, statusOf(page().header("authorization", "Bearer ann")));
    assertFalse(requests.get(0).toString().contains("ann"));
    assertTrue(requests.get(0).toString().contains("AUTHORIZATION"));
  }
}
