package io.durablechat.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Ordered storage of many rooms' messages: the storage port of {@link LocalBroadcaster}.
 *
 * <p>Threads: all methods may block. {@link #append} and {@link #trim} are called by one thread at
 * a time, the others by any number of threads beside it. Every implementation passes {@code
 * MessageLogContract}.
 */
public interface MessageLog extends AutoCloseable {
  /**
   * Appends the batch as one act. When this returns, what it reports as stored is as durable as
   * {@link #durability()} says and visible to readers. The results stand in the order of the batch;
   * submissions to one room are numbered in that order.
   *
   * <p>A {@link Kind#DELETE} makes the message it refers to {@link Draft#deleted()} in the same
   * act.
   *
   * @throws RuntimeException if nothing of the batch was kept
   */
  List<Appended> append(List<Submission> batch);

  /** The records of a room in this range; an empty page for a room that has none. */
  Page read(RoomName room, Range range);

  /** The end of a room's log; sequence 0 for a room that never had a record. */
  Cursor head(RoomName room);

  /**
   * Rooms that have had a record, in an order of the log's own, from the one after this on; none if
   * there are no more.
   */
  List<RoomName> rooms(Optional<RoomName> after, int atMost);

  /**
   * Removes the oldest records of a room that need not be kept, at most so many, and returns how
   * many those were. The head stays, and so do the ids of drafts.
   *
   * @throws RuntimeException if nothing was removed
   */
  int trim(RoomName room, Keep keep, int atMost);

  /** Whether {@link #trim} would find something to remove. */
  boolean hasBeyond(RoomName room, Keep keep);

  /**
   * Tries out whether something can be appended, by a write that changes nothing. Called by the
   * thread that appends.
   *
   * @throws RuntimeException if it cannot
   */
  default void probe() {}

  /**
   * Whether what is appended could be found again: false while the log knows, and has said, that
   * its place is gone. Nothing is appended then. Does not block.
   */
  default boolean canKeep() {
    return true;
  }

  /** What {@link #append} has done when it returns. */
  Durability durability();

  /** For how long after its first append a draft's id is remembered, at least. */
  Duration retryWindow();

  /** Releases what the log holds. Nothing is called afterwards; a second call is harmless. */
  @Override
  void close();
}
