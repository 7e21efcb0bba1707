package io.durablechat.core;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Those who are banned, or those who are muted, in one room or in all. Written by one thread and
 * read by others.
 *
 * <p>About somebody the newest holds, and it goes on to be about all the sources of those before
 * it. Of a source any number may hold: it may be several people's.
 */
final class Sanctions {
  private final Map<String, Decided> byIdentity = new ConcurrentHashMap<>();
  private final Map<String, List<Decided>> bySource = new ConcurrentHashMap<>();

  void add(Decided sanction) {
    Optional<Decided> before = sanction.ruling().identity().map(byIdentity::get);
    Decided now =
        before
            // As of then, so that a restart finds the same.
            .filter(earlier -> earlier.isInForce(sanction.at()))
            .map(earlier -> sanction.alsoFrom(earlier.ruling().sources()))
            .orElse(sanction);
    Ruling ruling = now.ruling();
    ruling.identity().ifPresent(identity -> byIdentity.put(identity, now));
    ruling
        .sources()
        .forEach(
            source ->
                bySource.merge(
                    source,
                    List.of(now),
                    (some, more) ->
                        Stream.concat(some.stream(), more.stream()).distinct().toList()));
    // Last, so that at no time nothing holds.
    before.filter(earlier -> !earlier.equals(now)).ifPresent(this::removeFromSources);
  }

  private void removeFromSources(Decided sanction) {
    for (String source : sanction.ruling().sources()) {
      bySource.computeIfPresent(
          source,
          (same, all) -> {
            List<Decided> left = all.stream().filter(one -> !one.equals(sanction)).toList();
            return left.isEmpty() ? null : left;
          });
    }
  }

  /** Ends what holds for somebody, and all that holds for where the ruling says they come from. */
  void lift(Ruling ruling) {
    ruling.identity().map(byIdentity::remove).ifPresent(this::removeFromSources);
    bySource.keySet().removeAll(ruling.sources());
  }

  /** Whether {@link #lift} would end anything. */
  boolean hasWhatIsLifted(Ruling ruling, Instant now) {
    return Stream.concat(
            ruling.identity().map(byIdentity::get).stream(),
            ruling.sources().stream().flatMap(this::from))
        .anyMatch(sanction -> sanction.isInForce(now));
  }

  private Stream<Decided> from(String source) {
    return bySource.getOrDefault(source, List.of()).stream();
  }

  /** What holds for somebody now. */
  Optional<Decided> find(Member member, Standing standing, Instant now) {
    return Stream.concat(
            Optional.ofNullable(byIdentity.get(member.identity())).stream(),
            standing.sanctionable().stream().flatMap(this::from))
        .filter(sanction -> sanction.isInForce(now))
        .findFirst();
  }

  /** All that hold now; forgets those that have ended. */
  List<Decided> inForce(Instant now) {
    Collection<Decided> all = new HashSet<>(byIdentity.values());
    bySource.values().forEach(all::addAll);
    List<Decided> ended = all.stream().filter(sanction -> !sanction.isInForce(now)).toList();
    ended.forEach(this::removeFromSources);
    byIdentity.values().removeAll(Set.copyOf(ended));
    all.removeAll(ended);
    return all.stream().sorted(Comparator.comparingLong(Decided::sequence)).toList();
  }
}
