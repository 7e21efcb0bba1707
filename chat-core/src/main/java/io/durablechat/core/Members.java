package io.durablechat.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who is in a room: each identity once, however many sessions it has. Used on the strand alone. */
final class Members {
  private final Map<String, Attendance> present = new LinkedHashMap<>();

  private static final class Attendance {
    private Member member;
    private int sessions;

    /**
     * The names of its sessions that have one, the latest at the end. Mutable from the second on:
     * most members have one session, and there are many members.
     */
    private List<Member> named = List.of();

    private Attendance(Member member) {
      this.member = member;
    }

    private void call(Member latest) {
      if (latest.name().isEmpty()) {
        return;
      }
      if (named.isEmpty()) {
        named = List.of(latest);
      } else {
        named = named.size() == 1 ? new ArrayList<>(named) : named;
        named.add(latest);
      }
      member = latest;
    }

    private void forget(Member one) {
      if (named.size() > 1) {
        named.remove(one);
      } else if (named.contains(one)) {
        named = List.of();
      }
    }
  }

  /** Adds a session, whose name counts from now on; true if it is its member's first. */
  boolean add(Member member) {
    Attendance attendance = present.computeIfAbsent(member.identity(), i -> new Attendance(member));
    attendance.call(member);
    return ++attendance.sessions == 1;
  }

  /** Removes a session; true if it was its member's last. */
  boolean remove(Member member) {
    Attendance attendance = present.get(member.identity());
    attendance.forget(member);
    if (--attendance.sessions > 0) {
      if (!attendance.named.isEmpty() && !attendance.named.contains(attendance.member)) {
        attendance.member = attendance.named.get(attendance.named.size() - 1);
      }
      return false;
    }
    present.remove(member.identity());
    return true;
  }

  /** A session is called something else. */
  void rename(Member before, Member renamed) {
    Attendance attendance = present.get(renamed.identity());
    attendance.forget(before);
    attendance.call(renamed);
  }

  /** What a member who is there is called: as one of its sessions is. */
  Member shown(Member member) {
    return present.get(member.identity()).member;
  }

  int count() {
    return present.size();
  }

  List<Member> list() {
    return present.values().stream().map(attendance -> attendance.member).toList();
  }
}
