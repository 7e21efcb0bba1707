package io.durablechat.jetty;

import io.durablechat.core.Body;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.exception.BadPayloadException;
import org.eclipse.jetty.websocket.core.exception.MessageTooLargeException;

/** Puts together the frames of one message after another, of bounded length. */
final class IncomingMessage {
  private final int maxText;
  private final int maxBinary;
  private boolean isText;

  /** What came so far of a message in several frames; null if nothing did. */
  private ByteArrayOutputStream parts;

  IncomingMessage(int maxText, int maxBinary) {
    this.maxText = maxText;
    this.maxBinary = maxBinary;
  }

  /**
   * Adds a data frame, whose content is copied.
   *
   * @return the message, if this was its last frame
   * @throws MessageTooLargeException once the message is longer than it may be
   * @throws BadPayloadException if it is text and not UTF-8
   */
  Optional<Body> add(Frame frame) {
    if (frame.getOpCode() != OpCode.CONTINUATION) {
      isText = frame.getOpCode() == OpCode.TEXT;
    }
    int max = isText ? maxText : maxBinary;
    if ((parts == null ? 0L : parts.size()) + frame.getPayloadLength() > max) {
      throw new MessageTooLargeException("message is larger than " + max + " bytes");
    }
    if (frame.isFin() && parts == null) {
      return Optional.of(body(frame.getPayload()));
    }
    if (parts == null) {
      parts = new ByteArrayOutputStream(frame.getPayloadLength());
    }
    parts.writeBytes(BufferUtil.toArray(frame.getPayload()));
    if (!frame.isFin()) {
      return Optional.empty();
    }
    ByteBuffer whole = ByteBuffer.wrap(parts.toByteArray());
    parts = null;
    return Optional.of(body(whole));
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
