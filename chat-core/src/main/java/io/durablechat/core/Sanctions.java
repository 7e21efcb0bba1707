package io.durablechat.core;

import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Those who are banned, or those who are muted, in one room or in all. Written by one thread and
 * read by others.
 *
 * <p>About somebody the newest holds, and it goes on to be about all the addresses of those before
 * it. Of an address any number may hold: it may be several people's. Whatever is asked or changed
 * costs the same however many that are: the one that ends last says whether any holds.
 */
final class Sanctions {
  private static final Comparator<Decided> LAST_TO_END_FIRST =
      Comparator.comparing(Sanctions::end).reversed().thenComparingLong(Decided::sequence);

  private final Map<String, Decided> byIdentity = new ConcurrentHashMap<>();
  private final Map<String, NavigableSet<Decided>> byAddress = new ConcurrentHashMap<>();

  /** All that are in either of the maps. */
  private final NavigableSet<Decided> all = new ConcurrentSkipListSet<>(LAST_TO_END_FIRST);

  private static Instant end(Decided sanction) {
    return sanction.ruling().until().orElse(Instant.MAX);
  }

  void add(Decided sanction) {
    // As of then, here and below, so that a restart finds the same.
    forgetEnded(sanction.at());
    Optional<Decided> before = sanction.ruling().identity().map(byIdentity::get);
    Decided now =
        before
            .filter(earlier -> earlier.isInForce(sanction.at()))
            .map(earlier -> sanction.alsoFrom(earlier.ruling().addressHashes()))
            .orElse(sanction);
    Ruling ruling = now.ruling();
    all.add(now);
    ruling.identity().ifPresent(identity -> byIdentity.put(identity, now));
    ruling
        .addressHashes()
        .forEach(
            addressHash ->
                byAddress.compute(
                    addressHash,
                    (same, known) -> {
                      NavigableSet<Decided> from =
                          known == null ? new ConcurrentSkipListSet<>(LAST_TO_END_FIRST) : known;
                      from.add(now);
                      return from;
                    }));
    // Last, so that at no time nothing holds.
    before.filter(earlier -> !earlier.equals(now)).ifPresent(this::remove);
  }

  private void forgetEnded(Instant now) {
    Iterator<Decided> firstToEnd = all.descendingIterator();
    while (firstToEnd.hasNext()) {
      Decided sanction = firstToEnd.next();
      if (sanction.isInForce(now)) {
        return;
      }
      sanction.ruling().identity().ifPresent(identity -> byIdentity.remove(identity, sanction));
      remove(sanction);
    }
  }

  /** Takes out one that is nobody's by name any more. */
  private void remove(Decided sanction) {
    for (String addressHash : sanction.ruling().addressHashes()) {
      byAddress.computeIfPresent(
          addressHash,
          (same, from) -> {
            from.remove(sanction);
            return from.isEmpty() ? null : from;
          });
    }
    all.remove(sanction);
  }

  /** Ends what holds for somebody, and all that holds for where the ruling says they come from. */
  void lift(Ruling ruling) {
    ruling.identity().map(byIdentity::remove).ifPresent(this::remove);
    liftFrom(ruling.addressHashes());
  }

  /** Ends all that holds for who comes from there, but for those it names. */
  void liftFrom(Set<String> addressHashes) {
    for (String addressHash : addressHashes) {
      Set<Decided> lifted = byAddress.remove(addressHash);
      if (lifted != null) {
        lifted.stream().filter(sanction -> !isHeld(sanction)).forEach(all::remove);
      }
    }
  }

  private boolean isHeld(Decided sanction) {
    return sanction.ruling().identity().map(byIdentity::get).filter(sanction::equals).isPresent()
        || sanction.ruling().addressHashes().stream()
            .anyMatch(addressHash -> isFrom(addressHash, sanction));
  }

  private boolean isFrom(String addressHash, Decided sanction) {
    Set<Decided> from = byAddress.get(addressHash);
    return from != null && from.contains(sanction);
  }

  /** Whether {@link #lift} would end anything. */
  boolean hasWhatIsLifted(Ruling ruling, Instant now) {
    return Stream.concat(
            ruling.identity().map(byIdentity::get).stream(),
            ruling.addressHashes().stream().flatMap(this::lastFrom))
        .anyMatch(sanction -> sanction.isInForce(now));
  }

  /** The one that ends last of those from there. */
  private Stream<Decided> lastFrom(String addressHash) {
    Set<Decided> from = byAddress.get(addressHash);
    return from == null ? Stream.empty() : from.stream().limit(1);
  }

  /** What holds for somebody now. */
  Optional<Decided> find(Member member, SessionAttributes attributes, Instant now) {
    return Stream.concat(
            Optional.ofNullable(byIdentity.get(member.identity())).stream(),
            attributes.sanctionable().stream().flatMap(this::lastFrom))
        .filter(sanction -> sanction.isInForce(now))
        .findFirst();
  }

  /** The address hashes a sanction was about, of which it has been lifted. */
  Set<String> liftedFrom(Decided sanction) {
    return sanction.ruling().addressHashes().stream()
        .filter(addressHash -> !isFrom(addressHash, sanction))
        .collect(Collectors.toSet());
  }

  /** All that hold now; forgets those that have ended. */
  List<Decided> inForce(Instant now) {
    forgetEnded(now);
    return all.stream()
        .filter(sanction -> sanction.isInForce(now))
        .sorted(Comparator.comparingLong(Decided::sequence))
        .toList();
  }
}
