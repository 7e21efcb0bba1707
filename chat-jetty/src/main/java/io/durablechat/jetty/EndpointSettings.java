package io.durablechat.jetty;

import io.durablechat.core.RoomName;
import java.time.Duration;
import java.util.List;

/**
 * Settings of an endpoint. Immutable: each method that changes one gives a copy. Safe for use by
 * several threads.
 */
public final class EndpointSettings {
  /** The defaults. */
  public static final EndpointSettings DEFAULT = new EndpointSettings();

  private Duration writeStall = Duration.ofSeconds(60);
  private List<RoomName> publicRooms = List.of();
  private Origins origins = new Origins(List.of());

  private EndpointSettings() {}

  private EndpointSettings(EndpointSettings other) {
    writeStall = other.writeStall;
    publicRooms = other.publicRooms;
    origins = other.origins;
  }

  /**
   * For how long a peer may take no byte of what is being written to it before it is cut off, by
   * default a minute; on connectors other than {@link ChatServer}'s, for how long no byte may have
   * gone either way.
   *
   * @throws IllegalArgumentException unless the time is positive
   */
  public EndpointSettings writeStall(Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException("writeStall must be positive: " + time);
    }
    EndpointSettings copy = new EndpointSettings(this);
    copy.writeStall = time;
    return copy;
  }

  /** The rooms that {@code GET /rooms} names, by default none. */
  public EndpointSettings publicRooms(List<RoomName> rooms) {
    EndpointSettings copy = new EndpointSettings(this);
    copy.publicRooms = List.copyOf(rooms);
    return copy;
  }

  /**
   * Origins (RFC 6454) whose pages may use the rooms, such as {@code https://chat.example}, besides
   * pages of the host that is asked, and of this machine's own ports if it asks itself. By default
   * none. Their hosts are names that this server may be known by.
   *
   * @throws IllegalArgumentException naming one that is no origin
   */
  public EndpointSettings allowedOrigins(List<String> allowed) {
    EndpointSettings copy = new EndpointSettings(this);
    copy.origins = new Origins(allowed);
    return copy;
  }

  Duration writeStall() {
    return writeStall;
  }

  List<RoomName> publicRooms() {
    return publicRooms;
  }

  Origins origins() {
    return origins;
  }
}
