package io.durablechat.core;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The rooms of this process, by name. A room comes to be when it is first named, and is put to
 * sleep when it has had no session for a while: what is left of it then is its log.
 *
 * <p>All methods may be called from any thread; only {@link #close()} may block.
 */
public interface RoomDirectory extends AutoCloseable {
  /** Returns rooms that live as long as this directory, each with its last 10,000 messages. */
  static RoomDirectory inMemory() {
    return open(MemoryMessageLog.of(InstantSource.system()));
  }

  /**
   * Returns rooms on this log, open to everybody, on threads of their own. The log belongs to the
   * directory, which closes it in the end, and also if it cannot be opened.
   *
   * @throws RuntimeException if the log fails as it is asked what it promises; it is closed then
   */
  static RoomDirectory open(MessageLog log) {
    return on(log).open();
  }

  /**
   * Returns rooms on this broadcaster, open to everybody, on threads of their own. The broadcaster
   * stays its maker's to close.
   */
  static RoomDirectory open(Broadcaster broadcaster) {
    return on(broadcaster).open();
  }

  /**
   * Returns settings of rooms on this log, which belongs to the directory from {@link
   * Builder#open()} on. For more than rooms, such as {@link Moderation} or {@link
   * LocalBroadcaster#keeping}, make a {@link LocalBroadcaster} on it instead.
   */
  static Builder on(MessageLog log) {
    Broadcaster own =
        log instanceof MemoryMessageLog memory
            ? LocalBroadcaster.inMemory(memory)
            : LocalBroadcaster.on(Objects.requireNonNull(log));
    return new Builder(own, List.of(own::close));
  }

  /** Returns settings of rooms on this broadcaster, which stays its maker's to close. */
  static Builder on(Broadcaster broadcaster) {
    return new Builder(Objects.requireNonNull(broadcaster), List.of());
  }

  /**
   * The room of this name.
   *
   * @throws IllegalArgumentException if the name is {@linkplain RoomName#isReserved() reserved}
   */
  Room room(RoomName name);

  /**
   * Returns the room of this name, as {@link RoomName#of} reads it.
   *
   * @throws IllegalArgumentException saying in one line what is wrong with the name
   */
  default Room room(String name) {
    return room(RoomName.of(name));
  }

  /** What was decided by those who moderate, if rooms heed it. */
  Optional<Moderation> moderation();

  /** Whether messages can be kept, as in {@link Broadcaster#canKeep()}. */
  boolean canKeep();

  /** What sessions may rely on and must keep to, in all rooms alike. */
  Terms terms();

  /** The rooms that are awake: those with sessions, and those that had some a moment ago. */
  List<RoomName> awake();

  /** Whether a room is awake, as in {@link #awake}. */
  boolean isAwake(RoomName name);

  /**
   * Lets go of everybody: once what was published is kept or refused, every session ends with this
   * reason; whoever comes later is refused. Completes when all outboxes have been told. The rooms'
   * threads, if they are the directory's own, end with {@link #close()}.
   */
  CompletionStage<Void> drain(CloseReason reason);

  /**
   * Drains with {@link CloseReason#GOING_AWAY} unless that was done before. If threads or log are
   * the directory's own, waits up to 5 s for it, ends the threads, and closes the log once what was
   * published is kept. A broadcaster that was handed in stays open. A second call is harmless.
   */
  @Override
  void close();

  /** Settings of a directory. Not safe for use by several threads. */
  final class Builder {
    private static final int RECENT_PART_OF_HEAP = 32;

    private final Broadcaster broadcaster;

    /** The closing of the broadcaster, if that is the directory's. */
    private final List<Runnable> closings;

    private RoomPolicy policy = RoomPolicy.OPEN;
    private Optional<Moderation> moderation = Optional.empty();
    private int maxMessageBytes = 1 << 20;
    private Duration idleAfter = Duration.ofSeconds(30);
    private int sessionDrafts = 1024;
    private long sessionBytes = 1 << 20;
    private long inboundBytes = 64 << 20;
    private long recentBytes = Runtime.getRuntime().maxMemory() / RECENT_PART_OF_HEAP;
    private Executor executor;
    private ScheduledExecutorService timer;

    private Builder(Broadcaster broadcaster, List<Runnable> closings) {
      this.broadcaster = broadcaster;
      this.closings = closings;
    }

    /** The application's say; default {@link RoomPolicy#OPEN}. */
    public Builder policy(RoomPolicy newPolicy) {
      this.policy = Objects.requireNonNull(newPolicy);
      return this;
    }

    /** What rooms heed of those who moderate; by default nothing. It stays its owner's to close. */
    public Builder moderation(Moderation heeded) {
      this.moderation = Optional.of(heeded);
      return this;
    }

    /**
     * The largest body that may be published, in bytes; default 1 MiB.
     *
     * @throws IllegalArgumentException unless it is positive
     */
    public Builder maxMessageBytes(int bytes) {
      this.maxMessageBytes = (int) positive("maxMessageBytes", bytes);
      return this;
    }

    /** How long a room stays awake without sessions; default 30 s. */
    public Builder idleAfter(Duration time) {
      this.idleAfter = Objects.requireNonNull(time);
      return this;
    }

    /**
     * What may wait to be kept: drafts and bytes of one session, by default 1,024 and 1 MiB, and
     * bytes of all together, by default 64 MiB. One larger draft always fits.
     *
     * @throws IllegalArgumentException unless all are positive
     */
    public Builder inbound(int draftsPerSession, long bytesPerSession, long bytesInAll) {
      this.sessionDrafts = (int) positive("draftsPerSession", draftsPerSession);
      this.sessionBytes = positive("bytesPerSession", bytesPerSession);
      this.inboundBytes = positive("bytesInAll", bytesInAll);
      return this;
    }

    /**
     * The memory that recent messages of all rooms may take, in bytes, roughly; by default one part
     * in 32 of the heap. They are kept for sessions that are a little behind, which otherwise are
     * fed from the log; a room takes no more than 1 MiB.
     *
     * @throws IllegalArgumentException unless it is positive
     */
    public Builder recentBytes(long bytes) {
      this.recentBytes = positive("recentBytes", bytes);
      return this;
    }

    /**
     * The application's own executors instead of threads of the directory; they stay the
     * application's to shut down.
     *
     * @param rooms runs the rooms' strands; must not run a task within the call that hands it in,
     *     and must not be the pool of threads that read from sockets, some of which may wait for a
     *     room
     * @param timers tells when a room has been idle, and when its members may be told of each other
     */
    public Builder executors(Executor rooms, ScheduledExecutorService timers) {
      this.executor = Objects.requireNonNull(rooms);
      this.timer = Objects.requireNonNull(timers);
      return this;
    }

    /**
     * Opens the directory.
     *
     * @throws RuntimeException if the log fails as it is asked what it promises; if it is the
     *     directory's, it is closed then
     */
    public RoomDirectory open() {
      try {
        // First, as the log may fail at it: then there are no threads yet.
        Terms terms = terms();
        return executor == null ? onOwnThreads(terms) : directory(executor, timer, terms, closings);
      } catch (Throwable e) {
        closeAfter(e);
        throw e;
      }
    }

    /** A caller that opened the log in the same line has nothing left to close it by. */
    private void closeAfter(Throwable failure) {
      try {
        closings.forEach(Runnable::run);
      } catch (RuntimeException e) {
        failure.addSuppressed(e);
      }
    }

    private RoomDirectory onOwnThreads(Terms terms) {
      ExecutorService rooms =
          DaemonThreads.pool("chat-room", Runtime.getRuntime().availableProcessors());
      ScheduledExecutorService timers = DaemonThreads.timer("chat-timer");
      List<Runnable> own = new ArrayList<>(List.of(rooms::shutdown, timers::shutdownNow));
      own.addAll(closings);
      return directory(rooms, timers, terms, own);
    }

    private RoomDirectory directory(
        Executor rooms, ScheduledExecutorService timers, Terms terms, List<Runnable> own) {
      return new LiveDirectory(settings(rooms, timers, terms), idleAfter, own);
    }

    private Terms terms() {
      return new Terms(
          broadcaster.durability(),
          broadcaster.retryWindow(),
          maxMessageBytes,
          sessionDrafts,
          sessionBytes);
    }

    private RoomSettings settings(Executor rooms, ScheduledExecutorService timers, Terms terms) {
      return new RoomSettings(
          broadcaster,
          new GuardedPolicy(policy),
          moderation,
          rooms,
          timers,
          terms,
          Allowance.ofAll(inboundBytes),
          Allowance.ofAll(recentBytes),
          new Turnstile(Math.max(4, 2 * Runtime.getRuntime().availableProcessors())));
    }

    private static long positive(String what, long value) {
      if (value < 1) {
        throw new IllegalArgumentException(what + " must be positive: " + value);
      }
      return value;
    }
  }
}
