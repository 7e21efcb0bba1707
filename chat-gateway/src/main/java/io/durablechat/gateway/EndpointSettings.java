package io.durablechat.gateway;

import io.durablechat.core.RoomName;
import io.durablechat.gateway.auth.Authenticator;
import io.durablechat.gateway.auth.Guests;
import io.durablechat.gateway.auth.ReservedNames;
import io.durablechat.gateway.auth.RoomRules;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.gateway.limits.ServerSecret;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Settings of an endpoint. Immutable: each method that changes one gives a copy. Safe for use by
 * several threads.
 */
public final class EndpointSettings {
  /** The defaults. */
  public static final EndpointSettings DEFAULT = new EndpointSettings();

  private Duration writeStall = Duration.ofSeconds(60);
  private List<RoomName> publicRooms = List.of();
  private Set<WebOrigin> allowedOrigins = Set.of();

  private Optional<Authenticator> authenticator = Optional.empty();
  private Optional<String> cookie = Optional.empty();
  private Guests guests = Guests.ALLOW;
  private Optional<RoomRules> rules = Optional.empty();
  private ReservedNames reservedNames = ReservedNames.DEFAULT;
  private Limits limits = Limits.DEFAULT;
  private ServerSecret serverSecret = ServerSecret.random();
  private Optional<MeterRegistry> meters = Optional.empty();
  private SettingNames settingNames = SettingNames.OF_METHODS;
  private Dialects dialects = Dialects.STANDARD;

  private EndpointSettings() {}

  private EndpointSettings(EndpointSettings other) {
    writeStall = other.writeStall;
    publicRooms = other.publicRooms;
    allowedOrigins = other.allowedOrigins;
    authenticator = other.authenticator;
    cookie = other.cookie;
    guests = other.guests;
    rules = other.rules;
    reservedNames = other.reservedNames;
    limits = other.limits;
    serverSecret = other.serverSecret;
    meters = other.meters;
    settingNames = other.settingNames;
    dialects = other.dialects;
  }

  /**
   * For how long a peer may take no byte of what is being written to it before it is cut off, by
   * default a minute; on connectors other than {@code ChatServer}'s, for how long no byte may have
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
    copy.allowedOrigins =
        allowed.stream().map(EndpointSettings::origin).collect(Collectors.toUnmodifiableSet());
    return copy;
  }

  private static WebOrigin origin(String written) {
    return WebOrigin.of(written)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "not an origin, such as https://chat.example: " + written));
  }

  /** How refusals name what would allow what was refused, by default as methods of this library. */
  public EndpointSettings settingNames(SettingNames names) {
    EndpointSettings copy = new EndpointSettings(this);
    copy.settingNames = Objects.requireNonNull(names);
    return copy;
  }

  public SettingNames settingNames() {
    return settingNames;
  }

  /** Who finds out who has logged in; by default nobody: all are guests, and no token is taken. */
  public EndpointSettings authenticator(Authenticator newAuthenticator) {
    EndpointSettings copy = new EndpointSettings(this);
    copy.authenticator = Optional.of(newAuthenticator);
    return copy;
  }

  /**
   * The cookie that a token may come in, by default none. Whoever sets it should make it {@code
   * Secure}, {@code HttpOnly} and {@code SameSite}.
   *
   * @throws IllegalArgumentException if it cannot be the name of a cookie (RFC 6265)
   */
  public EndpointSettings cookie(String name) {
    if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
      throw new IllegalArgumentException("not a name for a cookie: " + name);
    }
    EndpointSettings copy = new EndpointSettings(this);
    copy.cookie = Optional.of(name);
    return copy;
  }

  /** What may be done without a token, by default everything. */
  public EndpointSettings guests(Guests newGuests) {
    EndpointSettings copy = new EndpointSettings(this);
    copy.guests = Objects.requireNonNull(newGuests);
    return copy;
  }

  /** Who may do what in which rooms; by default everybody everything, but for {@link #guests}. */
  public EndpointSettings rules(RoomRules newRules) {
    EndpointSettings copy = new EndpointSettings(this);
    copy.rules = Optional.of(newRules);
    return copy;
  }

  /**
   * Names that nobody may choose, however they write them, but a token may have; by default those
   * that seem to speak for the server, such as {@code admin}.
   */
  public EndpointSettings reservedNames(List<String> names) {
    EndpointSettings copy = new EndpointSettings(this);
    copy.reservedNames = new ReservedNames(names);
    return copy;
  }

  /**
   * How much is let through, by default {@link Limits#DEFAULT}. Where WebSockets come by another
   * container than Jetty's, addresses are not known, and what is limited by address is not.
   */
  public EndpointSettings limits(Limits newLimits) {
    EndpointSettings copy = new EndpointSettings(this);
    copy.limits = Objects.requireNonNull(newLimits);
    return copy;
  }

  /**
   * A secret by which addresses are hashed, so that a ban by address need not keep any, and invites
   * are signed: at least 32 bytes. By default one of this process alone, so that such bans and
   * invites do not hold after a restart.
   *
   * @throws IllegalArgumentException if it is too short
   */
  public EndpointSettings serverSecret(byte[] key) {
    EndpointSettings copy = new EndpointSettings(this);
    copy.serverSecret = new ServerSecret(key);
    return copy;
  }

  /**
   * The dialects that are spoken by WebSocket, by default {@link Dialect#plain} and {@link
   * Dialect#chatV1}.
   *
   * @throws IllegalArgumentException if there is none, or two are asked for in the same way
   */
  public EndpointSettings dialects(List<Dialect> spoken) {
    EndpointSettings copy = new EndpointSettings(this);
    copy.dialects = new Dialects(spoken);
    return copy;
  }

  public Dialects dialects() {
    return dialects;
  }

  public ServerSecret serverSecret() {
    return serverSecret;
  }

  /** Where to count and time what happens (Micrometer), by default nowhere. */
  public EndpointSettings meters(MeterRegistry registry) {
    EndpointSettings copy = new EndpointSettings(this);
    copy.meters = Optional.of(registry);
    return copy;
  }

  public Optional<MeterRegistry> meters() {
    return meters;
  }

  public Limits limits() {
    return limits;
  }

  ReservedNames reservedNames() {
    return reservedNames;
  }

  Optional<Authenticator> authenticator() {
    return authenticator;
  }

  Optional<String> cookie() {
    return cookie;
  }

  Guests guests() {
    return guests;
  }

  Optional<RoomRules> rules() {
    return rules;
  }

  public Duration writeStall() {
    return writeStall;
  }

  public List<RoomName> publicRooms() {
    return publicRooms;
  }

  public Set<WebOrigin> allowedOrigins() {
    return allowedOrigins;
  }
}
