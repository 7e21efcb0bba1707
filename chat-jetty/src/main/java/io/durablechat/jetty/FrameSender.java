package io.durablechat.jetty;

import io.durablechat.core.CloseReason;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.LongSupplier;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.OutgoingEntry;

/**
 * What goes out to one connection, in order, with one write in flight.
 *
 * <p>Jetty queues without bound and cannot take back what it has, a close frame included; so what
 * waits, waits here. Room for messages is one batch: a second is refused, and asked for again once
 * the first is written. Control lines are bounded in length; a client that makes more of them than
 * it reads is cut off.
 *
 * <p>Threads: any may call any method. No lock is held while Jetty is called, which writes without
 * blocking in the caller's thread, and may call back before it returns.
 */
final class FrameSender {
  /** Control lines that may wait, in characters: a welcome, and answers to 1,024 publishes. */
  static final int MAX_CONTROL_CHARS = 256 << 10;

  /** Control lines joined into one frame, in characters. */
  private static final int MAX_JOINED_CHARS = 64 << 10;

  private final CoreSession core;
  private final LongSupplier nanos;
  private final Writing writing = new Writing();

  // Guarded by this.
  private final Queue<Item> waiting = new ArrayDeque<>(2);
  private int controlChars;
  private boolean batchTaken;
  private Optional<Runnable> owed = Optional.empty();
  private boolean pingDue;
  private Optional<CloseReason> closing = Optional.empty();
  private long closingSince;
  private boolean closeSent;
  private boolean ended;
  private boolean inFlight;
  private long inFlightSince;
  private long lastSent;

  /** What waits to be written: a batch, an answer that is large, or a control line. */
  private sealed interface Item {
    record Frames(Outgoing outgoing) implements Item {}

    record Reply(Outgoing outgoing, Runnable onBegun, Runnable onDone) implements Item {}

    record Control(String line) implements Item {}
  }

  /**
   * A sender on this connection.
   *
   * @param nanos elapsed time, as {@link System#nanoTime}
   */
  FrameSender(CoreSession core, LongSupplier nanos) {
    this.core = core;
    this.nanos = nanos;
    this.lastSent = nanos.getAsLong();
  }

  /**
   * Takes the frames if no other batch waits or is in flight.
   *
   * @param onWritable called once after a refusal, when another batch would be taken
   */
  boolean offer(Outgoing outgoing, Runnable onWritable) {
    synchronized (this) {
      if (batchTaken || closing.isPresent()) {
        owed = Optional.of(onWritable);
        return false;
      }
      batchTaken = true;
      waiting.add(new Item.Frames(outgoing));
    }
    writing.iterate();
    return true;
  }

