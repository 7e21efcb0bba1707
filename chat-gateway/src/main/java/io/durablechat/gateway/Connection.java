package io.durablechat.gateway;

import io.durablechat.core.Body;
import io.durablechat.core.CloseReason;
import io.durablechat.core.RefusedException;
import io.durablechat.gateway.transport.Completion;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.gateway.transport.FrameSender;
import io.durablechat.gateway.transport.MessageAssembler;
import io.durablechat.gateway.transport.WireException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open WebSocket: its dialect, its way out, and the watch over whether the peer is still there.
 *
 * <p>A peer that was silent for 25 s is sent a WebSocket ping; one of which no byte came for 75 s
 * is gone, unless it is taking what is being written to it, or has more to read than that time is
 * enough for. A peer that takes no byte of that for the write-stall time is cut off, and so is one
 * whose close is not through after 3 s. All of this is judged by {@link WakingTime}; only pings go
 * by the clock, as those who wait for them do.
 */
public final class Connection implements Connections.Tended {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  static final Duration PING_AFTER = Duration.ofSeconds(25);
  static final Duration GONE_AFTER = Duration.ofSeconds(75);
  private static final long SLOWEST_BYTES_PER_MILLI = 16;
  private static final long NANOS_PER_MILLI = 1_000_000;

  public static final Duration CLOSE_WITHIN = Duration.ofSeconds(3);

  private static final CloseReason SILENT =
      new CloseReason(1001, true, "nothing heard for " + GONE_AFTER.toSeconds() + " s");

  private static final CloseReason TOO_SLOW =
      new CloseReason(1001, true, "the message came too slowly");

  /** Fragments that are shorter, in bytes, cost more than what they bring. */
  private static final int SMALL_FRAGMENT = 1024;

  /** So many of them weigh as much as a ping. */
  private static final int SMALL_FRAGMENTS = 8;

  /** What can be seen of a peer's socket. */
  public interface Wire {
    /** Bytes that have ever come from it. */
    long bytesIn();

    /** A number that changes when the peer takes bytes; asked for at each tick. */
    long bytesTaken();
  }

  private final Conversation dialect;
  private final FrameSender sender;
  private final Wire wire;
  private final MessageAssembler incoming;
  private final Duration writeStall;
  private final LongSupplier waking;
  private final LongSupplier nanos;

  /** Whether what the peer sent last has to be kept before more is read. */
  private volatile boolean held;

  /** Small fragments that came. Frames come one after another. */
  private int smallFragments;

  /** Whether it ends as soon as all is answered: what comes now is not heard. */
  private volatile boolean isEnding;

  // Used by the ticking thread alone.
  private long bytesIn;
  private long heardAt;
  private long bytesTaken;
  private long takenAt;
  private long takenWhenHeard;
  private long openAt;

  /** When something was heard, or a ping sent, on the clock. */
  private long quietSince;

  /**
   * A connection that has not been opened.
   *
   * @param waking what the peer is judged by, see {@link WakingTime}
   * @param nanos elapsed time, as {@link System#nanoTime}
   */
  Connection(
      Conversation dialect,
      FrameSender sender,
      Wire wire,
      MessageAssembler incoming,
      Duration writeStall,
      LongSupplier waking,
      LongSupplier nanos) {
    this.dialect = dialect;
    this.sender = sender;
    this.wire = wire;
    this.incoming = incoming;
    this.writeStall = writeStall;
    this.waking = waking;
    this.nanos = nanos;
    this.heardAt = waking.getAsLong();
    this.takenAt = heardAt;
    this.openAt = heardAt;
    this.quietSince = nanos.getAsLong();
  }

  public void onOpen() {
    guarded(
        () -> {
          dialect.onOpen();
          return Conversation.READ_ON;
        });
  }

  /**
   * A data frame; the stage completes when the next may be read.
   *
   * @param isLast whether the message ends with it
   * @param content copied, and not used up
   * @throws WireException saying how to close, if the peer did wrong
   */
  public CompletionStage<?> onFrame(byte opcode, boolean isLast, ByteBuffer content) {
    if (isEnding || sender.isClosing()) {
      return Conversation.READ_ON;
    }
    Optional<Body> message;
    try {
      message = incoming.add(opcode, isLast, content, waking.getAsLong());
    } catch (RefusedException tooMuch) {
      dialect.close(CloseReason.OVERLOADED);
      incoming.end();
      return Conversation.READ_ON;
    } catch (WireException whatThePeerDidWrong) {
      throw whatThePeerDidWrong;
    } catch (RuntimeException e) {
      // The container would close with its text.
      LOG.error("A frame could not be taken; its connection is closed", e);
      dialect.close(CloseReason.FAULT);
      incoming.end();
      return Conversation.READ_ON;
    }
    return message.isEmpty() ? onFragment(content.remaining()) : onWhole(message.get());
  }

  private CompletionStage<?> onFragment(int length) {
    return length < SMALL_FRAGMENT && ++smallFragments % SMALL_FRAGMENTS == 0
        ? onTrifle()
        : Conversation.READ_ON;
  }

