package io.durablechat.core;

import java.util.List;

/**
 * Who is typing in a room, all of them. Of whom nothing more is heard types no longer after 6 s.
 */
public final class Typing extends Signal {
  private final List<Member> who;

  Typing(List<Member> who) {
    this.who = List.copyOf(who);
  }

  /** The members who type, in the order they began. */
  public List<Member> who() {
    return who;
  }
}
