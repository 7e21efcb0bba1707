package io.durablechat.jetty;

import io.durablechat.core.CloseReason;
import io.durablechat.core.Outbox;
import java.nio.ByteBuffer;

/**
 * What frames mean on one connection, and how it is told of its room. Frames come one after another
 * on Jetty's threads, the room's events on its strand, the rest from any thread.
 */
interface Dialect extends Outbox {
  /** The connection is open and known: what this sets off may end it at once. */
  void onOpen();

  /** A text frame, whole. */
  void onText(String text);

  /** A binary frame, whole. */
  void onBinary(ByteBuffer data);

  /** About a second has passed. */
  default void onTick() {}

  /** The connection is gone. */
  void onGone();

  /** Ends the connection from this side, saying why. */
  void close(CloseReason reason);
}
