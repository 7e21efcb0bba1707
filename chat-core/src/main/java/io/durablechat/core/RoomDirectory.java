package io.durablechat.core;

import java.time.Duration;
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
  /** Rooms on this broadcaster, open to everybody, on threads of their own. */
  static RoomDirectory open(Broadcaster broadcaster) {
    return on(broadcaster).open();
  }

  /** Rooms on this broadcaster, with settings. */
  static Builder on(Broadcaster broadcaster) {
    return new Builder(broadcaster);
  }

  /**
   * The room of this name.
   *
   * @throws IllegalArgumentException if the name is {@linkplain RoomName#isReserved() reserved}
   */
  Room room(RoomName name);

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
   * Drains with {@link CloseReason#GOING_AWAY} unless that was done before, waits up to 5 s for it
   * if the directory runs on its own threads, and ends those. The broadcaster stays open: it
   * belongs to whoever made it. A second call is harmless.
   */
  @Override
  void close();

  /** Settings of a directory. Not safe for use by several threads. */
  final class Builder {
    private static final int RECENT_PART_OF_HEAP = 32;

    private final Broadcaster broadcaster;
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

    private Builder(Broadcaster broadcaster) {
      this.broadcaster = Objects.requireNonNull(broadcaster);
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

    /** Opens the directory. */
    public RoomDirectory open() {
      if (executor != null) {
        return new LiveDirectory(settings(executor, timer), idleAfter, Optional.empty());
      }
      ExecutorService rooms =
          DaemonThreads.pool("chat-room", Runtime.getRuntime().availableProcessors());
      ScheduledExecutorService timers = DaemonThreads.timer("chat-timer");
      Runnable stopThreads =
          () -> {
            rooms.shutdown();
            timers.shutdownNow();
          };
      return new LiveDirectory(settings(rooms, timers), idleAfter, Optional.of(stopThreads));
    }

    private RoomSettings settings(Executor rooms, ScheduledExecutorService timers) {
      return new RoomSettings(
          broadcaster,
          new GuardedPolicy(policy),
          moderation,
          rooms,
          timers,
          new Terms(
              broadcaster.durability(),
              broadcaster.retryWindow(),
              maxMessageBytes,
              sessionDrafts,
              sessionBytes),
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
