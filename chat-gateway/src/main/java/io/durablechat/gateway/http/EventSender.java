package io.durablechat.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.gateway.limits.HeldBytes;
import io.durablechat.gateway.transport.BatchGate;
import io.durablechat.gateway.transport.Completion;
import io.durablechat.gateway.transport.FrameQueue;
import io.durablechat.gateway.transport.FrameSender;
import io.durablechat.gateway.transport.SharedPayload;
import io.durablechat.gateway.transport.UnreadLines;
import io.durablechat.gateway.transport.WriteLoop;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What goes out in one stream of events, in order, with one write in flight; one batch may wait, as
 * with {@link FrameSender}, and lines up to a bound: beyond it the stream is cut. Any thread may
 * call any method.
 */
public final class EventSender {
  private final AnswerStream sink;
  private final Runnable onEnded;
  private final Writing writing = new Writing();
  private final AtomicBoolean completed = new AtomicBoolean();

  // Guarded by this.
  private final BatchGate<Events> gate;
  private final UnreadLines unread;
  private final Queue<Item> waiting = new ArrayDeque<>(2);

  /** Lines that wait or are being written, and how long they are together. */
  private int lines;

  private int lineBytes;
  private boolean begun;
  private boolean closing;
  private boolean inFlight;

  private record Item(ByteBuffer bytes, boolean isBatch) {}

  /** A batch as events, shared by all streams. */
  record Events(ByteBuffer bytes, SharedPayload load) implements BatchGate.Payload {
    Events(ByteBuffer bytes) {
      this(bytes, SharedPayload.of(bytes.remaining()));
    }
  }

  /**
   * A sender on this sink.
   *
   * @param unsent bounds what peers have not taken
   * @param onEnded called once, when the stream has ended from either side
   */
  public EventSender(AnswerStream sink, HeldBytes.From unsent, Runnable onEnded) {
    this.sink = sink;
    this.gate = new Gate(unsent);
    this.unread = new UnreadLines(unsent);
    this.onEnded = onEnded;
  }

  private void onEnded() {
    synchronized (this) {
      unread.end();
    }
    onEnded.run();
  }

  /** The gate of the stream's batches. */
  BatchGate<Events> gate() {
    return gate;
  }

  private final class Gate extends BatchGate<Events> {
    private Gate(HeldBytes.From room) {
      super(room);
    }

    @Override
    protected Object sender() {
      return EventSender.this;
    }

    @Override
    protected boolean isShut() {
      return closing;
    }

    @Override
    protected void enqueue() {
      begun = true;
      waiting.add(new Item(taken().bytes().duplicate(), true));
    }

    @Override
    protected void flush() {
      writing.iterate();
      synchronized (EventSender.this) {
        onWaiting();
      }
    }
  }

  /** Sends these lines, which end an event, after what waits. */
  public void send(String lines) {
    add(lines, false);
  }

  /** Sends these lines after what waits, and ends the stream. A second call is harmless. */
  void close(String lines) {
    add(lines, true);
  }

  private void add(String text, boolean last) {
    ByteBuffer bytes = UTF_8.encode(text);
    boolean overflow;
    synchronized (this) {
      if (closing) {
        return;
      }
      overflow = !last && lineBytes + bytes.remaining() > FrameQueue.MAX_LINE_CHARS;
      if (!overflow) {
        begun = true;
        closing = last;
        count(1, bytes.remaining());
        waiting.add(new Item(bytes, false));
      }
    }
    if (overflow) {
      abort();
      return;
    }
    writing.iterate();
    synchronized (this) {
      unread.set(lines, lineBytes);
    }
  }

  private void count(int number, int bytes) {
    lines += number;
    lineBytes += bytes;
  }

  /** Ends with a problem instead of a stream, if the stream has not begun. */
  boolean refuse(Problem problem) {
    synchronized (this) {
      if (begun) {
        return false;
      }
      begun = true;
      closing = true;
    }
    completed.set(true);
    sink.refuse(problem, Completion.of(this::onEnded));
    return true;
  }

  /** Cuts the stream, whatever is under way. */
  void abort() {
    fail(new TimeoutException("the peer takes nothing"));
  }

  private void fail(Throwable cause) {
    if (completed.compareAndSet(false, true)) {
      sink.abort(cause);
      onEnded();
    }
  }

  /** How much waits to be written. */
  public synchronized int waiting() {
    return waiting.size();
  }

  synchronized boolean isClosing() {
    return closing;
  }

  synchronized boolean isWriting() {
    return inFlight;
  }

  private final class Writing extends WriteLoop {
    private boolean batchInFlight;

    /** The length of the lines that are being written. */
    private int linesInFlight;

    @Override
    protected Step step() {
      Runnable again = null;
      Item next;
      boolean isLast;
      synchronized (EventSender.this) {
        if (batchInFlight) {
          again = gate.onTakenWritten();
        }
        if (linesInFlight > 0) {
          count(-1, -linesInFlight);
          linesInFlight = 0;
          if (unread.isAny()) {
            unread.set(lines, lineBytes);
          }
        }
        next = waiting.poll();
        isLast = next == null && closing;
        inFlight = next != null;
        batchInFlight = next != null && next.isBatch();
        linesInFlight = next != null && !next.isBatch() ? next.bytes().remaining() : 0;
      }
      if (again != null) {
        again.run();
      }
      if (isLast) {
        return Step.DONE;
      }
      if (next == null) {
        return Step.IDLE;
      }
      sink.write(next.bytes(), this);
      return Step.WRITING;
    }

    @Override
    protected void onDone() {
      if (completed.compareAndSet(false, true)) {
        sink.end(Completion.of(EventSender.this::onEnded));
      }
    }

    @Override
    protected void onFailure(Throwable cause) {
      fail(cause);
    }
  }
}
