package io.durablechat.gateway;

import io.durablechat.core.Batch;
import io.durablechat.core.Draft;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.Room;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.core.Start;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.testkit.SteppedExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

/** What it costs to put a batch into the form in which all sessions of a dialect are sent it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EncodeBenchmark {
  /** How many messages of 100 bytes the batch has. */
  @Param({"1", "40"})
  private int messages;

  private Batch batch;

  /** Lets a room make the batch. */
  @Setup
  public void gather() {
    SteppedExecutor strands = new SteppedExecutor();
    RoomDirectory rooms =
        RoomDirectory.on(LocalBroadcaster.inMemory()).executors(strands, strands).open();
    Room room = rooms.room(RoomName.of("general"));
    List<Batch> batches = new ArrayList<>();
    room.join(Member.anonymous(), Start.live(), batches::add);
    strands.runAll();
    for (int i = 0; i < messages; i++) {
      room.publish(Member.anonymous(), Draft.text("x".repeat(100)));
    }
    strands.runAll();
    batch = batches.get(0);
  }

  /** Frames, for plain clients. */
  @Benchmark
  public Optional<EncodedFrames> plain() {
    return PlainConversation.FRAMES.encode(batch);
  }

  /** Lines, for {@code chat.v1}. */
  @Benchmark
  public EncodedFrames chatV1() {
    return ServerObjects.BATCH.encode(batch).orElseThrow();
  }
}
