package io.durablechat.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.durablechat.core.Body;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Draft;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.Moderation;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomMode;
import io.durablechat.core.RoomName;
import io.durablechat.core.Ruling;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.SteppedExecutor;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is said in one breath with hello, before the room has had its turn. */
final class ChatV1OrderTest {
  private static final String KEY = "ann-0123456789abcdefghij";
  private static final RoomName ROOM = RoomName.of("r");

  private final SteppedExecutor strands = new SteppedExecutor();
  private final LocalBroadcaster log = LocalBroadcaster.inMemory();
  private final Moderation moderation =
      Moderation.open(log, new ManualClock()).toCompletableFuture().join();
  private final RoomDirectory rooms =
      RoomDirectory.on(log).moderation(moderation).executors(strands, strands).open();
  private final Reception reception =
      Receptions.of(rooms, Receptions.FREE, new ManualClock(), () -> 0);
  private final FakeSocket socket = new FakeSocket();
  private final Connection connection = Receptions.chatV1(reception, ROOM, socket);

  private void say(String... lines) {
    connection.onMessage(Body.text(String.join("\n", lines).replace('\'', '"')));
    strands.runAll();
  }

  private boolean isSent(String part) {
    return socket.sent.stream().anyMatch(sent -> sent.contains(part));
  }

  private void assertTurnedAway() {
    assertEquals("CLOSE " + CloseReason.BANNED.code(), socket.sent.get(socket.sent.size() - 1));
  }

  private void ban() {
    Member operator = new Member("operator:ann", Optional.empty());
    moderation.rule(
        operator, Ruling.of(Ruling.Action.BAN, Optional.of(ROOM), Member.guest(KEY).identity()));
    strands.runAll();
  }

  @Test
  void whoIsBannedDoesNotModerateOnTheWayOut() {
    rooms.room(ROOM).publish(Member.anonymous(), Draft.text("stays"));
    ban();
    say(
        "{'type':'hello','key':'" + KEY + "'}",
        "{'type':'moderate','id':'1','action':'lock'}",
        "{'type':'delete','id':'2','seq':1}");
    assertTurnedAway();
    assertEquals(RoomMode.FREE, moderation.mode(ROOM));
    assertTrue(socket.sent.stream().noneMatch(sent -> sent.contains("\"ok\"")));
  }

  @Test
  void whoIsBannedReadsNoHistoryOnTheWayOut() {
    rooms.room(ROOM).publish(Member.anonymous(), Draft.text("secret"));
    ban();
    say("{'type':'hello','key':'" + KEY + "'}", "{'type':'history','id':'1'}");
    assertTurnedAway();
    assertTrue(socket.sent.stream().noneMatch(sent -> sent.contains("secret")));
  }

  @Test
  void whoIsLetInIsAnsweredThenAll() {
    say(
        "{'type':'hello','key':'" + KEY + "'}",
        "{'type':'publish','id':'1','text':'x'}",
        "{'type':'moderate','id':'2','action':'lock'}",
        "{'type':'moderate','id':'3','action':'dance'}",
        "{'type':'moderate','id':'5','action':'unlock'}",
        "{'type':'moderate','id':'6','action':'lock'}",
        "{'type':'history','id':'4'}");
    assertTrue(isSent("\"type\":\"ok\",\"id\":\"1\""), socket.sent::toString);
    assertTrue(isSent("\"type\":\"ok\",\"id\":\"2\""), socket.sent::toString);
    assertTrue(isSent("\"type\":\"error\",\"id\":\"3\",\"code\":\"bad_request\""));
    assertTrue(isSent("\"type\":\"history\",\"id\":\"4\""), socket.sent::toString);
    assertTrue(moderation.mode(ROOM).isLocked());
    List<String> answers =
        socket.sent.stream()
            .flatMap(String::lines)
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .filter(object -> object.has("id") && !object.has("prev"))
            .map(object -> object.get("id").getAsString())
            .toList();
    assertEquals(List.of("2", "3", "5", "6", "4", "1"), answers);
  }

  @Test
  void whatIsSaidBehindHelloIsTakenBeforeTheWelcome() {
    connection.onMessage(
        Body.text(
            String.join(
                    "\n",
                    "{'type':'hello','key':'" + KEY + "'}",
                    "{'type':'publish','id':'1','text':'x'}",
                    "{'type':'ping'}")
                .replace('\'', '"')));
    strands.runAll();
    List<String> types =
        socket.sent.stream()
            .flatMap(String::lines)
            .map(line -> JsonParser.parseString(line).getAsJsonObject().get("type").getAsString())
            .toList();
    assertEquals("pong", types.get(0), types::toString);
    assertEquals("welcome", types.get(1), types::toString);
    assertTrue(types.containsAll(List.of("live", "ok", "message")), types::toString);
  }

  @Test
  void aFrameHasSoManyLinesAndNoMore() {
    String[] lines =
        IntStream.range(0, 1025).mapToObj(i -> "{'type':'ping'}").toArray(String[]::new);
    lines[0] = "{'type':'hello'}";
    say(lines);
    assertTrue(isSent("welcome"));
    assertEquals(1024, pongs());
    say(String.join("\n", lines) + "\n");
    assertTrue(isSent("more than 1024 lines in a frame; none was read"), socket.sent::toString);
    assertEquals(1024, pongs());
  }

  private long pongs() {
    return socket.sent.stream()
        .flatMap(String::lines)
        .filter("{\"type\":\"pong\"}"::equals)
        .count();
  }
}
