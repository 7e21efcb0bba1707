package io.durablechat.core;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who is in a room: each identity once, however many sessions it has. Used on the strand alone. */
final class Members {
  private final Map<String, Seat> seats = new LinkedHashMap<>();

  private static final class Seat {
    private Member member;
    private int sessions;

    private Seat(Member member) {
      this.member = member;
    }
  }

  /** Adds a session; true if it is its member's first. */
  boolean add(Member member) {
    return ++seats.computeIfAbsent(member.identity(), i -> new Seat(member)).sessions == 1;
  }

  /** Removes a session; true if it was its member's last. */
  boolean remove(Member member) {
    Seat seat = seats.get(member.identity());
    if (--seat.sessions > 0) {
      return false;
    }
    seats.remove(member.identity());
    return true;
  }

  /** A member who is there is called something else. */
  void rename(Member renamed) {
    seats.get(renamed.identity()).member = renamed;
  }

  int count() {
    return seats.size();
  }

  List<Member> list() {
    return seats.values().stream().map(seat -> seat.member).toList();
  }
}
