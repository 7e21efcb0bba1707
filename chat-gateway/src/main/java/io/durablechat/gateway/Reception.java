package io.durablechat.gateway;

import io.durablechat.core.CloseReason;
import io.durablechat.core.Room;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.core.Start;
import io.durablechat.gateway.auth.Shown;
import io.durablechat.gateway.limits.Charging;
import io.durablechat.gateway.limits.Meters;
import io.durablechat.gateway.limits.ServerSecret;
import io.durablechat.gateway.limits.SessionCharges;
import io.durablechat.gateway.transport.FrameSender;
import io.durablechat.gateway.transport.FrameSink;
import io.durablechat.gateway.transport.MessageAssembler;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Makes the connections of an endpoint, whatever API the WebSockets come by.
 *
 * @param dialects what is spoken by WebSocket
 * @param charging limits and memory
 * @param writeStall how long a peer may take no byte of what is being written to it
 * @param waking what peers are judged by, see {@link WakingTime}
 * @param nanos elapsed time, as {@link System#nanoTime}
 */
public record Reception(
    RoomDirectory rooms,
    Connections connections,
    Dialects dialects,
    Charging charging,
    Access access,
    ServerSecret secret,
    Comeback comeback,
    Meters meters,
    Duration writeStall,
    LongSupplier waking,
    LongSupplier nanos) {

  /**
   * What a WebSocket asked for in its handshake, which {@code HandshakeGate} has let pass.
   *
   * @param start where its session begins, if the dialect has that in the handshake
   * @param shown what it shows of who is behind it, see {@link Access#shown}
   */
  public record Wish(
      RoomName room, Dialect dialect, Start start, Shown shown, Optional<InetAddress> from) {}

  /**
   * A connection that has not been opened.
   *
   * @param executor where what takes a while is put into words, and reading goes on after a pause
   */
  public Connection connection(Wish wish, FrameSink sink, Connection.Wire wire, Executor executor) {
    SessionCharges charges = charging.session(wish.from());
    FrameSender sender = new FrameSender(sink, nanos, charges.unsent(), meters.deliveries());
    Caller caller = new Caller(access, charges, secret.source(wish.from()), wish.shown());
    ReadPace pace = new ReadPace(caller, charges, time -> pause(time, executor));
    Room room = rooms.room(wish.room());
    return new Connection(
        wish.dialect().begin(new Opening(this, room, wish.start(), sender, caller, pace, executor)),
        sender,
        wire,
        new MessageAssembler(maxText(wish), maxBinary(), charges),
        writeStall,
        waking,
        nanos);
  }

  private static CompletionStage<?> pause(Duration time, Executor executor) {
    return CompletableFuture.runAsync(
        () -> {},
        time.isZero()
            ? executor
            : CompletableFuture.delayedExecutor(time.toNanos(), TimeUnit.NANOSECONDS, executor));
  }

  /** The longest text message that the client may send, in bytes. */
  public int maxText(Wish wish) {
    return wish.dialect().maxText(rooms.terms());
  }

  /** The longest binary message that the client may send, in bytes. */
  public int maxBinary() {
    return rooms.terms().maxMessageBytes();
  }

  /** The connection is known: looked after, and closed when all are. */
  public void open(Connection connection) {
    connections.add(connection);
    // Last: a room that does not let the session in closes it from within, and so calls onGone.
    connection.onOpen();
    if (connections.isStopping()) {
      connection.close(CloseReason.GOING_AWAY);
    }
  }

  /** The connection is gone. Called once. */
  public void onGone(Connection connection) {
    connections.remove(connection);
    connection.onGone();
  }
}
