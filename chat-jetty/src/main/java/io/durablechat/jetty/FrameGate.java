package io.durablechat.jetty;

/** The gate of one session's batches into a {@link FrameSender}. */
final class FrameGate extends BatchGate<Outgoing> implements FrameQueue.Item {
  FrameGate(HeldBytes.From room) {
    super(room);
  }
}
