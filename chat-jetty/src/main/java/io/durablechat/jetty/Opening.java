package io.durablechat.jetty;

import io.durablechat.core.Room;
import io.durablechat.core.Start;
import java.util.concurrent.Executor;

/** A connection that has been opened, and what a conversation on it is made of. */
public final class Opening {
  private final Reception reception;
  private final Room room;
  private final Start start;
  private final FrameSender sender;
  private final Caller caller;
  private final ReadPace pace;
  private final Executor executor;

  /**
   * An opening in this room.
   *
   * @param start where its session begins, if the dialect has that in the handshake
   * @param executor where what takes a while is put into words
   */
  Opening(
      Reception reception,
      Room room,
      Start start,
      FrameSender sender,
      Caller caller,
      ReadPace pace,
      Executor executor) {
    this.reception = reception;
    this.room = room;
    this.start = start;
    this.sender = sender;
    this.caller = caller;
    this.pace = pace;
    this.executor = executor;
  }

  Reception reception() {
    return reception;
  }

  /** Returns the room that the handshake named. */
  public Room room() {
    return room;
  }

  /** Returns where its session begins, if the dialect has that in the handshake. */
  public Start start() {
    return start;
  }

  FrameSender sender() {
    return sender;
  }

  Caller caller() {
    return caller;
  }

  ReadPace pace() {
    return pace;
  }

  /** Returns a seat in the room, which is not taken yet. */
  Seat<EncodedFrames> seat(String dialect, EventWriter<EncodedFrames> writer) {
    return new Seat<>(caller, room, dialect, writer, sender.gate(), reception.meters());
  }

  /** Returns the pages of history that the client may ask for. */
  HistoryPages pages() {
    return new HistoryPages(caller.charges(), sender, executor);
  }
}
