package io.durablechat.jetty;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.OutgoingEntry;

/** A socket that takes frames at once, or stalls. */
final class FakeSocket extends CoreSession.Empty {
  final List<String> sent = new ArrayList<>();
  final Queue<Callback> unwritten = new ArrayDeque<>();
  long now = Duration.ofHours(1).toNanos();
  long bytesTaken;
  long bytesIn;
  int flushes;
  boolean stalled;
  boolean aborted;
  boolean broken;

  Connection.Wire wire() {
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
  public void sendFrame(OutgoingEntry entry) {
    if (broken) {
      throw new IllegalStateException("inner detail");
    }
    Frame frame = entry.getFrame();
    sent.add(
        switch (frame.getOpCode()) {
          case OpCode.PING -> "PING";
          case OpCode.CLOSE -> "CLOSE " + frame.getPayload().getShort(0);
          default -> StandardCharsets.UTF_8.decode(frame.getPayload()).toString();
        });
    flushes += entry.isBatch() ? 0 : 1;
    if (stalled) {
      unwritten.add(entry.getCallback());
    } else {
      entry.getCallback().succeeded();
    }
  }

  void recover() {
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
