package io.durablechat.gateway;

import io.durablechat.core.CloseReason;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All open connections of an endpoint, and the one timer that looks after them. */
public final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  /** How often each connection is looked at. */
  public static final Duration TICK = Duration.ofSeconds(1);

  private final Set<Tended> open = ConcurrentHashMap.newKeySet();
  private final List<Runnable> others = new CopyOnWriteArrayList<>();
  private final Set<Runnable> watched = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  /** What is looked after. */
  public interface Tended {
    /** About a second has passed. */
    public void onTick();

    /** Ends it from this side, saying why. A second call is harmless. */
    void close(CloseReason reason);

    /** The same, once what the peer has asked for is answered. */
    default void leave(CloseReason reason) {
      close(reason);
    }
  }

  public void add(Tended connection) {
    open.add(connection);
  }

  public void remove(Tended connection) {
    open.remove(connection);
    if (open.isEmpty()) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  /** Waits until no connection is open, but no longer than this. */
  public synchronized void awaitNone(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    for (long left = patience.toNanos(); !open.isEmpty() && left > 0; ) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
  }

  /** Whether those who come now are to be sent away. */
  public boolean isStopping() {
    return stopping;
  }

  public void setStopping(boolean isIt) {
    stopping = isIt;
  }

  public int count() {
    return open.size();
  }

  /** Ends them all with this reason, each once what its peer has asked for is answered. */
  public void leaveAll(CloseReason reason) {
    open.forEach(connection -> connection.leave(reason));
  }

  public void closeAll(CloseReason reason) {
    open.forEach(connection -> connection.close(reason));
  }

  public ScheduledFuture<?> tickOn(ScheduledExecutorService timer) {
    // Not at a fixed rate: after a standstill all the ticks that were missed would come at once.
    return timer.scheduleWithFixedDelay(
        this::tick, TICK.toNanos(), TICK.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Has this done with each tick; before there is one. */
  public void onTick(Runnable task) {
    others.add(task);
  }

  /** Has this done about once a second until {@link #unwatch}. */
  public void watch(Runnable onTick) {
    watched.add(onTick);
  }

  public void unwatch(Runnable onTick) {
    watched.remove(onTick);
  }

  /** About a second has passed. */
  public void tick() {
    others.forEach(Connections::guarded);
    watched.forEach(Connections::guarded);
    for (Tended connection : open) {
      guarded(connection::onTick);
    }
  }

  /** Does something that may fail, and is to be done again later all the same. */
  public static void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      // An exception that left this would end the timer, and with it the watch over all.
      LOG.error("A connection could not be looked after", e);
    }
  }
}
