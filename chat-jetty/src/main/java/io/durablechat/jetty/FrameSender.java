package io.durablechat.jetty;

import io.durablechat.core.CloseReason;
import io.durablechat.jetty.FrameQueue.Close;
import io.durablechat.jetty.FrameQueue.Control;
import io.durablechat.jetty.FrameQueue.End;
import io.durablechat.jetty.FrameQueue.Item;
import io.durablechat.jetty.FrameQueue.Reply;
import io.durablechat.jetty.FrameQueue.Unseen;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.websocket.core.OpCode;

/**
 * What goes out to one connection, in order, with one write in flight.
 *
 * <p>Jetty queues without bound and cannot take back what it has, a close frame included; so what
 * waits, waits here. Room for messages is one batch: a second is refused, and asked for again once
 * the first is written. Control lines are bounded in length: while many wait their client is not
 * read from, see {@link #answersTaken}, and one that has more made all the same is cut off.
 *
 * <p>Threads: any may call any method. No lock is held while Jetty is called, which writes without
 * blocking in the caller's thread, and may call back before it returns.
 */
final class FrameSender {
  /** While more answers wait, in characters, no more is asked of their client. */
  static final int MAX_ANSWERS_CHARS = 16 << 10;

  /** Of so many batches one is timed: more would be felt where there are millions a second. */
  private static final int TIMED_PART = 16;

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
  FrameSender(FrameSink sink, LongSupplier nanos, HeldBytes.From unsent) {
    this(sink, nanos, unsent, Optional.empty());
  }

