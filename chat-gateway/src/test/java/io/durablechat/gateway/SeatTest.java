package io.durablechat.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.durablechat.core.Batch;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Cursor;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.core.Start;
import io.durablechat.gateway.auth.Shown;
import io.durablechat.gateway.limits.SessionCharges;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.gateway.transport.FrameSender;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.SteppedExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A seat in a room whose turn comes before the thread that joins it goes on. */
final class SeatTest {
  private final SteppedExecutor later = new SteppedExecutor();
  private final RoomDirectory rooms =
      RoomDirectory.on(LocalBroadcaster.inMemory()).executors(Runnable::run, later).open();
  private final Reception reception =
      Receptions.of(rooms, EndpointSettings.DEFAULT, new ManualClock(), () -> 0);
  private final List<String> traced = new ArrayList<>();

  @AfterEach
  void closeRooms() {
    rooms.close();
  }

  /** A client that does this as soon as it is told that it is live. */
  private Seat<EncodedFrames> seat(Runnable onLive) {
    reception.meters().trace().add((room, member, what) -> traced.add(what));
    SessionCharges charges = reception.charging().session(Optional.empty());
    EventWriter<EncodedFrames> writer =
        new EventWriter<>() {
          @Override
          public Optional<EncodedFrames> encoded(Batch batch) {
            return Optional.empty();
          }

          @Override
          public void onLive(Cursor head) {
            onLive.run();
          }

          @Override
          public void onClosed(CloseReason reason) {}
        };
    return new Seat<>(
        new Caller(reception.access(), charges, Optional.empty(), Shown.NOTHING),
        rooms.room(RoomName.of("r")),
        "test",
        writer,
        new FrameSender(new FakeSocket(), () -> 0, charges.unsent()).gate(),
        reception.meters());
  }

  @Test
  void clientThatIsEndedWhileItJoinsIsSeenToEndAndToGo() {
    List<Seat<EncodedFrames>> joining = new ArrayList<>();
    Seat<EncodedFrames> seat =
        seat(
            () -> {
              joining.get(0).onClosing(CloseReason.RESTART);
              joining.get(0).onGone();
            });
    joining.add(seat);
    seat.join(Member.anonymous(), Start.live());
    assertEquals(List.of("joined fresh", "closed with 1012 server is restarting", "gone"), traced);
  }
}