  private CompletionStage<?> onTrifle() {
    return heldUntil(guarded(dialect::onTrifle));
  }

  private CompletionStage<?> onWhole(Body message) {
    CompletionStage<?> readOn = onMessage(message);
    if (Conversation.readsOn(readOn)) {
      incoming.onHandled();
      return readOn;
    }
    // What is made of this stage comes after this; of the same stage, it might come before.
    return readOn.whenComplete((settled, e) -> incoming.onHandled());
  }

  /** A message; the stage completes when the next may be read. */
  public CompletionStage<?> onMessage(Body message) {
    return heldUntil(guarded(() -> dialect.onMessage(message)));
  }

  /** While the peer is not read from, it cannot be said to be silent. */
  private CompletionStage<?> heldUntil(CompletionStage<?> readOn) {
    if (Conversation.readsOn(readOn)) {
      return readOn;
    }
    held = true;
    return readOn.whenComplete((settled, e) -> held = false);
  }

  /**
   * A WebSocket ping, which is answered before the next frame is read: so no flood of them waits.
   */
  public CompletionStage<?> onPing(ByteBuffer content) {
    CompletableFuture<Void> answered = new CompletableFuture<>();
    sender.pong(content, () -> answered.complete(null));
    return answered.isDone() ? onTrifle() : answered.thenCompose(written -> onTrifle());
  }

  /** A WebSocket pong, asked for or not. */
  public CompletionStage<?> onPong() {
    return onTrifle();
  }

  /**
   * The WebSocket ends by the protocol: with this close frame, once what the peer has said before
   * is answered, but soon.
   */
  public void onEnding(EncodedFrames closeFrame, Completion onWritten) {
    sender.onEnding(closeFrame, onWritten);
    onceAnswered(sender::end);
  }

  /** The container closes with this, of its own accord: with a farewell, but there is no time. */
  public void onStopping(EncodedFrames closeFrame, Completion onWritten) {
    sender.onEnding(closeFrame, onWritten);
    dialect.close(CloseReason.GOING_AWAY);
  }

  @Override
  public void leave(CloseReason reason) {
    onceAnswered(() -> dialect.close(reason));
  }

  private void onceAnswered(Runnable end) {
    synchronized (this) {
      if (isEnding) {
        return;
      }
      isEnding = true;
    }
    dialect.onEnding(end);
  }

  /**
   * Whatever a frame sets off ends at most its own connection, and tells the peer nothing of it.
   * Once the end is decided on, frames are not heard: a message after one that was refused would
   * leave a hole.
   */
  private CompletionStage<?> guarded(Supplier<CompletionStage<?>> frame) {
    if (isEnding || sender.isClosing()) {
      return Conversation.READ_ON;
    }
    try {
      return frame.get();
    } catch (Throwable e) {
      LOG.error("A frame could not be handled; its connection is closed", e);
      dialect.close(CloseReason.FAULT);
      return Conversation.READ_ON;
    }
  }

  /** Our pings stand behind these bytes: one who reads slowly hears of them later. */
  private static long nanosToRead(long bytes) {
    return bytes / SLOWEST_BYTES_PER_MILLI * NANOS_PER_MILLI;
  }

  public void onGone() {
    incoming.end();
    sender.onGone();
    dialect.onGone();
  }

  @Override
  public void close(CloseReason reason) {
    dialect.close(reason);
  }

  @Override
  public void onTick() {
    long now = waking.getAsLong();
    if (sender.closingNanos() > 0) {
      if (Math.min(sender.closingNanos(), now - openAt) > CLOSE_WITHIN.toNanos()) {
        sender.abort();
      }
      return;
    }
    openAt = now;
    if (sender.endingNanos() > CLOSE_WITHIN.toNanos()) {
      sender.end();
      return;
    }
    long count = wire.bytesIn();
    long taken = wire.bytesTaken();
    if (count != bytesIn || held) {
      bytesIn = count;
      heardAt = now;
      takenWhenHeard = taken;
      quietSince = nanos.getAsLong();
    }
    if (taken != bytesTaken || sender.writingNanos() == 0) {
      bytesTaken = taken;
      takenAt = now;
    }
    long writing = Math.min(sender.writingNanos(), now - takenAt);
    if (writing > writeStall.toNanos()) {
      LOG.debug("A peer takes no byte; its connection is cut");
      sender.abort();
    } else if (now - heardAt > GONE_AFTER.toNanos() + nanosToRead(taken - takenWhenHeard)
        && !(sender.writingNanos() > 0 && now - takenAt < GONE_AFTER.toNanos())) {
      dialect.close(SILENT);
    } else if (incoming.isLate(now)) {
      dialect.close(TOO_SLOW);
      incoming.end();
    } else {
      pingIfQuiet(nanos.getAsLong());
      dialect.onTick();
    }
  }

  private void pingIfQuiet(long now) {
    if (now - quietSince >= PING_AFTER.toNanos()) {
      quietSince = now;
      sender.ping();
    }
  }
}
