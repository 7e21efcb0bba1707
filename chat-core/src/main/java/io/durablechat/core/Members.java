package io.durablechat.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who is in a room: each identity once, however many sessions it has. Used on the strand alone. */
final class Members {
  private final Map<String, Seat> seats = new LinkedHashMap<>();

  private static final class Seat {
    private Member member;
    private int sessions;

    /** What its sessions are called that have a name, the one that said so last at the end. */
    private List<Member> named = List.of();

    private Seat(Member member) {
      this.member = member;
    }

    private void call(Member latest) {
      if (latest.name().isPresent()) {
        List<Member> more = new ArrayList<>(named);
        more.add(latest);
        named = List.copyOf(more);
        member = latest;
      }
    }

    private void forget(Member one) {
      int at = named.indexOf(one);
      if (at >= 0) {
        List<Member> fewer = new ArrayList<>(named);
        fewer.remove(at);
        named = List.copyOf(fewer);
      }
    }
  }

  /** Adds a session, whose name counts from now on; true if it is its member's first. */
  boolean add(Member member) {
    Seat seat = seats.computeIfAbsent(member.identity(), i -> new Seat(member));
    seat.call(member);
    return ++seat.sessions == 1;
  }

  /** Removes a session; true if it was its member's last. */
  boolean remove(Member member) {
    Seat seat = seats.get(member.identity());
    seat.forget(member);
    if (--seat.sessions > 0) {
      if (!seat.named.isEmpty() && !seat.named.contains(seat.member)) {
        seat.member = seat.named.get(seat.named.size() - 1);
      }
      return false;
    }
    seats.remove(member.identity());
    return true;
  }

  /** A session is called something else. */
  void rename(Member before, Member renamed) {
    Seat seat = seats.get(renamed.identity());
    seat.forget(before);
    seat.call(renamed);
  }

  /** What a member who is there is called: as one of its sessions is. */
  Member shown(Member member) {
    return seats.get(member.identity()).member;
  }

  int count() {
    return seats.size();
  }

  List<Member> list() {
    return seats.values().stream().map(seat -> seat.member).toList();
  }
}
