package io.durablechat.jetty;

import io.durablechat.gateway.transport.EncodedFrames;
import org.eclipse.jetty.websocket.core.Frame;

/**
 * Many ready-made frames that are one frame to Jetty: the first, whose payload goes on past its end
 * with the others, headers and all.
 *
 * <p>Jetty sends one frame a write, and writes are what deliveries cost. Its generator takes the
 * length in a frame's header from {@link #getPayloadLength()}, and its flusher writes all of {@link
 * #getPayload()} in the same gathering write, so that no pong and no close can come between the
 * frames. This holds as long as nobody else looks at the payload: without extensions, unmasked (as
 * servers send), not in Jetty's batch mode, and not longer than {@code maxFrameSize}, which would
 * have it cut. {@link JettySink} sees to that, and {@code CoalescedFrameTest} fails with a Jetty
 * that does it another way.
 */
final class CoalescedFrame extends Frame {
  private final int firstLength;

  CoalescedFrame(EncodedFrames outgoing) {
    super(outgoing.opCode(), outgoing.wireFromFirstBody());
    this.firstLength = outgoing.firstLength();
  }

  @Override
  public int getPayloadLength() {
    return firstLength;
  }
}
