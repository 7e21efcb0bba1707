package io.durablechat.gateway.http;

import io.durablechat.core.RefusedException;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.limits.Charges;
import io.durablechat.gateway.transport.IncomingBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/**
 * Reads a request's body as it comes. Only what has come is held in memory and counted, whatever
 * length was announced; what is larger than it may be is read to its end and thrown away, since
 * closing on unread bytes would reset the connection, and the answer with it. A body that comes too
 * slowly fails.
 *
 * <p>Chunks come one after another, on threads that may take their time; the rest may be called
 * from any thread.
 */
public final class RequestBody implements Runnable {
  /** More than it may be, in bytes. */
  public static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final ApiRequest request;
  private final int max;
  private final IncomingBytes incoming;
  private final Reception reception;
  private final BiConsumer<ByteBuffer, Throwable> onEnd;
  private static final int CHUNKS_IN_A_ROW = 64;

  /** Chunks that are shorter, in bytes, are small; so many of them weigh as much as a request. */
  private static final int SMALL_CHUNK = 1024;

  private static final int SMALL_CHUNKS = 8;

  private final Charges charges;
  private final Runnable deadline = this::onTick;
  private int smallChunks;
  private boolean isSmall;
  private RuntimeException refusal;

  private RequestBody(
      ApiRequest request,
      int max,
      IncomingBytes incoming,
      Charges charges,
      Reception reception,
      BiConsumer<ByteBuffer, Throwable> onEnd) {
    this.charges = charges;
    this.request = request;
    this.max = max;
    this.incoming = incoming;
    this.reception = reception;
    this.onEnd = onEnd;
  }

  /**
   * Reads the body.
   *
   * @param max the most it may be, in bytes
   * @param incoming where it is gathered; the caller calls {@link IncomingBytes#end} when done
   * @param charges who is charged for chunks that are small
   * @param onEnd told once: the body, or why there is none, which is a {@link TooLargeException}, a
   *     {@link RefusedException}, a {@link TimeoutException} or a fault of the connection
   */
  public static void read(
      ApiRequest request,
      int max,
      IncomingBytes incoming,
      Charges charges,
      Reception reception,
      BiConsumer<ByteBuffer, Throwable> onEnd) {
    RequestBody body = new RequestBody(request, max, incoming, charges, reception, onEnd);
    incoming.begin(reception.waking().getAsLong());
    reception.connections().watch(body.deadline);
    body.run();
  }

  @Override
  public void run() {
    for (int row = 0; row < CHUNKS_IN_A_ROW; row++) {
      BodySource.Read read;
      try {
        read = request.body().read(this::add);
      } catch (IOException | TimeoutException e) {
        end(null, e);
        return;
      }
      if (read == BodySource.Read.NOTHING) {
        request.body().demand(this);
        return;
      }
      if (read == BodySource.Read.LAST) {
        end(refusal == null ? incoming.whole().orElse(null) : null, refusal);
        return;
      }
      if (isSmall && ++smallChunks % SMALL_CHUNKS == 0 && charges.onRequest().isPresent()) {
        // They cost more than what they bring: whoever goes on is read from more slowly.
        Problem.afterPause(request.executor()).execute(this);
        return;
      }
    }
    // Others have their turn.
    request.executor().execute(this);
  }

  private void add(ByteBuffer piece) {
    isSmall = piece.remaining() < SMALL_CHUNK;
    if (refusal != null) {
      return;
    }
    if (incoming.length() + piece.remaining() > max) {
      refuse(new TooLargeException());
      return;
    }
    try {
      incoming.add(piece);
    } catch (RefusedException tooMuch) {
      refuse(tooMuch);
    }
  }

  /** What came is let go of at once, and what comes is not kept. */
  private void refuse(RuntimeException why) {
    refusal = why;
    incoming.whole();
    incoming.onHandled();
    incoming.begin(reception.waking().getAsLong());
  }

  private void end(ByteBuffer whole, Throwable failure) {
    reception.connections().unwatch(deadline);
    onEnd.accept(whole, failure);
  }

  private void onTick() {
    if (incoming.isLate(reception.waking().getAsLong())) {
      request.body().fail(new TimeoutException("the body comes too slowly"));
    }
  }
}
