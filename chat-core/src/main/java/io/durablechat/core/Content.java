package io.durablechat.core;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * The content of a draft, and of the entry that it becomes. Immutable.
 *
 * <p>Whether an entry changes another one as it is kept, and what that becomes, is said here alone:
 * {@link #target} and {@link #appliedTo}. Every log does as these say, and so does whoever checks
 * what another one has done.
 */
public sealed interface Content {
  /** The name of a content in files, in digests and on the wire. */
  enum Kind {
    /** A message from a client that speaks a chat protocol. */
    MESSAGE,
    /** A frame from a client that speaks none: relayed as it came, text or binary. */
    PLAIN,
    /** The deletion of the message it refers to, which from then on says nothing. */
    DELETE,
    /** A message that was deleted: its author and time are left, and nothing else. */
    DELETED,
    /** A {@link io.durablechat.core.Ruling}; only in {@link Moderation#TRAIL}. */
    RULING;

    /** Returns whether it is something that somebody said and that can be changed. */
    public boolean isSaid() {
      return this == MESSAGE || this == PLAIN;
    }
  }

  /**
   * A message.
   *
   * @param body what it says
   * @param replyTo the sequence of the entry that it replies to
   * @param isPlain whether it is relayed as it came, for clients that speak no chat protocol
   */
  record Said(Body body, OptionalLong replyTo, boolean isPlain) implements Content {
    /**
     * Checks the sequence.
     *
     * @throws IllegalArgumentException unless it is positive
     */
    public Said {
      Objects.requireNonNull(body);
      if (replyTo.isPresent()) {
        requireSequence("replyTo", replyTo.getAsLong());
      }
    }

    @Override
    public Kind kind() {
      return isPlain ? Kind.PLAIN : Kind.MESSAGE;
    }

    @Override
    public OptionalLong refersTo() {
      return replyTo;
    }

    Said with(Body newBody) {
      return new Said(newBody, replyTo, isPlain);
    }

    Said inReplyTo(long sequence) {
      return new Said(body, OptionalLong.of(sequence), isPlain);
    }
  }

  /**
   * The deletion of a message.
   *
   * @param message its sequence
   */
  record Deletion(long message) implements Content {
    /**
     * Checks the sequence.
     *
     * @throws IllegalArgumentException unless it is positive
     */
    public Deletion {
      requireSequence("what is deleted", message);
    }

    @Override
    public Kind kind() {
      return Kind.DELETE;
    }

    @Override
    public OptionalLong refersTo() {
      return OptionalLong.of(message);
    }

    @Override
    public OptionalLong target() {
      return OptionalLong.of(message);
    }

    @Override
    public Content appliedTo(Content target) {
      return new Deleted(target.refersTo());
    }
  }

  /**
   * The rest of a message that was deleted.
   *
   * @param replyTo the sequence of the entry that it replied to
   */
  record Deleted(OptionalLong replyTo) implements Content {
    /**
     * Checks the sequence.
     *
     * @throws IllegalArgumentException unless it is positive, if there is one
     */
    public Deleted {
      replyTo.ifPresent(sequence -> requireSequence("replyTo", sequence));
    }

    @Override
    public Kind kind() {
      return Kind.DELETED;
    }

    @Override
    public OptionalLong refersTo() {
      return replyTo;
    }
  }

  /**
   * A ruling of those who moderate.
   *
   * @param body the ruling in words
   */
  record Ruled(Body body) implements Content {
    /** Checks that there is one. */
    public Ruled {
      Objects.requireNonNull(body);
    }

    @Override
    public Kind kind() {
      return Kind.RULING;
    }
  }

  /** Returns a message that says this. */
  static Content said(Body body) {
    return new Said(body, OptionalLong.empty(), false);
  }

  /** Returns a message that says this, to be relayed as it came. */
  static Content plain(Body body) {
    return new Said(body, OptionalLong.empty(), true);
  }

  /**
   * Restores a content from its parts. What its kind does not have is left out.
   *
   * @throws IllegalArgumentException if a sequence that it must have is missing, or is none
   */
  static Content of(Kind kind, OptionalLong refersTo, Body body) {
    return switch (kind) {
      case MESSAGE -> new Said(body, refersTo, false);
      case PLAIN -> new Said(body, refersTo, true);
      case DELETE -> new Deletion(refersTo.orElse(0));
      case DELETED -> new Deleted(refersTo);
      case RULING -> new Ruled(body);
    };
  }

  /** Returns its kind. */
  Kind kind();

  /** Returns what it says; an empty text if it says nothing. */
  default Body body() {
    return Body.EMPTY;
  }

  /** Returns the sequence of the entry that it refers to, if any. */
  default OptionalLong refersTo() {
    return OptionalLong.empty();
  }

  /** Returns whether it is a message. */
  default boolean isSaid() {
    return kind().isSaid();
  }

  /**
   * Returns the sequence of the message that is changed as this is kept; empty if this changes
   * nothing. A log keeps it only if that message is there.
   */
  default OptionalLong target() {
    return OptionalLong.empty();
  }

  /** Returns what its target becomes as this is kept: the same if that was done before. */
  default Content appliedTo(Content target) {
    return target;
  }

  private static void requireSequence(String what, long sequence) {
    if (sequence <= 0) {
      throw new IllegalArgumentException(what + " must be a sequence, from 1 up: " + sequence);
    }
  }
}
