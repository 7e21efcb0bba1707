package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.gateway.transport.Opcode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.websocket.core.Behavior;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OutgoingEntry;
import org.eclipse.jetty.websocket.core.internal.FrameFlusher;
import org.eclipse.jetty.websocket.core.internal.Generator;
import org.junit.jupiter.api.Test;

/** What {@link CoalescedFrame} relies on in Jetty, which is nowhere promised. */
final class CoalescedFrameTest {
  /** What was written, a buffer for each write. */
  private final List<byte[]> writes = new ArrayList<>();

  private final ByteArrayEndPoint socket =
      new ByteArrayEndPoint() {
        @Override
        public boolean flush(ByteBuffer... buffers) {
          ByteArrayOutputStream written = new ByteArrayOutputStream();
          for (ByteBuffer buffer : buffers) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            written.writeBytes(bytes);
          }
          writes.add(written.toByteArray());
          return true;
        }
      };
  private final FrameFlusher flusher =
      new FrameFlusher(
          new ArrayByteBufferPool(),
          new ScheduledExecutorScheduler(),
          new Generator(),
          socket,
          4096,
          8,
          Behavior.SERVER);

  private static EncodedFrames.Payload payload(byte opCode, int length) {
    return new EncodedFrames.Payload(opCode, UTF_8.encode("x".repeat(length)));
  }

  /** What Jetty writes for these frames one by one. */
  private ByteBuffer oneByOne(EncodedFrames outgoing) {
    for (EncodedFrames.Payload frame : outgoing.frames()) {
      send(new Frame(frame.opCode(), frame.bytes().duplicate()));
    }
    return taken();
  }

  /** All that was written since this was last asked. */
  private ByteBuffer taken() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    writes.forEach(all::writeBytes);
    writes.clear();
    return ByteBuffer.wrap(all.toByteArray());
  }

  private void send(Frame frame) {
    flusher.enqueue(new OutgoingEntry.Builder(frame, Callback.NOOP).build());
    flusher.iterate();
  }

  @Test
  void jettyWritesTheFramesAsIfThereWereManyButInOneWrite() {
    for (int first : new int[] {0, 1, 125, 126, 65_535, 65_536}) {
      EncodedFrames outgoing =
          EncodedFrames.of(
              List.of(
                  payload(Opcode.TEXT, first),
                  payload(Opcode.BINARY, 125),
                  payload(Opcode.TEXT, 0),
                  payload(Opcode.TEXT, 126),
                  payload(Opcode.BINARY, 65_535),
                  payload(Opcode.TEXT, 65_536)));
      ByteBuffer expected = oneByOne(outgoing);
      send(new CoalescedFrame(outgoing));
      assertEquals(1, writes.size());
      assertEquals(expected, taken(), "first of " + first);
      assertEquals(expected, outgoing.wire());
    }
  }

  @Test
  void whatIsSharedIsNotUsedUp() {
    EncodedFrames outgoing =
        EncodedFrames.of(List.of(payload(Opcode.TEXT, 3), payload(Opcode.TEXT, 4)));
    for (int i = 0; i < 3; i++) {
      send(new CoalescedFrame(outgoing));
      assertEquals(outgoing.wire(), taken());
    }
    assertTrue(outgoing.wire().hasRemaining());
  }
}
