package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;

/**
 * What goes out in one stream of events, in order, with one write in flight; one batch may wait, as
 * with {@link FrameSender}. Any thread may call any method.
 */
final class EventSender {
  private final Response response;
  private final Callback callback;
  private final Runnable onEnded;
  private final Writing writing = new Writing();

  // Guarded by this.
  private final Queue<Item> waiting = new ArrayDeque<>(2);
  private boolean batchTaken;
  private Optional<Runnable> owed = Optional.empty();
  private boolean closing;

  private record Item(ByteBuffer bytes, boolean isBatch) {}

  /**
   * A sender on this response.
   *
   * @param onEnded called once, when the stream has ended from either side
   */
  EventSender(Response response, Callback callback, Runnable onEnded) {
    this.response = response;
    this.callback = callback;
    this.onEnded = onEnded;
  }

  /** Takes the batch if no other waits or is in flight; otherwise asks for it when it can. */
  boolean offer(ByteBuffer events, Runnable onWritable) {
    synchronized (this) {
      if (batchTaken || closing) {
        owed = Optional.of(onWritable);
        return false;
      }
      batchTaken = true;
      waiting.add(new Item(events.duplicate(), true));
    }
    writing.iterate();
    return true;
  }

  /** Sends these lines, which end an event, after what waits. */
  void send(String lines) {
    synchronized (this) {
      if (closing) {
        return;
      }
      waiting.add(new Item(UTF_8.encode(lines), false));
    }
    writing.iterate();
  }

  /** Ends the stream after what waits. */
  void close() {
    synchronized (this) {
      closing = true;
    }
    writing.iterate();
  }

  synchronized boolean isClosing() {
    return closing;
  }

  /** Whether nothing is on its way: a sign of life would wait behind what is one already. */
  synchronized boolean isIdle() {
    return waiting.isEmpty() && !writing.isWriting;
  }

  private final class Writing extends IteratingCallback {
    private boolean batchInFlight;
    private volatile boolean isWriting;

    @Override
    protected Action process() {
      Optional<Runnable> onWritable = Optional.empty();
      Item next;
      boolean isLast;
      synchronized (EventSender.this) {
        if (batchInFlight) {
          batchTaken = false;
          onWritable = owed;
          owed = Optional.empty();
        }
        next = waiting.poll();
        isLast = next == null && closing;
        isWriting = next != null;
        batchInFlight = next != null && next.isBatch();
      }
      onWritable.ifPresent(Runnable::run);
      if (isLast) {
        return Action.SUCCEEDED;
      }
      if (next == null) {
        return Action.IDLE;
      }
      response.write(false, next.bytes(), this);
      return Action.SCHEDULED;
    }

    @Override
    protected void onCompleteSuccess() {
      onEnded.run();
      response.write(true, ByteBuffer.allocate(0), callback);
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
      onEnded.run();
      callback.failed(cause);
    }
  }
}
