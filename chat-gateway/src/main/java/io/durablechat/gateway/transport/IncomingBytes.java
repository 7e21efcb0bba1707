package io.durablechat.gateway.transport;

import io.durablechat.core.RefusedException;
import io.durablechat.gateway.limits.HeldBytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * Something that comes piece by piece: the frames of a message, the chunks of a request's body.
 * What has come is counted until it was handled, and what comes too slowly is late: a promise of
 * more takes nobody's place. Safe for use by several threads.
 */
public final class IncomingBytes {
  /** How long it may take to come, beside what its bytes take. */
  public static final Duration GRACE = Duration.ofSeconds(30);

  /** Who sends more slowly, in bytes a second, keeps its place from others. */
  public static final long SLOWEST = 2048;

  /** What it takes for each byte: a buffer that grows, and then its bytes and its text. */
  private static final int FORMS = 2;

  private static final int STEP = 1024;

  private final HeldBytes.From held;

  // Guarded by this.

  /** What came so far; null if nothing has begun. */
  private ByteArrayOutputStream parts;

  /** What is counted; null if nothing is. */
  private HeldBytes.Part counted;

  /** How many bytes are counted: a step more than have come. */
  private long countedBytes;

  private long begunAt;
  private boolean ended;

  public IncomingBytes(HeldBytes.From held) {
    this.held = held;
  }

  /** It begins, unless it has. */
  public synchronized void begin(long now) {
    if (parts == null && !ended) {
      counted = held.nothing();
      countedBytes = 0;
      begunAt = now;
      parts = new ByteArrayOutputStream();
    }
  }

  /** How much has come. */
  public synchronized long length() {
    return parts == null ? 0 : parts.size();
  }

  /**
   * Adds a piece, which is copied; once it has ended, throws it away.
   *
   * @throws RefusedException if all together hold too much
   */
  public synchronized void add(ByteBuffer piece) {
    if (parts == null) {
      return;
    }
    long length = (long) parts.size() + piece.remaining();
    if (length > countedBytes) {
      // In steps: a piece may be one byte long, and each address is counted in one place.
      long step = piece.remaining() < STEP ? STEP : piece.remaining();
      counted.add(FORMS * step);
      countedBytes += step;
    }
    byte[] bytes = new byte[piece.remaining()];
    piece.duplicate().get(bytes);
    parts.writeBytes(bytes);
  }

  /** All of it, which is counted until {@link #onHandled}; empty if it has ended. */
  public synchronized Optional<ByteBuffer> whole() {
    Optional<ByteBuffer> whole =
        Optional.ofNullable(parts).map(p -> ByteBuffer.wrap(p.toByteArray()));
    parts = null;
    return whole;
  }

  /** Whether it has begun and comes so slowly that it is not to be waited for. */
  public synchronized boolean isLate(long now) {
    return parts != null
        && now - begunAt > GRACE.plus(Duration.ofSeconds(parts.size() / SLOWEST)).toNanos();
  }

  /** It is not held in memory any more, or not as something that comes. */
  public synchronized void onHandled() {
    if (counted != null) {
      counted.release();
      counted = null;
    }
  }

  /** Nothing more is taken, and what had begun is forgotten. */
  public synchronized void end() {
    ended = true;
    parts = null;
    onHandled();
  }
}
