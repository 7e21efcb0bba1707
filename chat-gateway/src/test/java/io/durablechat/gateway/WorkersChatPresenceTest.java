package io.durablechat.gateway;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Body;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.Room;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.core.Session;
import io.durablechat.core.Start;
import io.durablechat.gateway.auth.Shown;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.gateway.workerschat.WorkersChat;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.SteppedExecutor;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whom a slow client of workers-chat is told of. */
final class WorkersChatPresenceTest {
  private static final RoomName ROOM = RoomName.of("r");

  private final FakeSocket socket = new FakeSocket();
  private final SteppedExecutor strands = new SteppedExecutor();
  private final RoomDirectory rooms =
      RoomDirectory.on(LocalBroadcaster.inMemory()).executors(strands, strands).open();
  private final Reception reception =
      Receptions.of(
          rooms,
          EndpointSettings.DEFAULT.limits(Limits.OFF),
          new ManualClock(),
          () -> socket.now,
          () -> socket.now);

  @AfterEach
  void closeRooms() {
    rooms.close();
    strands.runAll();
  }

  @Test
  void slowClientHearsOfWhoCameWhileSomebodyTyped() {
    Connection connection =
        reception.connection(
            new Reception.Wish(
                ROOM, new WorkersChat(), Start.live(), Shown.NOTHING, Optional.empty()),
            socket,
            socket.wire(),
            Runnable::run);
    connection.onOpen();
    connection.onMessage(Body.text("{\"name\":\"Ann\"}"));
    strands.runAll();
    assertTrue(socket.sent.toString().contains("ready"), socket.sent::toString);

    Room room = rooms.room(ROOM);
    Session typist = room.join(Member.user("eve", "Eve"), Start.live(), batch -> true);
    strands.runAll();
    socket.stalled = true;
    room.publish(Member.user("eve", "Eve"), "hello");
    strands.runAll();
    room.join(Member.user("bob", "Bob"), Start.live(), batch -> true);
    typist.typing(true);
    strands.runAll();
    strands.advance(Duration.ofSeconds(1));
    strands.runAll();
    socket.recover();
    strands.runAll();
    strands.advance(Duration.ofSeconds(3));
    strands.runAll();
    assertTrue(socket.sent.contains("{\"joined\":\"Bob\"}"), socket.sent::toString);
  }
}
