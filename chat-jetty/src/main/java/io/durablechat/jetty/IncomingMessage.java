package io.durablechat.jetty;

import io.durablechat.core.Body;
import io.durablechat.core.RefusedException;
import java.nio.ByteBuffer;
import java.util.Optional;
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
  private final int maxText;
  private final int maxBinary;
  private final Charges charges;

  /** The parts of a message in several frames; made for the first: most connections send none. */
  private volatile IncomingBytes parts;

  private volatile boolean ended;
  private boolean isText;

  /** Of a text in several frames. */
  private Utf8Check utf8;

  IncomingMessage(int maxText, int maxBinary, Charges charges) {
    this.maxText = maxText;
    this.maxBinary = maxBinary;
    this.charges = charges;
  }

  /**
   * Adds a data frame, whose content is copied.
   *
   * @param now elapsed time, in nanoseconds
   * @return the message, if this was its last frame: {@link #onHandled} is owed for it
   * @throws MessageTooLargeException once the message is longer than it may be
   * @throws BadPayloadException once it is text and not UTF-8
   * @throws RefusedException if all together have begun too much
   */
  Optional<Body> add(Frame frame, long now) {
    if (frame.getOpCode() != OpCode.CONTINUATION) {
      isText = frame.getOpCode() == OpCode.TEXT;
      if (frame.isFin()) {
        check(frame.getPayloadLength());
        return Optional.of(body(frame.getPayload()));
      }
      utf8 = isText ? new Utf8Check() : null;
    }
    if (isText && !utf8.accepts(frame.getPayload())) {
      throw notUtf8();
    }
    IncomingBytes begun = begun();
    check(begun.length() + frame.getPayloadLength());
    begun.begin(now);
    begun.add(frame.getPayload());
    return frame.isFin() ? begun.whole().map(this::body) : Optional.empty();
  }

  private IncomingBytes begun() {
    if (parts == null) {
      IncomingBytes first = new IncomingBytes(charges.begun());
      parts = first;
      if (ended) {
        // It may have looked before there was anything to end.
        first.end();
      }
    }
    return parts;
  }

  private void check(long length) {
    int max = isText ? maxText : maxBinary;
    if (length > max) {
      throw new MessageTooLargeException("message is larger than " + max + " bytes");
    }
  }

  /** Whether a message has begun that comes so slowly that it is not to be waited for. */
  boolean isLate(long now) {
    IncomingBytes begun = parts;
    return begun != null && begun.isLate(now);
  }

  /** The message is not held in memory any more, or not as a message that comes. */
  void onHandled() {
    IncomingBytes begun = parts;
    if (begun != null) {
      begun.onHandled();
    }
  }

  /** Nothing more is taken, and what had begun is forgotten. */
  void end() {
    ended = true;
    IncomingBytes begun = parts;
    if (begun != null) {
      begun.end();
    }
  }

  private Body body(ByteBuffer content) {
    if (!isText) {
      return Body.binary(content);
    }
    try {
      return Body.utf8(content);
    } catch (IllegalArgumentException e) {
      throw notUtf8();
    }
  }

  static BadPayloadException notUtf8() {
    return new BadPayloadException("text is not UTF-8");
  }
}
