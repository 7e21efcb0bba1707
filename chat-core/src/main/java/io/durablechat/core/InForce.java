package io.durablechat.core;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What of all rulings holds now. Written by one thread at a time and read by others. */
final class InForce {
  private static final System.Logger LOG = System.getLogger(Moderation.class.getName());

  /** What holds in a room, or, under no name, in all. */
  private final Map<Optional<RoomName>, Scope> scopes = new ConcurrentHashMap<>();

  /** What holds in one room, or in all. */
  static final class Scope {
    final Sanctions bans = new Sanctions();
    final Sanctions mutes = new Sanctions();
    final Invites invites = new Invites();
    private volatile RoomMode mode = RoomMode.FREE;

    RoomMode mode() {
      return mode;
    }

    void set(RoomMode newMode) {
      mode = newMode;
    }

    private int size(Instant now) {
      return 1 + bans.inForce(now).size() + mutes.inForce(now).size() + invites.size(now);
    }
  }

  /** Whether nothing was ever decided that could hold: what most rooms are, at no cost. */
  boolean isEmpty() {
    return scopes.isEmpty();
  }

  /** How much holds now, in rulings; forgets what has ended. */
  int size(Instant now) {
    return scopes.values().stream().mapToInt(scope -> scope.size(now)).sum();
  }

  /** All rooms in which something holds or held; empty stands for all of them. */
  Set<Optional<RoomName>> rooms() {
    return scopes.keySet();
  }

  /** What holds in a room alone, or, without one, in all rooms. */
  Optional<Scope> in(Optional<RoomName> room) {
    return Optional.ofNullable(scopes.get(room));
  }

  /** All that holds for a room. */
  Stream<Scope> around(RoomName room) {
    return Stream.concat(in(Optional.of(room)).stream(), in(Optional.empty()).stream());
  }

  /** What holds there; nothing yet if that was never asked. */
  Scope scope(Optional<RoomName> room) {
    return scopes.computeIfAbsent(room, name -> new Scope());
  }

  /** False if this would end what does not hold. */
  boolean hasWhatIsEnded(Ruling ruling, Instant now) {
    Optional<Scope> scope = in(ruling.room());
    return switch (ruling.action()) {
      case UNMUTE -> scope.filter(s -> s.mutes.hasWhatIsLifted(ruling, now)).isPresent();
      case UNBAN -> scope.filter(s -> s.bans.hasWhatIsLifted(ruling, now)).isPresent();
      case REVOKE ->
          scope.filter(s -> s.invites.isGood(ruling.sequence().orElseThrow(), now)).isPresent();
      default -> true;
    };
  }

  /** From now on it holds; empty if it cannot be read. */
  Optional<Ruling> hold(Entry entry) {
    Optional<Decided> decided = read(entry);
    decided.ifPresent(this::hold);
    return decided.map(Decided::ruling);
  }

  /** What a record says; empty, and logged, if it cannot be read. */
  static Optional<Decided> read(Entry entry) {
    try {
      return Optional.of(Decided.of(entry));
    } catch (IllegalArgumentException | IllegalStateException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Ruling {0} cannot be read and does not hold: {1}",
          "" + entry.sequence(),
          e.getMessage());
      return Optional.empty();
    }
  }

  /** It holds as it did when that was written down, which is done in the order of the trail. */
  void holdAgain(Decided decided, Set<String> lifted, int used) {
    hold(decided);
    Scope scope = scope(decided.ruling().room());
    if (decided.ruling().action() == Ruling.Action.INVITE) {
      scope.invites.add(decided, used);
    } else if (!lifted.isEmpty()) {
      (decided.ruling().action() == Ruling.Action.BAN ? scope.bans : scope.mutes).liftFrom(lifted);
    }
  }

  private void hold(Decided decided) {
    Ruling ruling = decided.ruling();
    if (ruling.action() == Ruling.Action.DELETE || ruling.action() == Ruling.Action.KICK) {
      return;
    }
    Scope scope = scope(ruling.room());
    switch (ruling.action()) {
      case MUTE -> scope.mutes.add(decided);
      case UNMUTE -> scope.mutes.lift(ruling);
      case BAN -> scope.bans.add(decided);
      case UNBAN -> scope.bans.lift(ruling);
      case SLOW -> scope.mode = new RoomMode(scope.mode.isLocked(), ruling.slow());
      case LOCK -> scope.mode = new RoomMode(true, scope.mode.slow());
      case UNLOCK -> scope.mode = new RoomMode(false, scope.mode.slow());
      case INVITE -> scope.invites.add(decided);
      case REVOKE -> scope.invites.revoke(ruling.sequence().orElseThrow());
      case ADMIT -> scope.invites.admit(decided);
      case DELETE, KICK -> {
        // They happen, and hold nothing.
      }
    }
  }
}
