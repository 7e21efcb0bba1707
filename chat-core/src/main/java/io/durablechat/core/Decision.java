package io.durablechat.core;

import io.durablechat.core.RefusedException.Reason;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What becomes of one submission of a batch. Every log decides by {@link #against} and {@link
 * #earlier}, so that all decide alike and in the same order: first by the id, then by the message
 * that would be deleted.
 */
public sealed interface Decision {
  /** It was kept. */
  record Kept(Message message) implements Decision {}

  /** It had been kept before, under this sequence. Nothing was added. */
  record Duplicate(long sequence) implements Decision {}

  /** Its author has used its id for another draft. Nothing was added. */
  record Conflict() implements Decision {}

  /** It would delete a message that is not there, or not any more. Nothing was added. */
  record Missing() implements Decision {}

  /**
   * The first draft that was kept under an id.
   *
   * @param sequence the sequence that it was kept under
   * @param digest its {@linkplain Draft#digest() digest}
   */
  record FirstUse(long sequence, ByteBuffer digest) {}

  /** What a log knows that decisions are made by. */
  interface Basis {
    /** The first use of the submission's id by its author in its room, if it is remembered. */
    Optional<FirstUse> firstUse(Submission submission);

    /** Whether there is such a message: said, and neither deleted nor removed since. */
    boolean hasMessage(RoomName room, long sequence);
  }

  /** Decides whether something speaks against keeping a submission; empty if nothing does. */
  static Optional<Decision> against(Submission submission, Basis basis) {
    Optional<Decision> earlier = earlier(submission, basis);
    if (earlier.isPresent() || submission.draft().kind() != Kind.DELETE) {
      return earlier;
    }
    return basis.hasMessage(submission.room(), submission.draft().refersTo().orElse(0))
        ? Optional.empty()
        : Optional.of(new Missing());
  }

  /** Decides by the id alone: a duplicate, a conflict, or empty if it has no id or a new one. */
  static Optional<Decision> earlier(Submission submission, Basis basis) {
    return submission.draft().id().isEmpty()
        ? Optional.empty()
        : basis
            .firstUse(submission)
            .map(
                first ->
                    first.digest().equals(ByteBuffer.wrap(submission.draft().digest()))
                        ? new Duplicate(first.sequence())
                        : new Conflict());
  }

  /**
   * Returns the receipt that its publisher gets.
   *
   * @throws RefusedException {@code CONFLICT} or {@code NOT_FOUND}, if it was not kept
   */
  default Receipt receipt() {
    if (this instanceof Kept kept) {
      return new Receipt(kept.message().sequence(), false);
    } else if (this instanceof Duplicate duplicate) {
      return new Receipt(duplicate.sequence(), true);
    } else if (this instanceof Missing) {
      throw RefusedException.noSuchMessage();
    }
    throw RefusedException.of(Reason.CONFLICT, "this id was used for another message");
  }
}
