package io.durablechat.gateway;

import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.core.Start;
import io.durablechat.gateway.auth.RoomRules;
import io.durablechat.gateway.auth.Shown;
import io.durablechat.gateway.limits.Charging;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.gateway.limits.Meters;
import io.durablechat.gateway.limits.Pools;
import io.durablechat.gateway.limits.Throttle;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Receptions without a server, of which connections on a {@link FakeSocket} are made. */
public final class Receptions {
  /** Everybody may do everything, and as fast as they like. */
  public static final EndpointSettings FREE =
      EndpointSettings.DEFAULT
          .limits(Limits.OFF)
          .rules(
              RoomRules.parse(
                  "[{\"rooms\": \"*\","
                      + " \"may\": [\"join\", \"read\", \"publish\", \"moderate\"]}]"));

  private Receptions() {}

  public static Reception of(
      RoomDirectory rooms, EndpointSettings settings, InstantSource clock, LongSupplier nanos) {
    return of(rooms, settings, clock, nanos, nanos);
  }

  public static Reception of(
      RoomDirectory rooms,
      EndpointSettings settings,
      InstantSource clock,
      LongSupplier waking,
      LongSupplier nanos) {
    Meters meters = new Meters(Optional.empty(), () -> 0);
    return new Reception(
        rooms,
        new Connections(),
        settings.dialects(),
        new Charging(new Throttle(settings.limits(), rooms, meters, nanos), Pools.ofHeap()),
        new Access(settings, rooms.moderation(), clock),
        settings.serverSecret(),
        new Comeback(() -> 0),
        meters,
        Duration.ofSeconds(60),
        waking,
        nanos);
  }

  /** A connection of chat.v1 on this socket, by a client of whom the handshake shows nothing. */
  public static Connection chatV1(Reception reception, RoomName room, FakeSocket socket) {
    return reception.connection(
        new Reception.Wish(room, Dialect.chatV1(), Start.live(), Shown.NOTHING, Optional.empty()),
        socket,
        socket.wire(),
        Runnable::run);
  }
}
