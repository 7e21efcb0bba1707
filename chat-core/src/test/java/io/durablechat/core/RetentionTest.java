package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.RecordingOutbox;
import io.durablechat.testkit.SteppedExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A pass costs what has changed, not what there is. */
final class RetentionTest {
  private static final Member ANN = Member.anonymous();

  private final ManualClock clock = new ManualClock();
  private final MemoryMessageLog log = MemoryMessageLog.of(clock);
  private final LogWriter writer = new LogWriter(log, Runnable::run, new Followings());
  private final List<RoomName> asked = new ArrayList<>();
  private final Retention retention =
      new Retention(
          log,
          writer,
          room -> {
            asked.add(room);
            return room.value().startsWith("forever")
                ? Keep.FOREVER
                : room.value().startsWith("few")
                    ? Keep.newest(2)
                    : Keep.youngerThan(Duration.ofDays(1));
          });

  private static List<RoomName> rooms(String prefix, int number) {
    return IntStream.range(0, number).mapToObj(i -> RoomName.of(prefix + i)).toList();
  }

  private void publish(RoomName room) {
    writer.append(new Submission(room, ANN, Draft.text("x"))).toCompletableFuture().join();
  }

  /** Which rooms a pass asks the rule for. */
  private List<RoomName> pass() {
    asked.clear();
    retention.pass();
    return List.copyOf(asked);
  }

  private int askedWithNothingChanged(String prefix, int number) {
    rooms(prefix, number).forEach(this::publish);
    pass();
    pass();
    return pass().size();
  }

  @Test
  void whereNothingChangedAsManyAreAskedHoweverManyThereAre() {
    int few = askedWithNothingChanged("few", 1000);
    int many = askedWithNothingChanged("few again", 4000);
    assertTrue(few <= 500, "asked " + few + " of 1,000");
    assertTrue(many <= few, "asked " + many + " of 5,000, and " + few + " of 1,000");
  }

  @Test
  void whereRoomsAreFewAllAreAskedEachTime() {
    List<RoomName> rooms = rooms("forever", 20);
    rooms.forEach(this::publish);
    for (int i = 0; i < 3; i++) {
      assertEquals(rooms.size(), pass().size());
    }
  }

  @Test
  void allHaveTheirTurnInTime() {
    rooms("forever", 1200).forEach(this::publish);
    pass();
    List<RoomName> turns = new ArrayList<>();
    IntStream.range(0, 4).forEach(i -> turns.addAll(pass()));
    assertEquals(1200, turns.stream().distinct().count());
  }

  @Test
  void aRoomThatIsAppendedToIsLookedAtInTheNextPass() {
    rooms("forever", 2000).forEach(this::publish);
    RoomName few = RoomName.of("few");
    publish(few);
    pass();
    for (int round = 0; round < 5; round++) {
      IntStream.range(0, 10).forEach(i -> publish(few));
      assertTrue(pass().contains(few));
      assertEquals(2, log.read(few, Range.last(100)).entries().size());
    }
  }

  @Test
  void whatBecomesTooOldIsFoundAmongManyThatNeverDo() {
    rooms("forever", 2000).forEach(this::publish);
    List<RoomName> daily = rooms("daily", 3);
    for (RoomName room : daily) {
      publish(room);
      clock.move(Duration.ofHours(1));
    }
    pass();
    pass();
    clock.move(Duration.ofHours(21));
    for (RoomName room : daily) {
      clock.move(Duration.ofMinutes(1));
      List<RoomName> seen = pass();
      assertTrue(seen.contains(room));
      assertEquals(0, log.read(room, Range.last(10)).entries().size());
      clock.move(Duration.ofMinutes(59));
    }
    // The others were passed by on the way, once.
    assertTrue(pass().size() <= 500);
  }

  @Test
  void aRoomThatWasPassedByIsFoundAgain() {
    RoomName room = RoomName.of("daily");
    publish(room);
    clock.move(Duration.ofHours(13));
    publish(room);
    pass();
    for (int left = 1; left >= 0; left--) {
      clock.move(Duration.ofHours(12));
      pass();
      assertEquals(left, log.read(room, Range.last(10)).entries().size());
      clock.move(Duration.ofHours(1));
    }
    assertEquals(List.of(), log.rooms(Optional.empty(), 10), "it holds nothing any more");
  }

  @Test
  void whoComesBackToAForgottenRoomIsToldThatItWasTrimmedAndMissesNothing() {
    RoomName name = RoomName.of("daily");
    SteppedExecutor strands = new SteppedExecutor();
    Broadcaster broadcaster = LocalBroadcaster.inMemory(log);
    RoomDirectory directory = RoomDirectory.on(broadcaster).executors(strands, strands).open();
    for (int i = 0; i < 5; i++) {
      publish(name);
    }
    Cursor seen = log.head(name);
    clock.move(Duration.ofDays(2));
    pass();
    assertEquals(List.of(), log.rooms(Optional.empty(), 10));

    RecordingOutbox back = new RecordingOutbox();
    directory.room(name).join(ANN, Start.after(seen), back);
    strands.runAll();
    assertEquals(Joined.Resume.TRIMMED, back.joined().resume());
    assertTrue(back.joined().first().orElseThrow() > seen.sequence());
    back.joined().session().publish(Draft.text("anew"));
    strands.runAll();
    Entry next = back.entries().get(0);
    assertEquals(back.joined().cursor().sequence(), next.previous());
    assertTrue(next.sequence() > seen.sequence());
  }
}
