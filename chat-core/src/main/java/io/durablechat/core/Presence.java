package io.durablechat.core;

import java.util.List;
import java.util.Optional;

/**
 * Who is in a room, by member and not by session: what has changed, or all of it. Who was away for
 * less than 10 s has not left.
 */
public final class Presence extends Signal {
  private final Optional<List<Member>> whole;
  private final List<Member> joined;
  private final List<Member> left;
  private final int count;
  private final long version;

  private Presence(
      Optional<List<Member>> whole,
      List<Member> joined,
      List<Member> left,
      int count,
      long version) {
    this.whole = whole.map(List::copyOf);
    this.joined = List.copyOf(joined);
    this.left = List.copyOf(left);
    this.count = count;
    this.version = version;
  }

  static Presence change(List<Member> joined, List<Member> left, int count, long version) {
    return new Presence(Optional.empty(), joined, left, count, version);
  }

  static Presence whole(List<Member> members, long version) {
    return new Presence(Optional.of(members), List.of(), List.of(), members.size(), version);
  }

  /** Of a room with more than {@link Joined#MAX_MEMBERS} members. */
  static Presence countOnly(int count, long version) {
    return change(List.of(), List.of(), count, version);
  }

  /** All members, in the order they came, if that is what is told: in place of what was known. */
  public Optional<List<Member>> whole() {
    return whole;
  }

  /** Who has come, or is called something else now. */
  public List<Member> joined() {
    return joined;
  }

  /** Who has left. */
  public List<Member> left() {
    return left;
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** Rises with every change while the room is awake: what is not newer is void. */
  public long version() {
    return version;
  }
}
