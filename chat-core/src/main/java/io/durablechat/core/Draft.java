package io.durablechat.core;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;

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

  private final Content content;
  private final Optional<String> id;

  /** The content before it was rewritten. */
  private final Content sent;

  /** The digest that it was kept with elsewhere; empty if it is computed from what was sent. */
  private final Optional<ByteBuffer> keptDigest;

  private Draft(
      Content content, Optional<String> id, Content sent, Optional<ByteBuffer> keptDigest) {
    this.content = Objects.requireNonNull(content);
    this.id = id;
    this.sent = sent;
    this.keptDigest = keptDigest;
  }

  /** A draft without id. */
  public static Draft of(Content content) {
    return new Draft(content, Optional.empty(), content, Optional.empty());
  }

  /**
   * A message of this text.
   *
   * @throws IllegalArgumentException if the text holds an unpaired surrogate
   */
  public static Draft text(String text) {
    return of(Content.said(Body.text(text)));
  }

  /**
   * Has a message deleted: its body is blanked as this is kept.
   *
   * @param sequence of the message
   * @throws IllegalArgumentException unless the sequence is positive
   */
  public static Draft deletion(long sequence) {
    return of(new Content.Deletion(sequence));
  }

  /**
   * Restores a draft that was kept elsewhere, where it may have been {@linkplain #rewritten
   * rewritten} or changed since it was sent.
   *
   * @param content what it is now
   * @param digest its {@linkplain #digest() digest} as sent, of {@value #DIGEST_BYTES} bytes
   * @throws IllegalArgumentException if the id or the digest is none
   */
  public static Draft kept(Content content, Optional<String> id, byte[] digest) {
    if (digest.length != DIGEST_BYTES) {
      throw new IllegalArgumentException(
          "a digest has " + DIGEST_BYTES + " bytes, not " + digest.length);
    }
    Draft draft = id.isPresent() ? of(content).withId(id.get()) : of(content);
    return new Draft(content, draft.id, content, Optional.of(ByteBuffer.wrap(digest.clone())));
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
    return new Draft(content, Optional.of(newId), sent, keptDigest);
  }

  /**
   * This message, in reply to an earlier entry of its room.
   *
   * @throws IllegalArgumentException unless the sequence is positive, and this is a message
   */
  public Draft inReplyTo(long sequence) {
    if (!(content instanceof Content.Said said && sent instanceof Content.Said saidAtFirst)) {
      throw new IllegalArgumentException("a message replies, and nothing else: " + this);
    }
    return new Draft(
        said.inReplyTo(sequence), id, saidAtFirst.inReplyTo(sequence), Optional.empty());
  }

  /**
   * This draft with its body rewritten, as a {@link RoomPolicy} may do; itself if it is no message.
   * The digest stays that of the body as sent: its author, who does not know of the rewriting, may
   * still retry it.
   */
  public Draft rewritten(Body newBody) {
    return content instanceof Content.Said said
        ? new Draft(said.with(newBody), id, sent, keptDigest)
        : this;
  }

  /** Returns this draft as it is once an entry that changes it is kept. */
  Draft changedBy(Content change) {
    Content changed = change.appliedTo(content);
    return new Draft(changed, id, changed, Optional.empty());
  }

  /** Returns its content. */
  public Content content() {
    return content;
  }

  /** The id that makes publishing idempotent, if the author chose one. */
  public Optional<String> id() {
    return id;
  }

  /** What it says. */
  public Body body() {
    return content.body();
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
    Body asSent = sent.body();
    sha.update(
        (sent.kind().name()
                + ' '
                + sent.refersTo().orElse(0)
                + (asSent.isText() ? " text " : " binary "))
            .getBytes(US_ASCII));
    sha.update(asSent.bytes());
    return sha.digest();
  }

  /** Whether it says the same; what it said before it was rewritten does not count. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Draft that && id.equals(that.id) && content.equals(that.content);
  }

  @Override
  public int hashCode() {
    return Objects.hash(content, id);
  }

  @Override
  public String toString() {
    return content.kind() + " " + id.orElse("without id") + ", " + body();
  }
}
