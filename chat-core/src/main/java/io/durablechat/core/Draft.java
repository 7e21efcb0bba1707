package io.durablechat.core;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What somebody wants to say, not yet numbered. Immutable.
 *
 * <p>A draft with an id is published at most once for its author and room within the {@linkplain
 * Broadcaster#retryWindow() retry window}, however often it is handed in. The {@linkplain #digest()
 * digest} tells a retry from another draft that uses the same id by mistake.
 */
public final class Draft {
  /** The longest id, in characters. */
  public static final int MAX_ID_CHARS = 64;

  /** The length of a {@linkplain #digest() digest}. */
  public static final int DIGEST_BYTES = 32;

  private final Kind kind;
  private final Optional<String> id;
  private final long refersTo;
  private final Body body;
  private final Body asSent;

  /** The digest that it was kept with elsewhere; empty if it is computed from what was sent. */
  private final Optional<ByteBuffer> keptDigest;

  private Draft(
      Kind kind,
      Optional<String> id,
      long refersTo,
      Body body,
      Body asSent,
      Optional<ByteBuffer> keptDigest) {
    this.kind = Objects.requireNonNull(kind);
    this.id = id;
    this.refersTo = refersTo;
    this.body = Objects.requireNonNull(body);
    this.asSent = asSent;
    this.keptDigest = keptDigest;
  }

  private Draft(Kind kind, Optional<String> id, long refersTo, Body body, Body asSent) {
    this(kind, id, refersTo, body, asSent, Optional.empty());
  }

  /** A draft without id and reference. */
  public static Draft of(Kind kind, Body body) {
    return new Draft(kind, Optional.empty(), 0, body, body);
  }

  /**
   * A message of this text.
   *
   * @throws IllegalArgumentException if the text holds an unpaired surrogate
   */
  public static Draft text(String text) {
    return of(Kind.MESSAGE, Body.text(text));
  }

  /**
   * Has a message deleted: its body is blanked as this is kept.
   *
   * @param sequence of the message
   * @throws IllegalArgumentException unless the sequence is positive
   */
  public static Draft deletion(long sequence) {
    return of(Kind.DELETE, Body.text("")).inReplyTo(sequence);
  }

  /**
   * Restores a draft that was kept elsewhere, where its body may have been {@linkplain #rewritten
   * rewritten} or blanked since it was sent.
   *
   * @param refersTo the sequence of the record it refers to, if any
   * @param body what it says now
   * @param digest its {@linkplain #digest() digest} as sent, of {@value #DIGEST_BYTES} bytes
   * @throws IllegalArgumentException if the id, the sequence or the digest is none
   */
  public static Draft kept(
      Kind kind, Optional<String> id, OptionalLong refersTo, Body body, byte[] digest) {
    if (digest.length != DIGEST_BYTES) {
      throw new IllegalArgumentException(
          "a digest has " + DIGEST_BYTES + " bytes, not " + digest.length);
    }
    Draft draft = of(kind, body);
    draft = id.isPresent() ? draft.withId(id.get()) : draft;
    draft = refersTo.isPresent() ? draft.inReplyTo(refersTo.getAsLong()) : draft;
    return new Draft(
        kind, draft.id, draft.refersTo, body, body, Optional.of(ByteBuffer.wrap(digest.clone())));
  }

  /**
   * This draft under an id chosen by its author.
   *
   * @throws IllegalArgumentException unless the id is 1 to {@value #MAX_ID_CHARS} printable ASCII
   *     characters
   */
  public Draft withId(String newId) {
    if (newId.isEmpty()
        || newId.length() > MAX_ID_CHARS
        || !newId.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "id must be 1 to " + MAX_ID_CHARS + " printable ASCII characters");
    }
    return new Draft(kind, Optional.of(newId), refersTo, body, asSent, keptDigest);
  }

  /**
   * This draft, referring to an earlier record of its room: what a message replies to, or what is
   * deleted.
   *
   * @throws IllegalArgumentException unless the sequence is positive
   */
  public Draft inReplyTo(long sequence) {
    if (sequence <= 0) {
      throw new IllegalArgumentException("replyTo must be a sequence, from 1 up: " + sequence);
    }
    return new Draft(kind, id, sequence, body, asSent);
  }

  /**
   * This draft with its body rewritten, as a {@link RoomPolicy} may do. The digest stays that of
   * the body as sent: its author, who does not know of the rewriting, may still retry it.
   */
  public Draft rewritten(Body newBody) {
    return new Draft(kind, id, refersTo, newBody, asSent, keptDigest);
  }

  /** What is left of this draft once it has been deleted. */
  public Draft deleted() {
    Body nothing = Body.text("");
    return new Draft(Kind.DELETED, id, refersTo, nothing, nothing);
  }

  /** What kind of record this becomes. */
  public Kind kind() {
    return kind;
  }

  /** The id that makes publishing idempotent, if the author chose one. */
  public Optional<String> id() {
    return id;
  }

  /** The sequence of the record this one refers to, if any. */
  public OptionalLong refersTo() {
    return refersTo == 0 ? OptionalLong.empty() : OptionalLong.of(refersTo);
  }

  /** What it says. */
  public Body body() {
    return body;
  }

  /**
   * Returns the SHA-256 over all that was sent but the id; a fresh copy. Computed at each call,
   * unless the draft was {@linkplain #kept restored} with it.
   */
  public byte[] digest() {
    if (keptDigest.isPresent()) {
      return keptDigest.get().array().clone();
    }
    MessageDigest sha = Member.sha256();
    sha.update(
        (kind.name() + ' ' + refersTo + (asSent.isText() ? " text " : " binary "))
            .getBytes(US_ASCII));
    sha.update(asSent.bytes());
    return sha.digest();
  }

  /** Whether it says the same; what it said before it was rewritten does not count. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Draft that
        && kind == that.kind
        && id.equals(that.id)
        && refersTo == that.refersTo
        && body.equals(that.body);
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, id, refersTo, body);
  }

  @Override
  public String toString() {
    return kind + " " + id.orElse("without id") + ", " + body;
  }
}
