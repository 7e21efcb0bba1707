package io.durablechat.jetty;

import io.durablechat.core.CloseReason;
import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.Access;
import io.durablechat.gateway.Comeback;
import io.durablechat.gateway.Connections;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.WakingTime;
import io.durablechat.gateway.http.HandshakeGate;
import io.durablechat.gateway.http.Origins;
import io.durablechat.gateway.http.RoomApi;
import io.durablechat.gateway.limits.Charging;
import io.durablechat.gateway.limits.Meters;
import io.durablechat.gateway.limits.Pools;
import io.durablechat.gateway.limits.Throttle;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What all ways into the rooms of a directory share, and the watch over its connections from the
 * start to the stop. All methods may be called from any thread.
 */
final class ChatService implements AutoCloseable {
  private static final long SWEEP_SECONDS = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Connections connections = new Connections();
  private final Pools pools = Pools.ofHeap();
  private final WakingTime waking = new WakingTime(System::nanoTime);
  private final Reception reception;
  private final EndpointSettings settings;
  private final Origins origins;

  /** Looks after the connections; null while nobody does. Guarded by this. */
  private ScheduledExecutorService timer;

  ChatService(RoomDirectory rooms, EndpointSettings settings) {
    this.settings = settings;
    this.origins = Origins.of(settings);
    Meters meters = new Meters(settings.meters(), System::nanoTime);
    meters.watch(connections::count, rooms, pools);
    this.reception =
        new Reception(
            rooms,
            connections,
            settings.dialects(),
            new Charging(new Throttle(settings.limits(), rooms, meters, System::nanoTime), pools),
            new Access(settings, rooms.moderation(), InstantSource.system()),
            settings.serverSecret(),
            new Comeback(connections::count),
            meters,
            settings.writeStall(),
            waking,
            System::nanoTime);
    // First of all: the others are judged by it.
    connections.onTick(waking::onTick);
  }

  Reception reception() {
    return reception;
  }

  /** Returns the decision on whose pages may do what. */
  Origins origins() {
    return origins;
  }

  /** Returns the decision on handshakes. */
  HandshakeGate gate() {
    return new HandshakeGate(origins, reception);
  }

  /** Returns the rooms over HTTP. */
  RoomApi api() {
    return new RoomApi(reception, settings, origins);
  }

  /** Takes in who comes, and looks after the connections until {@link #stop}. */
  synchronized void start() {
    connections.setStopping(false);
    if (timer != null) {
      return;
    }
    timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "chat-connections");
              thread.setDaemon(true);
              return thread;
            });
    connections.tickOn(timer);
    timer.scheduleWithFixedDelay(
        () -> Connections.guarded(reception.charging().throttle()::sweep),
        SWEEP_SECONDS,
        SWEEP_SECONDS,
        TimeUnit.SECONDS);
  }

  /** Ends every connection without waiting, and looks after none any more. */
  void stop() {
    closeAll(CloseReason.GOING_AWAY);
    synchronized (this) {
      if (timer != null) {
        timer.shutdownNow();
        timer = null;
      }
    }
  }

  /** Returns how many WebSockets and streams of events are open. */
  int connections() {
    return connections.count();
  }

  /** Ends every connection with this reason, after what is on its way to it. Does not wait. */
  void closeAll(CloseReason reason) {
    onStopping();
    connections.closeAll(reason);
  }

  /**
   * Takes in nobody else, ends every connection once what its client has said is answered, and
   * looks after none any more. Waits for it, up to 2 s. A second call is harmless.
   */
  @Override
  public void close() {
    stopTakingIn();
    letGo();
    stop();
  }

  /** Sends away whoever comes from now on. */
  void stopTakingIn() {
    connections.setStopping(true);
  }

  /** Ends every connection as {@link #close()} does, and waits as long. */
  void letGo() {
    onStopping();
    connections.leaveAll(CloseReason.GOING_AWAY);
    try {
      connections.awaitNone(PATIENCE);
    } catch (InterruptedException e) {
      // Whoever stops is in a hurry.
      Thread.currentThread().interrupt();
    }
  }

  /** Before all connections are ended, however that comes about. */
  void onStopping() {
    reception.comeback().onStopping();
  }

  /** What peers are judged by. */
  WakingTime waking() {
    return waking;
  }

  /** Does this about once a second, too, while connections are looked after. */
  void onTick(Runnable task) {
    connections.onTick(task);
  }

  /** Returns the bytes that clients hold in memory now, in all, as far as they are counted. */
  long heldBytes() {
    return pools.held();
  }

  /** Waits until no connection is open, but no longer than this. */
  void awaitNone(Duration patience) throws InterruptedException {
    connections.awaitNone(patience);
  }
}
