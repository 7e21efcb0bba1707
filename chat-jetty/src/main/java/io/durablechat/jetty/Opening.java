package io.durablechat.jetty;

import io.durablechat.core.Room;
import io.durablechat.core.Start;
import java.util.concurrent.Executor;

/**
 * A connection that has been opened, and what a conversation on it is made of.
 *
 * @param start where its session begins, if the dialect has that in the handshake
 * @param executor where what takes a while is put into words
 */
record Opening(
    Reception reception,
    Room room,
    Start start,
    FrameSender sender,
    Caller caller,
    ReadPace pace,
    Executor executor) {
  /** Returns a seat in the room, which is not taken yet. */
  Seat<EncodedFrames> seat(String dialect, EventWriter<EncodedFrames> writer) {
    return new Seat<>(caller, room, dialect, writer, sender.gate(), reception.meters());
  }

  /** Returns the pages of history that the client may ask for. */
  HistoryPages pages() {
    return new HistoryPages(caller.charges(), sender, executor);
  }
}
