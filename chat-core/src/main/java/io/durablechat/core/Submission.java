package io.durablechat.core;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A draft on its way into the log, alone or as the first of a group that is kept whole or not at
 * all.
 *
 * @param room where it was published
 * @param author by whom
 * @param draft what was published
 * @param stamp the number and time that it was given elsewhere; empty if the log gives them
 * @param others what is kept right after it in the same room, in this order; they have a stamp if
 *     it has one, and no others of their own
 */
public record Submission(
    RoomName room, Member author, Draft draft, Optional<Stamp> stamp, List<Submission> others) {
  /**
   * Checks the group.
   *
   * @throws IllegalArgumentException unless it is of one room, all stamped upwards or none, and
   *     neither uses an id nor changes a message twice
   */
  public Submission {
    if (!others.isEmpty()) {
      others = List.copyOf(others);
      requireGroup(room, author, draft, stamp, others);
    }
  }

  /** A draft that the log numbers and dates. */
  public Submission(RoomName room, Member author, Draft draft) {
    this(room, author, draft, Optional.empty(), List.of());
  }

  /** Returns the same, numbered and dated elsewhere. */
  public Submission stamped(Stamp newStamp) {
    return new Submission(room, author, draft, Optional.of(newStamp), others);
  }

  /** Returns the same as the first of a group. */
  public Submission with(List<Submission> newOthers) {
    return new Submission(room, author, draft, stamp, newOthers);
  }

  /**
   * The number and the time that something was given elsewhere: by the engine that this log is a
   * replica of.
   *
   * @param sequence its sequence, from 1 up; numbers of one room rise and may skip
   * @param at when it was kept there, in whole milliseconds: what is below one is cut off
   */
  public record Stamp(long sequence, Instant at) {
    /** The highest sequence: what every log can hold. */
    public static final long MAX_SEQUENCE = (1L << 36) - 1;

    /**
     * Checks the sequence.
     *
     * @throws IllegalArgumentException unless it is positive and at most {@link #MAX_SEQUENCE}
     */
    public Stamp {
      if (sequence < 1 || sequence > MAX_SEQUENCE) {
        throw new IllegalArgumentException("a sequence is 1 to " + MAX_SEQUENCE + ": " + sequence);
      }
      at = at.truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * Returns the sequence, which has to be above the last one of its room.
     *
     * @throws IllegalArgumentException if it is not
     */
    public long sequenceAfter(long last) {
      if (sequence <= last) {
        throw new IllegalArgumentException(
            "sequence " + sequence + " was given elsewhere, where the room ends at " + last);
      }
      return sequence;
    }
  }

  private record UsedId(String author, String id) {}

  private static void requireGroup(
      RoomName room, Member author, Draft draft, Optional<Stamp> stamp, List<Submission> others) {
    Set<Object> unique = new HashSet<>(once(author, draft));
    long last = stamp.map(Stamp::sequence).orElse(0L);
    for (Submission other : others) {
      if (!other.room().equals(room) || !other.others().isEmpty()) {
        throw new IllegalArgumentException("a group is of one room, and holds no other groups");
      }
      if (other.stamp().isPresent() != stamp.isPresent()) {
        throw new IllegalArgumentException("a group is numbered elsewhere as a whole, or not");
      }
      last = stamp.isPresent() ? other.stamp().orElseThrow().sequenceAfter(last) : 0;
      for (Object each : once(other.author(), other.draft())) {
        if (!unique.add(each)) {
          throw new IllegalArgumentException(
              "a group uses an id once, and changes a message once: " + other.draft());
        }
      }
    }
  }

  /** What there may be once in a group: so that each can be decided about by what was before. */
  private static List<Object> once(Member author, Draft draft) {
    return Stream.<Object>concat(
            draft.id().map(id -> new UsedId(author.identity(), id)).stream(),
            draft.content().target().stream().boxed())
        .toList();
  }
}
