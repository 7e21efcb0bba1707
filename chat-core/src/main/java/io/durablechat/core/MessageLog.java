package io.durablechat.core;

import io.durablechat.core.Submission.Stamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Ordered storage of many rooms' messages: the storage port of {@link LocalBroadcaster}.
 *
 * <p>Threads: all methods may block. {@link #append}, {@link #earlier}, {@link #trim} and {@link
 * #forget} are called by one thread at a time, the others by any number of threads beside it. Every
 * implementation passes {@code MessageLogContract}.
 */
public interface MessageLog extends AutoCloseable {
  /**
   * Appends the batch as one act. When this returns, what it reports as stored is as durable as
   * {@link #durability()} says and visible to readers. The results stand in the order of the batch;
   * submissions to one room are numbered in that order. A group has one result.
   *
   * <p>What is kept of a submission with a {@link Stamp} has its sequence and its time, unless the
   * record before it is later; its id is dated by it, and compared with what was used within the
   * retry window before it. Sequences may skip, and nothing takes longer for those that were
   * skipped.
   *
   * <p>A content with a {@linkplain Content#target() target} changes it in the same act, as {@link
   * Content#appliedTo} says.
   *
   * @throws IllegalArgumentException if a stamp's sequence, of something that would be kept, is not
   *     above the last one of its room; nothing of the batch was kept
   * @throws RuntimeException if nothing of the batch was kept
   */
  List<Decision> append(List<Submission> batch);

  /**
   * What another {@link #append} would make of a submission whose id its author has used in this
   * room: a {@link Decision.Duplicate} or a {@link Decision.Conflict}. Empty if the id is not
   * known, or not any more, or if there is none. Changes nothing. Called by the thread that
   * appends.
   */
  Optional<Decision> earlier(Submission submission);

  /** The records of a room in this range; an empty page for a room that has none. */
  Page read(RoomName room, Range range);

  /**
   * The place before a room's newest so many records. Reads nothing that they say, and takes no
   * longer for what does not count: of a million deletions no more than of one.
   */
  Place locate(RoomName room, Newest newest);

  /**
   * The end of a room's log. For a room that is not there, 0 until the log has {@linkplain #forget
   * forgotten} one, and then a number that none of those had reached.
   */
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
   * A room that holds records.
   *
   * @param room its name
   * @param oldest when the oldest record that it holds was kept
   */
  record Aged(RoomName room, Instant oldest) {}

  /**
   * Rooms whose oldest record is older than this: the oldest comes first, from the one after this
   * on; none if there are no more. A log of many rooms takes no longer for those it does not name.
   */
  List<Aged> roomsOlderThan(Duration age, Optional<Aged> after, int atMost);

  /**
   * Forgets rooms that hold no record, and none whose id may still be used again: at most so many,
   * and none with a {@linkplain RoomName#isReserved() reserved} name; returns how many those were.
   * Called by the thread that appends.
   *
   * <p>Nothing may be taken for something else by it. The numbers of a room that is made again
   * begin above all that it had, and so does the head of a room that is not there: who comes with a
   * cursor of a forgotten one is told that what it had is gone. The head of a room in use stays
   * what it is.
   *
   * @param inUse rooms whose head somebody goes by
   */
  int forget(Set<RoomName> inUse, int atMost);

  /**
   * Does a little of what is not urgent, such as letting go of what nothing refers to any more;
   * true if there is more of it. Called by the thread that appends.
   */
  default boolean tidy() {
    return false;
  }

  /** The summary of a room's log that was kept last, if it still is. */
  default Optional<Summary> summary(RoomName room) {
    return Optional.empty();
  }

  /**
   * Keeps a summary of a room's log instead of the one before. The log stays the truth: it may be
   * lost at any time. Called by the thread that appends.
   */
  default void keepSummary(RoomName room, Summary summary) {}

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
