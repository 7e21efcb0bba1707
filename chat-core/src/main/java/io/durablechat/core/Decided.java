package io.durablechat.core;

import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A ruling with who made it and when.
 *
 * @param sequence its place in the trail; rises strictly
 * @param at when it was made
 * @param by who made it
 */
public record Decided(long sequence, Instant at, Member by, Ruling ruling) {
  /**
   * The ruling of a record of {@link Moderation#TRAIL}.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Decided of(Entry entry) {
    return new Decided(
        entry.sequence(), entry.at(), entry.author(), RulingText.read(entry.draft().body()));
  }

  /** This, about all who come from there as well. */
  Decided alsoFrom(Set<String> addressHashes) {
    Set<String> all = new HashSet<>(ruling.addressHashes());
    all.addAll(addressHashes);
    return new Decided(sequence, at, by, ruling.from(all));
  }

  /** Whether it has not ended by itself. */
  boolean isInForce(Instant now) {
    Optional<Instant> until = ruling.until();
    return until.isEmpty() || now.isBefore(until.get());
  }
}
