package io.durablechat.core;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * A batch tried out before any of it is kept, by a log that could not take back what it has kept:
 * whether all that would be kept has a number above the last one of its room. Used by one thread.
 */
final class Rehearsal implements Decision.Basis {
  private final Decision.Basis before;
  private final ToLongFunction<RoomName> head;
  private final Duration retryWindow;
  private final Instant now;

  private final Map<RoomName, Long> ends = new HashMap<>();
  private final Map<Id, Use> uses = new HashMap<>();

  /** Messages that the batch has added, and those that it has taken away. */
  private final Map<Place, Boolean> messages = new HashMap<>();

  private record Id(RoomName room, String author, String id) {}

  private record Use(Decision.FirstUse first, Instant at) {}

  private record Place(RoomName room, long sequence) {}

  /**
   * A batch of which nothing was tried out yet.
   *
   * @param before what the log knows
   * @param head tells where a room ends
   * @param now when what has no time of its own would be kept
   */
  Rehearsal(
      Decision.Basis before, ToLongFunction<RoomName> head, Duration retryWindow, Instant now) {
    this.before = before;
    this.head = head;
    this.retryWindow = retryWindow;
    this.now = now;
  }

  /**
   * Tries out the next submission.
   *
   * @throws IllegalArgumentException if it would be kept, and its number is not above the last
   */
  void append(Submission submission) {
    if (Decision.against(submission, this).isEmpty()) {
      keep(submission);
      submission.others().forEach(this::keep);
    }
  }

  private void keep(Submission submission) {
    RoomName room = submission.room();
    long last = ends.computeIfAbsent(room, head::applyAsLong);
    long sequence = submission.stamp().map(s -> s.sequenceAfter(last)).orElse(last + 1);
    ends.put(room, sequence);
    Draft draft = submission.draft();
    Content content = draft.content();
    messages.put(new Place(room, sequence), content.isSaid());
    content.target().ifPresent(t -> messages.put(new Place(room, t), isStillSaid(content)));
    id(submission)
        .ifPresent(
            id ->
                uses.put(
                    id,
                    new Use(
                        new Decision.FirstUse(sequence, ByteBuffer.wrap(draft.digest())),
                        submission.stamp().map(Submission.Stamp::at).orElse(now))));
  }

  private static boolean isStillSaid(Content change) {
    return change.appliedTo(Content.said(Body.EMPTY)).isSaid();
  }

  private static Optional<Id> id(Submission submission) {
    return submission
        .draft()
        .id()
        .map(id -> new Id(submission.room(), submission.author().identity(), id));
  }

  @Override
  public Optional<Decision.FirstUse> firstUse(Submission submission) {
    Optional<Use> use = id(submission).map(uses::get).filter(u -> isRemembered(u, submission));
    return use.isPresent() ? use.map(Use::first) : before.firstUse(submission);
  }

  private boolean isRemembered(Use use, Submission submission) {
    return submission.stamp().isEmpty()
        || !use.at().isBefore(submission.stamp().get().at().minus(retryWindow));
  }

  @Override
  public boolean hasMessage(RoomName room, long sequence) {
    Boolean known = messages.get(new Place(room, sequence));
    return known == null ? before.hasMessage(room, sequence) : known;
  }
}
