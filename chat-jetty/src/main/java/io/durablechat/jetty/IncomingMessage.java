package io.durablechat.jetty;

import io.durablechat.core.Body;
import io.durablechat.core.RefusedException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.exception.BadPayloadException;
import org.eclipse.jetty.websocket.core.exception.MessageTooLargeException;

/**
 * Puts together the frames of one message after another, of bounded length. What comes in several
 * frames, as all does that is longer than Jetty's buffer, is counted until it was handled: with
 * what all others have begun it is bounded, too.
 *
 * <p>Frames come one after another; the rest may be called from any thread.
 */
final class IncomingMessage {
  /** How long a message may take to come, beside what its bytes take. */
  static final Duration GRACE = Duration.ofSeconds(30);

  /** Who sends a message more slowly, in bytes a second, keeps its place from others. */
  static final long SLOWEST = 2048;

  /** What a message takes for each byte: a buffer that grows, and then its bytes and its text. */
  private static final int FORMS = 2;

  private final int maxText;
  private final int maxBinary;
  private final HeldBytes.From held;
  private boolean isText;

  // Guarded by this.

  /** What came so far of a message in several frames; null if nothing did. */
  private ByteArrayOutputStream parts;

  /** What is counted; null if nothing is. */
  private HeldBytes.Part counted;

  private long begunAt;
  private boolean ended;

  IncomingMessage(int maxText, int maxBinary, HeldBytes.From held) {
    this.maxText = maxText;
    this.maxBinary = maxBinary;
    this.held = held;
  }

  /**
   * Adds a data frame, whose content is copied.
   *
   * @param now elapsed time, in nanoseconds
   * @return the message, if this was its last frame: {@link #onHandled} is owed for it
   * @throws MessageTooLargeException once the message is longer than it may be
   * @throws BadPayloadException if it is text and not UTF-8
   * @throws RefusedException if all together have begun too much
   */
  Optional<Body> add(Frame frame, long now) {
    if (frame.getOpCode() != OpCode.CONTINUATION) {
      isText = frame.getOpCode() == OpCode.TEXT;
      if (frame.isFin()) {
        check(frame.getPayloadLength());
        return Optional.of(body(frame.getPayload()));
      }
    }
    return gather(frame, now).map(this::body);
  }

  private void check(long length) {
    int max = isText ? maxText : maxBinary;
    if (length > max) {
      throw new MessageTooLargeException("message is larger than " + max + " bytes");
    }
  }

  private synchronized Optional<ByteBuffer> gather(Frame frame, long now) {
    if (ended) {
      return Optional.empty();
    }
    check((parts == null ? 0L : parts.size()) + frame.getPayloadLength());
    if (parts == null) {
      counted = held.take(0);
      begunAt = now;
      parts = new ByteArrayOutputStream(frame.getPayloadLength());
    }
    counted.add((long) FORMS * frame.getPayloadLength());
    parts.writeBytes(BufferUtil.toArray(frame.getPayload()));
    if (!frame.isFin()) {
      return Optional.empty();
    }
    ByteBuffer whole = ByteBuffer.wrap(parts.toByteArray());
    parts = null;
    return Optional.of(whole);
  }

  /** Whether a message has begun that comes so slowly that it is not to be waited for. */
  synchronized boolean isLate(long now) {
    return parts != null
        && now - begunAt > GRACE.plus(Duration.ofSeconds(parts.size() / SLOWEST)).toNanos();
  }

  /** The message is not held in memory any more, or not as a message that comes. */
  synchronized void onHandled() {
    if (counted != null) {
      counted.release();
      counted = null;
    }
  }

  /** Nothing more is taken, and what had begun is forgotten. */
  synchronized void end() {
    ended = true;
    parts = null;
    onHandled();
  }

  private Body body(ByteBuffer content) {
    if (!isText) {
      return Body.binary(content);
    }
    try {
      return Body.utf8(content);
    } catch (IllegalArgumentException e) {
      throw new BadPayloadException("text is not UTF-8");
    }
  }
}
