package io.durablechat.jetty;

import io.durablechat.core.Batch;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Cursor;
import io.durablechat.core.Joined;
import io.durablechat.core.RoomMode;
import io.durablechat.core.Signal;
import java.util.Optional;

/**
 * The words in which one client is told of its rooms. Its methods are called in the room's turn,
 * one after another for each seat, and must not block.
 *
 * @param <P> what batches are made into, once for all clients that are told in the same words
 */
public interface EventWriter<P extends BatchGate.Payload> {
  /** Returns the batch in these words; empty if it says nothing in them. */
  Optional<P> encoded(Batch batch);

  /** The batch was taken, and will be written. */
  default void onTaken(Batch batch) {}

  /** Returns the signal in these words; empty if it says nothing in them. */
  default Optional<P> encoded(Signal signal) {
    return Optional.empty();
  }

  /** The signal was taken, and will be written. */
  default void onTaken(Signal signal) {}

  /** The seat's session is in its room; what else is told follows. */
  default void onJoined(Joined joined) {}

  /** The seat is slower than its room by more than a page. */
  default void onBehind(Cursor head) {}

  /** The seat has been given everything up to this head. */
  default void onLive(Cursor head) {}

  /** From now on the room goes like this. */
  default void onMode(RoomMode mode) {}

  /** The room has ended the seat's session. */
  void onClosed(CloseReason reason);
}
