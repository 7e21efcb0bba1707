package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;

/**
 * Frames that go to the socket in one act. The payloads are shared by all sessions and never
 * change.
 *
 * @param frames at least one
 */
record Outgoing(List<Payload> frames) {

  /** One frame's opcode and content. */
  record Payload(byte opCode, ByteBuffer bytes) {
    /** A frame for one session: its own position in the shared bytes. */
    Frame frame() {
      return new Frame(opCode, bytes.duplicate());
    }
  }

  static Outgoing text(String text) {
    return new Outgoing(List.of(new Payload(OpCode.TEXT, UTF_8.encode(text))));
  }
}
