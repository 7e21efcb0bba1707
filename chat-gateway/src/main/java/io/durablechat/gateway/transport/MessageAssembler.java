package io.durablechat.gateway.transport;

import io.durablechat.core.Body;
import io.durablechat.core.RefusedException;
import io.durablechat.gateway.limits.Charges;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Puts together the frames of one message after another, of bounded length. What comes in several
 * frames, as all does that is longer than Jetty's buffer, is counted until it was handled: with
 * what all others have begun it is bounded, too.
 *
 * <p>Frames come one after another; the rest may be called from any thread.
 */
public final class MessageAssembler {
  private final int maxText;
  private final int maxBinary;
  private final Charges charges;

  /** The parts of a message in several frames; made for the first: most connections send none. */
  private volatile IncomingBytes parts;

  private volatile boolean ended;
  private boolean isText;

  /** Of a text in several frames. */
  private Utf8Check utf8;

  public MessageAssembler(int maxText, int maxBinary, Charges charges) {
    this.maxText = maxText;
    this.maxBinary = maxBinary;
    this.charges = charges;
  }

  /**
   * Adds a data frame, whose content is copied.
   *
   * @param isLast whether the message ends with it
   * @param now elapsed time, in nanoseconds
   * @return the message, if this was its last frame: {@link #onHandled} is owed for it
   * @throws WireException once the message is longer than it may be, or is text and not UTF-8
   * @throws RefusedException if all together have begun too much
   */
  public Optional<Body> add(byte opcode, boolean isLast, ByteBuffer content, long now) {
    if (opcode != Opcode.CONTINUATION) {
      isText = opcode == Opcode.TEXT;
      if (isLast) {
        check(content.remaining());
        return Optional.of(body(content));
      }
      utf8 = isText ? new Utf8Check() : null;
    }
    if (isText && !utf8.accepts(content)) {
      throw WireException.notUtf8();
    }
    IncomingBytes begun = begun();
    check(begun.length() + content.remaining());
    begun.begin(now);
    begun.add(content);
    return isLast ? begun.whole().map(this::body) : Optional.empty();
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
      throw WireException.tooLarge(max);
    }
  }

  /** Whether a message has begun that comes so slowly that it is not to be waited for. */
  public boolean isLate(long now) {
    IncomingBytes begun = parts;
    return begun != null && begun.isLate(now);
  }

  /** The message is not held in memory any more, or not as a message that comes. */
  public void onHandled() {
    IncomingBytes begun = parts;
    if (begun != null) {
      begun.onHandled();
    }
  }

  /** Nothing more is taken, and what had begun is forgotten. */
  public void end() {
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
      throw WireException.notUtf8();
    }
  }
}
