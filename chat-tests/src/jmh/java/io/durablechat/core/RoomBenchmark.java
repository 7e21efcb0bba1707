package io.durablechat.core;

import io.durablechat.testkit.SteppedExecutor;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a room does for a message beside writing it: keeping it in memory, and fan-out. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RoomBenchmark {
  private static final RoomName GENERAL = RoomName.of("general");
  private static final Member ANN = Member.anonymous();
  private static final Draft DRAFT = Draft.text("x".repeat(100));

  /** How many sessions the room has; each takes what it is offered and does nothing with it. */
  @Param({"0", "10", "100", "1000"})
  private int sessions;

  private final MemoryMessageLog log = MemoryMessageLog.of(InstantSource.system());
  private final SteppedExecutor strands = new SteppedExecutor();
  private final List<Submission> one = List.of(new Submission(GENERAL, ANN, DRAFT));
  private Room room;

  /** Fills the room. */
  @Setup
  public void join() {
    RoomDirectory rooms =
        RoomDirectory.on(LocalBroadcaster.inMemory()).executors(strands, strands).open();
    room = rooms.room(GENERAL);
    for (int i = 0; i < sessions; i++) {
      room.join(Member.anonymous(), Start.live(), batch -> true);
    }
    strands.runAll();
  }

  /** One message into the log in memory. */
  @Benchmark
  public List<Decision> append() {
    return log.append(one);
  }

  /** One message published, kept in memory and offered to every session. */
  @Benchmark
  public void publish() {
    room.publish(ANN, DRAFT);
    strands.runAll();
  }
}
