package io.durablechat.core;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Those who are banned, or those who are muted, in one room or in all. Written by one thread and
 * read by others.
 */
final class Sanctions {
  private final Map<String, Decided> byIdentity = new ConcurrentHashMap<>();
  private final Map<String, Decided> bySource = new ConcurrentHashMap<>();

  void add(Decided sanction) {
    sanction.ruling().identity().ifPresent(identity -> byIdentity.put(identity, sanction));
    sanction.ruling().sources().forEach(source -> bySource.put(source, sanction));
  }

  /** Ends what holds for somebody, also for those who come from where they came from. */
  void lift(Ruling ruling) {
    bySource.keySet().removeAll(ruling.sources());
    Optional<Decided> lifted = ruling.identity().map(byIdentity::remove);
    lifted.ifPresent(sanction -> bySource.values().removeIf(sanction::equals));
  }

  /** Whether {@link #lift} would end anything. */
  boolean hasWhatIsLifted(Ruling ruling, Instant now) {
    return Stream.concat(
            ruling.identity().map(byIdentity::get).stream(),
            ruling.sources().stream().map(bySource::get).filter(Objects::nonNull))
        .anyMatch(sanction -> sanction.isInForce(now));
  }

  /** What holds for somebody now. */
  Optional<Decided> find(Member member, Standing standing, Instant now) {
    return Stream.of(
            Optional.ofNullable(byIdentity.get(member.identity())),
            standing.sanctionable().map(bySource::get))
        .flatMap(Optional::stream)
        .filter(sanction -> sanction.isInForce(now))
        .findFirst();
  }

  /** All that hold now; forgets those that have ended. */
  List<Decided> inForce(Instant now) {
    Collection<Decided> identities = byIdentity.values();
    identities.removeIf(sanction -> !sanction.isInForce(now));
    bySource.values().removeIf(sanction -> !sanction.isInForce(now));
    return Stream.concat(identities.stream(), bySource.values().stream()).distinct().toList();
  }
}
