package io.durablechat.core;

import io.durablechat.core.RefusedException.Reason;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The outcome of one submission of a batch: of a draft, or of a group as a whole. Every log decides
 * by {@link #against} and {@link #earlier}, so that all decide alike and in the same order: first
 * by the id, then by the message that would be changed.
 */
public sealed interface Decision {
  /**
   * It was kept.
   *
   * @param others what was kept of the others of its group, in their order
   */
  record Kept(Entry entry, List<Entry> others) implements Decision {
    /** It was kept, alone. */
    public Kept(Entry entry) {
      this(entry, List.of());
    }

    /** Copies the list. */
    public Kept {
      others = List.copyOf(others);
    }

    /** Returns the last that was kept. */
    public Entry last() {
      return others.isEmpty() ? entry : others.get(others.size() - 1);
    }
  }

  /** It had been kept before, under this sequence. Nothing was added. */
  record Duplicate(long sequence) implements Decision {}

  /** Its author has used its id for another draft. Nothing was added. */
  record Conflict() implements Decision {}

  /** It would change a message that is not there, or not any more. Nothing was added. */
  record Missing() implements Decision {}

  /**
   * The first draft that was kept under an id.
   *
   * @param sequence the sequence that it was kept under
   * @param digest its {@linkplain Draft#digest() digest}
   */
  record FirstUse(long sequence, ByteBuffer digest) {}

  /** The facts of a log that decisions rest on. */
  interface Basis {
    /** The first use of the submission's id by its author in its room, if it is remembered. */
    Optional<FirstUse> firstUse(Submission submission);

    /** Returns whether there is such a message: said, and neither deleted nor removed since. */
    boolean hasMessage(RoomName room, long sequence);
  }

  /**
   * Decides whether something speaks against keeping a submission; empty if nothing does. Of a
   * group the first is decided about as if it were alone. If it can be kept, and another one
   * cannot, nothing is: for want of the message that this would change, or because its id was used
   * before, which is a conflict whatever it was used for.
   */
  static Optional<Decision> against(Submission submission, Basis basis) {
    Optional<Decision> first = againstOne(submission, basis);
    if (first.isPresent() || submission.others().isEmpty()) {
      return first;
    }
    return submission.others().stream()
        .flatMap(other -> againstOne(other, basis).stream())
        .map(decision -> decision instanceof Duplicate ? new Conflict() : decision)
        .findFirst();
  }

  private static Optional<Decision> againstOne(Submission submission, Basis basis) {
    Optional<Decision> earlier = earlier(submission, basis);
    OptionalLong target = submission.draft().content().target();
    if (earlier.isPresent() || target.isEmpty()) {
      return earlier;
    }
    return basis.hasMessage(submission.room(), target.getAsLong())
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
      return new Receipt(kept.entry().sequence(), false);
    } else if (this instanceof Duplicate duplicate) {
      return new Receipt(duplicate.sequence(), true);
    } else if (this instanceof Missing) {
      throw RefusedException.noSuchMessage();
    }
    throw RefusedException.of(Reason.CONFLICT, "this id was used for another message");
  }
}