  /** Sends a line after all that waits, in one frame with its neighbours. */
  void control(String line) {
    boolean overflow;
    synchronized (this) {
      if (closing.isPresent()) {
        return;
      }
      controlChars += line.length();
      overflow = controlChars > MAX_CONTROL_CHARS;
      if (!overflow) {
        waiting.add(new Item.Control(line));
      }
    }
    if (overflow) {
      core.abort();
    } else {
      writing.iterate();
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
      taken = closing.isEmpty() && !ended;
      if (taken) {
        waiting.add(new Item.Reply(outgoing, onBegun, onDone));
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
    List<Runnable> undone = new ArrayList<>();
    synchronized (this) {
      ended = true;
      for (Item item : waiting) {
        if (item instanceof Item.Reply reply) {
          undone.add(reply.onDone());
        }
      }
      waiting.clear();
      writing.onReplyDone.ifPresent(undone::add);
      writing.onReplyDone = Optional.empty();
    }
    undone.forEach(Runnable::run);
  }

  /** Sends a WebSocket ping; one that still waits is enough. */
  void ping() {
    synchronized (this) {
      pingDue = closing.isEmpty();
    }
    writing.iterate();
  }

  /** Sends what waits, the farewell if there is one, and a close frame; nothing after it. */
  void close(CloseReason reason, Optional<String> farewell) {
    synchronized (this) {
      if (closing.isPresent()) {
        return;
      }
      farewell.ifPresent(line -> waiting.add(new Item.Control(line)));
      closing = Optional.of(reason);
      closingSince = nanos.getAsLong();
    }
    writing.iterate();
  }

  /** Cuts the connection, whatever is under way. */
  void abort() {
    core.abort();
  }

  /** For how long a write has been under way, in nanoseconds; 0 if none is. */
  synchronized long writingNanos() {
    return inFlight ? Math.max(1, nanos.getAsLong() - inFlightSince) : 0;
  }

  /** For how long this has been closing, in nanoseconds; 0 if it is not. */
  synchronized long closingNanos() {
    return closing.isPresent() ? Math.max(1, nanos.getAsLong() - closingSince) : 0;
  }

  /** Whether the end was decided on: what the peer still says is not heard any more. */
  synchronized boolean isClosing() {
    return closing.isPresent();
  }

  /** For how long nothing was sent that every client can see, in nanoseconds. */
  synchronized long silentNanos() {
    return nanos.getAsLong() - lastSent;
  }

  /** The one write in flight, again and again until nothing waits. */
  private final class Writing extends IteratingCallback {
    private boolean batchInFlight;

    /** Guarded by the sender, for it may be gone while this is written. */
    private Optional<Runnable> onReplyDone = Optional.empty();

    private Optional<Runnable> onReplyBegun = Optional.empty();

    @Override
    protected Action process() {
      Optional<Runnable> onWritable = Optional.empty();
      Optional<Runnable> onReply;
      Optional<Runnable> onBegun;
      Optional<List<Outgoing.Payload>> frames;
      synchronized (FrameSender.this) {
        onReply = onReplyDone;
        onReplyDone = Optional.empty();
        if (batchInFlight) {
          batchInFlight = false;
          batchTaken = false;
          onWritable = owed;
          owed = Optional.empty();
        }
        frames = next();
        onBegun = onReplyBegun;
        onReplyBegun = Optional.empty();
        inFlight = frames.isPresent();
        inFlightSince = nanos.getAsLong();
        // A ping is no sign of life to those who cannot see it: scripts in browsers.
        if (inFlight && frames.get().get(0).opCode() != OpCode.PING) {
          lastSent = inFlightSince;
        }
      }
      onWritable.ifPresent(Runnable::run);
      onReply.ifPresent(Runnable::run);
      onBegun.ifPresent(Runnable::run);
      if (frames.isEmpty()) {
        return Action.IDLE;
      }
      write(frames.get());
      return Action.SCHEDULED;
    }

    /** A write that failed leaves half a frame behind: nothing can follow it. */
    @Override
    protected void onFailure(Throwable cause) {
      core.abort();
    }

    /** The frames to write now. A close frame is the last. */
    private Optional<List<Outgoing.Payload>> next() {
      if (closeSent) {
        return Optional.empty();
      }
      if (pingDue) {
        pingDue = false;
        return Optional.of(List.of(new Outgoing.Payload(OpCode.PING, ByteBuffer.allocate(0))));
      }
      Item item = waiting.poll();
      if (item instanceof Item.Frames batch) {
        batchInFlight = true;
        return Optional.of(batch.outgoing().frames());
      }
      if (item instanceof Item.Reply reply) {
        onReplyBegun = Optional.of(reply.onBegun());
        onReplyDone = Optional.of(reply.onDone());
        return Optional.of(reply.outgoing().frames());
      }
      if (item instanceof Item.Control first) {
        return Optional.of(Outgoing.text(joined(first)).frames());
      }
      closeSent = closing.isPresent();
      return closing.map(reason -> List.of(closeFrame(reason)));
    }

    private String joined(Item.Control first) {
      controlChars -= first.line().length();
      if (!(waiting.peek() instanceof Item.Control)) {
        return first.line();
      }
      StringBuilder lines = new StringBuilder(first.line());
      while (waiting.peek() instanceof Item.Control next
          && lines.length() + next.line().length() < MAX_JOINED_CHARS) {
        waiting.remove();
        controlChars -= next.line().length();
        lines.append('\n').append(next.line());
      }
      return lines.toString();
    }

    /** All but the last go into Jetty's batch buffer, which the last one flushes before itself. */
    private void write(List<Outgoing.Payload> frames) {
      int last = frames.size() - 1;
      for (int i = 0; i < last; i++) {
        send(frames.get(i).frame(), Callback.NOOP, true);
      }
      send(frames.get(last).frame(), this, false);
    }

    private void send(Frame frame, Callback callback, boolean batch) {
      core.sendFrame(new OutgoingEntry.Builder(frame, callback).batch(batch).build());
    }
  }

  private static Outgoing.Payload closeFrame(CloseReason reason) {
    Frame frame = new CloseStatus(reason.code(), reason.text()).toFrame();
    return new Outgoing.Payload(OpCode.CLOSE, frame.getPayload());
  }
}
