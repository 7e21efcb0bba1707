package io.durablechat.gateway;

import io.durablechat.core.CloseReason;
import io.durablechat.gateway.transport.Completion;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.gateway.transport.FrameSink;
import io.durablechat.gateway.transport.Opcode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** A socket that takes frames at once, or stalls. */
public final class FakeSocket implements FrameSink {
  public final List<String> sent = new ArrayList<>();
  public final Queue<Completion> unwritten = new ArrayDeque<>();
  public long now = Duration.ofHours(1).toNanos();
  public long bytesTaken;
  public long bytesIn;
  public int writes;
  public boolean stalled;
  public boolean aborted;
  public boolean broken;

  public Connection.Wire wire() {
    return new Connection.Wire() {
      @Override
      public long bytesIn() {
        return bytesIn;
      }

      @Override
      public long bytesTaken() {
        return bytesTaken;
      }
    };
  }

  @Override
  public void write(EncodedFrames frames, Completion done) {
    for (EncodedFrames.Payload frame : frames.frames()) {
      String content = StandardCharsets.UTF_8.decode(frame.bytes().duplicate()).toString();
      sent.add(
          switch (frame.opCode()) {
            case Opcode.PING -> "PING";
            case Opcode.PONG -> "PONG " + content;
            case Opcode.CLOSE -> "CLOSE " + frame.bytes().getShort(0);
            default -> content;
          });
    }
    take(done);
  }

  @Override
  public void close(CloseReason reason, Completion done) {
    sent.add("CLOSE " + reason.code());
    take(done);
  }

  private void take(Completion done) {
    if (broken) {
      throw new IllegalStateException("inner detail");
    }
    writes++;
    if (stalled) {
      unwritten.add(done);
    } else {
      done.succeeded();
    }
  }

  /** What was to be written first is; what comes then stalls again. */
  public void recoverOnce() {
    unwritten.remove().succeeded();
  }

  public void recover() {
    stalled = false;
    while (!unwritten.isEmpty()) {
      unwritten.remove().succeeded();
    }
  }

  @Override
  public void abort() {
    aborted = true;
  }
}