  /**
   * The same, with times taken if somebody wants them.
   *
   * @param onDelivered told, of some of the batches, how long they took from {@link
   *     BatchGate#offer} until they were written, in nanoseconds
   */
  FrameSender(
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
  BatchGate<Outgoing> gate() {
    return new Gate();
  }

  /** The gate of one session's batches. */
  final class Gate extends BatchGate<Outgoing> implements FrameQueue.Item {
    /** When the batch was taken, in nanoseconds; 0 if it is not timed. */
    private long takenAt;

    private Gate() {
      super(unsent);
    }

    @Override
    Object sender() {
      return FrameSender.this;
    }

    @Override
    boolean isShut() {
      return closing;
    }

    @Override
    void enqueue() {
      takenAt = isTimed() ? nanos.getAsLong() : 0;
      queue.add(this);
    }

    @Override
    void flush() {
      writing.iterate();
    }
  }

  private boolean isTimed() {
    return onDelivered.isPresent() && batches++ % TIMED_PART == 0;
  }

  /** Sends a line after all that waits, in one frame with its neighbours. */
  void control(String line) {
    boolean overflow;
    synchronized (this) {
      if (closing) {
        return;
      }
      overflow = !queue.add(new Control(line));
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
    int number = queue.controls();
    int chars = queue.controlChars();
    if (current instanceof Control writing) {
      number++;
      chars += writing.line().length();
    }
    lines.set(number, chars);
  }

  /**
   * Completes when the client has taken enough of its answers for more to be asked of it: at once,
   * unless many wait, or some do while there is no room for what waits.
   */
  synchronized CompletionStage<?> answersTaken() {
    if (!isOwedAnswers()) {
      return Conversation.READ_ON;
    }
    if (answersTaken == null) {
      answersTaken = new CompletableFuture<>();
    }
    return answersTaken;
  }

  private boolean isOwedAnswers() {
    return !closing
        && !ended
        && (queue.controlChars() > MAX_ANSWERS_CHARS || (queue.controls() > 0 && lines.isFull()));
  }

  /** Whom to tell that the answers are taken, or that there will be no more of them; or null. */
  private CompletableFuture<Void> dueAnswersTaken() {
    if (answersTaken == null || (queue.controls() > 0 && !closing && !ended)) {
      return null;
    }
    CompletableFuture<Void> due = answersTaken;
    answersTaken = null;
    return due;
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
  void reply(Outgoing outgoing, Runnable onBegun, Runnable onDone) {
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
  void onGone() {
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
      if (item instanceof Reply reply) {
        reply.onDone().run();
      }
    }
  }

  /**
   * Sends a WebSocket ping before all that waits; whose own is to be answered is alive as it is.
   */
  void ping() {
    synchronized (this) {
      if (!closing && !queue.hasUnseen()) {
        queue.setUnseen(new Unseen(Outgoing.PING, () -> {}));
      }
    }
    writing.iterate();
  }

  /**
   * Answers a WebSocket ping before all that waits.
   *
   * @param onWritten called once it is written, or when it will not be because the end is near
   */
  void pong(ByteBuffer content, Runnable onWritten) {
    Outgoing frame = Outgoing.of(OpCode.PONG, content);
    boolean taken;
    synchronized (this) {
      taken = !closing && !ended;
      if (taken) {
        queue.setUnseen(new Unseen(frame, onWritten));
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
  boolean close(CloseReason reason, Optional<String> farewell) {
    Unseen dropped;
    CompletableFuture<Void> answered;
    synchronized (this) {
      if (closing) {
        return false;
      }
      farewell.ifPresent(line -> queue.addFarewell(new Control(line)));
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
  void onEnding(Outgoing closeFrame, Callback onWritten) {
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
  void end() {
    Unseen dropped = null;
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
  synchronized long endingNanos() {
    return end == null ? 0 : Math.max(1, nanos.getAsLong() - endingSince);
  }

  /** Whoever waits to read on until its ping is answered reads on: the peer's close is to come. */
  private static void onDropped(Unseen frame) {
    if (frame != null) {
      frame.onWritten().run();
    }
  }

  private void beginClosing() {
    if (!closing) {
      closing = true;
      closingSince = nanos.getAsLong();
    }
  }

  /** Cuts the connection, whatever is under way. */
  void abort() {
    sink.abort();
  }

  /** For how long a write has been under way, in nanoseconds; 0 if none is. */
  synchronized long writingNanos() {
    return current == null ? 0 : Math.max(1, nanos.getAsLong() - currentSince);
  }

  /** For how long this has been closing, in nanoseconds; 0 if it is not. */
  synchronized long closingNanos() {
    return !closing ? 0 : Math.max(1, nanos.getAsLong() - closingSince);
  }

  /** Whether the end was decided on: what the peer still says is not heard any more. */
  synchronized boolean isClosing() {
    return closing;
  }

  /** For how long nothing was sent that every client can see, in nanoseconds. */
  synchronized long silentNanos() {
    return nanos.getAsLong() - lastSent;
  }

  /** The one write in flight, again and again until nothing waits. */
  private final class Writing extends IteratingCallback {
    @Override
    protected Action process() {
      Item written;
      Item next;
      Outgoing batch;
      Runnable wanted = null;
      CompletableFuture<Void> answered = null;
      long takenAt = 0;
      synchronized (FrameSender.this) {
        written = current;
        if (written instanceof Gate gate) {
          takenAt = gate.takenAt;
          wanted = gate.onWritten();
        }
        next = queue.next();
        current = next;
        batch = next instanceof Gate gate ? gate.taken() : null;
        if (lines.isAny()) {
          countLines();
        }
        answered = dueAnswersTaken();
        if (next != null) {
          currentSince = nanos.getAsLong();
          // Neither is a sign of life to those who cannot see it: scripts in browsers.
          if (!(next instanceof Unseen)) {
            lastSent = currentSince;
          }
        }
      }
      if (takenAt != 0) {
        onDelivered.orElseThrow().accept(nanos.getAsLong() - takenAt);
      }
      if (wanted != null) {
        wanted.run();
      }
      complete(answered);
      if (written instanceof Reply reply) {
        reply.onDone().run();
      } else if (written instanceof Unseen frame) {
        frame.onWritten().run();
      } else if (written instanceof End end) {
        end.onWritten().succeeded();
      }
      if (next == null) {
        return Action.IDLE;
      }
      write(next, batch);
      return Action.SCHEDULED;
    }

    private void write(Item item, Outgoing batch) {
      if (item instanceof Gate) {
        sink.write(batch, this);
      } else if (item instanceof Reply reply) {
        reply.onBegun().run();
        sink.write(reply.outgoing(), this);
      } else if (item instanceof Control control) {
        sink.write(Outgoing.text(control.line()), this);
      } else if (item instanceof Unseen unseen) {
        sink.write(unseen.outgoing(), this);
      } else if (item instanceof Close close) {
        sink.close(close.reason(), this);
      } else if (item instanceof End end) {
        sink.write(end.closeFrame(), this);
      }
    }

    @Override
    protected void onFailure(Throwable cause) {
      Item unsent;
      synchronized (FrameSender.this) {
        failed = true;
        unsent = end;
      }
      sink.abort();
      if (unsent instanceof End end) {
        end.onWritten().failed(cause);
      }
    }

    /** What is told of a completed write does not wait for anything. */
    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }
  }
}
