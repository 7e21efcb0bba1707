package io.durablechat.gateway.transport;

import io.durablechat.core.CloseReason;
import io.durablechat.gateway.limits.HeldBytes;
import io.durablechat.gateway.transport.FrameQueue.Close;
import io.durablechat.gateway.transport.FrameQueue.ControlFrame;
import io.durablechat.gateway.transport.FrameQueue.End;
import io.durablechat.gateway.transport.FrameQueue.Item;
import io.durablechat.gateway.transport.FrameQueue.Line;
import io.durablechat.gateway.transport.FrameQueue.Reply;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * What goes out to one connection, in order, with one write in flight.
 *
 * <p>Containers queue without bound and cannot take back what they have, a close frame included; so
 * what waits, waits here. Room for messages is one batch: a second is refused, and asked for again
 * once the first is written. Lines are bounded in length: while many wait their client is not read
 * from, see {@link #answersTaken}, and one that has more made all the same is cut off.
 *
 * <p>Threads: any may call any method. No lock is held while the sink is called, which writes
 * without blocking in the caller's thread, and may call back before it returns.
 */
public final class FrameSender {
  /** While more answers wait, in characters, no more is asked of their client. */
  public static final int MAX_ANSWERS_CHARS = 16 << 10;

  /** Of so many batches one is timed: more would be felt where there are millions a second. */
  private static final int TIMED_PART = 16;

  private static final CompletionStage<?> TAKEN = CompletableFuture.completedFuture(null);

  private final FrameSink sink;
  private final LongSupplier nanos;
  private final Optional<LongConsumer> onDelivered;
  private final HeldBytes.From unsent;
  private final Writing writing = new Writing();

  // Guarded by this.
  private final UnreadLines lines;
  private final FrameQueue queue = new FrameQueue();
  private int batches;

  /** Completes once the client has taken the answers that wait; null if nobody waits for it. */
  private CompletableFuture<Void> answersTaken;

  private boolean closing;
  private long closingSince;

  /** The close frame that the protocol asks for, once it does; null before. */
  private End end;

  private boolean isEndDue;
  private long endingSince;
  private boolean ended;
  private boolean failed;

  /** What is being written, or null. */
  private Item current;

  private long currentSince;
  private long lastSent;

  /**
   * A sender on this connection.
   *
   * @param nanos elapsed time, as {@link System#nanoTime}
   * @param unsent bounds what peers have not taken
   */
  public FrameSender(FrameSink sink, LongSupplier nanos, HeldBytes.From unsent) {
    this(sink, nanos, unsent, Optional.empty());
  }

  /**
   * The same, with times taken if somebody wants them.
   *
   * @param onDelivered told, of some of the batches, how long they took from {@link
   *     BatchGate#offer} until they were written, in nanoseconds
   */
  public FrameSender(
      FrameSink sink,
      LongSupplier nanos,
      HeldBytes.From unsent,
      Optional<LongConsumer> onDelivered) {
    this.sink = sink;
    this.unsent = unsent;
    this.lines = new UnreadLines(unsent);
    this.nanos = nanos;
    this.onDelivered = onDelivered;
    this.lastSent = nanos.getAsLong();
  }

  /** Returns a gate for the batches of one session more. */
  public BatchGate<EncodedFrames> gate() {
    return new Gate();
  }

  /** The gate of one session's batches. */
  final class Gate extends BatchGate<EncodedFrames> implements FrameQueue.Item {
    /** When the batch was taken, in nanoseconds; 0 if it is not timed. */
    private long takenAt;

    private Gate() {
      super(unsent);
    }

    @Override
    protected Object sender() {
      return FrameSender.this;
    }

    @Override
    protected boolean isShut() {
      return closing;
    }

    @Override
    protected void enqueue() {
      takenAt = onDelivered.isPresent() && batches++ % TIMED_PART == 0 ? nanos.getAsLong() : 0;
      queue.add(this);
    }

    @Override
    protected void flush() {
      writing.iterate();
    }

    @Override
    public void write(FrameSink to, Completion done) {
      to.write(taken(), done);
    }

    @Override
    public Runnable onWritten() {
      Runnable ask = onTakenWritten();
      if (takenAt == 0) {
        return ask;
      }
      long nanosTaken = nanos.getAsLong() - takenAt;
      return () -> {
        onDelivered.orElseThrow().accept(nanosTaken);
        run(ask);
      };
    }
  }

  /** Has each line be a frame, for a dialect that puts one object in a frame. */
  public synchronized void sendFrameALine() {
    queue.setFrameALine();
  }

  /** Sends a line after all that waits, in one write with its neighbours, mostly in one frame. */
  public void send(String line) {
    boolean overflow;
    synchronized (this) {
      if (closing) {
        return;
      }
      overflow = !queue.add(new Line(line));
    }
    if (overflow) {
      sink.abort();
      return;
    }
    writing.iterate();
    synchronized (this) {
      countLines();
    }
  }

  private void countLines() {
    int number = queue.lines();
    int chars = queue.lineChars();
    if (current instanceof Line line) {
      number++;
      chars += line.length();
    }
    lines.set(number, chars);
  }

  /**
   * Completes when the client has taken enough of its answers for more to be asked of it: at once,
   * unless many wait, or some do while there is no room for what waits.
   */
  public synchronized CompletionStage<?> answersTaken() {
    if (!isOwedAnswers()) {
      return TAKEN;
    }
    if (answersTaken == null) {
      answersTaken = new CompletableFuture<>();
    }
    return answersTaken;
  }

  private boolean isOwedAnswers() {
    return !closing
        && !ended
        && (queue.lineChars() > MAX_ANSWERS_CHARS || (queue.lines() > 0 && lines.isFull()));
  }

  /** Whom to tell that the answers are taken, or that there will be no more of them; or null. */
  private CompletableFuture<Void> dueAnswersTaken() {
    if (answersTaken == null || (queue.lines() > 0 && !closing && !ended)) {
      return null;
    }
    CompletableFuture<Void> due = answersTaken;
    answersTaken = null;
    return due;
  }

  private static void run(Runnable due) {
    if (due != null) {
      due.run();
    }
  }

  private static void complete(CompletableFuture<Void> due) {
    if (due != null) {
      due.complete(null);
    }
  }

  /**
   * Sends a large answer after all that waits. Whoever asks for such has one on its way at a time:
   * that is what bounds them.
   *
   * @param onBegun called when its turn has come, if it does: before its reader can know of it
   * @param onDone called once it is written, or when it will not be
   */
  public void reply(EncodedFrames outgoing, Runnable onBegun, Runnable onDone) {
    boolean taken;
    synchronized (this) {
      taken = !closing && !ended;
      if (taken) {
        queue.add(new Reply(outgoing, onBegun, onDone));
      }
    }
    if (taken) {
      writing.iterate();
    } else {
      onDone.run();
    }
  }

  /** The connection is gone: what waits will not be written. */
  public void onGone() {
    List<Item> undone;
    CompletableFuture<Void> answered;
    synchronized (this) {
      ended = true;
      answered = dueAnswersTaken();
      lines.end();
      undone = queue.end();
      if (current != null) {
        undone.add(current);
      }
      current = null;
    }
    complete(answered);
    for (Item item : undone) {
      run(item.onUnwritten());
    }
  }

  /**
   * Sends a WebSocket ping before all that waits; whose own is to be answered is alive as it is.
   */
  public void ping() {
    synchronized (this) {
      if (!closing && !queue.hasControlFrame()) {
        queue.setControlFrame(new ControlFrame(EncodedFrames.PING, () -> {}));
      }
    }
    writing.iterate();
  }

  /**
   * Answers a WebSocket ping before all that waits.
   *
   * @param onWritten called once it is written, or when it will not be because the end is near
   */
  public void pong(ByteBuffer content, Runnable onWritten) {
    EncodedFrames frame = EncodedFrames.of(Opcode.PONG, content);
    boolean taken;
    synchronized (this) {
      taken = !closing && !ended;
      if (taken) {
        queue.setControlFrame(new ControlFrame(frame, onWritten));
      }
    }
    if (taken) {
      writing.iterate();
    } else {
      onWritten.run();
    }
  }

  /**
   * Sends what waits, the farewell if there is one, and a close frame; nothing after it.
   *
   * @return whether it was not closing before
   */
  public boolean close(CloseReason reason, Optional<String> farewell) {
    ControlFrame dropped;
    CompletableFuture<Void> answered;
    synchronized (this) {
      if (closing) {
        return false;
      }
      farewell.ifPresent(line -> queue.addFarewell(new Line(line)));
      beginClosing();
      answered = dueAnswersTaken();
      isEndDue = end != null;
      dropped = queue.setLast(isEndDue ? end : new Close(reason));
    }
    onDropped(dropped);
    complete(answered);
    writing.iterate();
    return true;
  }

  /**
   * The protocol asks for this close frame, which is to be sent by {@link #end}, or in place of
   * another with which this is closed until then.
   *
   * @param onWritten told once it is written, or that it will not be
   */
  public void onEnding(EncodedFrames closeFrame, Completion onWritten) {
    boolean tooLate;
    boolean isClosed;
    synchronized (this) {
      tooLate = ended || failed;
      isClosed = closing;
      if (!tooLate) {
        end = new End(closeFrame, onWritten);
        endingSince = nanos.getAsLong();
      }
    }
    if (tooLate) {
      onWritten.failed(new ClosedChannelException());
    } else if (isClosed) {
      end();
    }
  }

  /**
   * Sends the close frame of {@link #onEnding}, after all that waits. A second call is harmless.
   */
  public void end() {
    ControlFrame dropped = null;
    CompletableFuture<Void> answered = null;
    synchronized (this) {
      if (end != null && !isEndDue && !ended) {
        isEndDue = true;
        beginClosing();
        answered = dueAnswersTaken();
        dropped = queue.setLast(end);
      }
    }
    onDropped(dropped);
    complete(answered);
    writing.iterate();
  }

  /**
   * For how long the close frame of {@link #onEnding} has been due, in nanoseconds; 0 if none is.
   */
  public synchronized long endingNanos() {
    return end == null ? 0 : Math.max(1, nanos.getAsLong() - endingSince);
  }

  /** Whoever waits to read on until its ping is answered reads on: the peer's close is to come. */
  private static void onDropped(ControlFrame frame) {
    if (frame != null) {
      frame.done().run();
    }
  }

  private void beginClosing() {
    if (!closing) {
      closing = true;
      closingSince = nanos.getAsLong();
    }
  }

  /** Cuts the connection, whatever is under way. */
  public void abort() {
    sink.abort();
  }

  /** For how long a write has been under way, in nanoseconds; 0 if none is. */
  public synchronized long writingNanos() {
    return current == null ? 0 : Math.max(1, nanos.getAsLong() - currentSince);
  }

  /** For how long this has been closing, in nanoseconds; 0 if it is not. */
  public synchronized long closingNanos() {
    return !closing ? 0 : Math.max(1, nanos.getAsLong() - closingSince);
  }

  /** Whether the end was decided on: what the peer still says is not heard any more. */
  public synchronized boolean isClosing() {
    return closing;
  }

  /** For how long nothing was sent that every client can see, in nanoseconds. */
  public synchronized long silentNanos() {
    return nanos.getAsLong() - lastSent;
  }

  /** The one write in flight, again and again until nothing waits. */
  private final class Writing extends WriteLoop {
    @Override
    protected Step step() {
      Item next;
      Runnable settled = null;
      CompletableFuture<Void> answered;
      synchronized (FrameSender.this) {
        if (current != null) {
          settled = current.onWritten();
        }
        next = queue.next();
        current = next;
        if (lines.isAny()) {
          countLines();
        }
        answered = dueAnswersTaken();
        if (next != null) {
          currentSince = nanos.getAsLong();
          if (next.isVisible()) {
            lastSent = currentSince;
          }
        }
      }
      run(settled);
      complete(answered);
      if (next == null) {
        return Step.IDLE;
      }
      next.write(sink, this);
      return Step.WRITING;
    }

    @Override
    protected void onFailure(Throwable cause) {
      End unsent;
      synchronized (FrameSender.this) {
        failed = true;
        unsent = end;
      }
      sink.abort();
      if (unsent != null) {
        unsent.onWrittenOrNot().failed(cause);
      }
    }
  }
}
