package io.durablechat.jetty.workerschat;

import io.durablechat.core.Joined;
import io.durablechat.core.Member;
import io.durablechat.core.Presence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is in a room, as one client was told. This dialect knows names alone: whoever is called
 * something else now has quit and joined, and the whole of who is there is told as what has
 * changed.
 *
 * <p>Where more are in the room than are told by name, changes are told once they are few enough
 * again. Not safe for use by several threads.
 */
final class Roster {
  /** Names by identity. */
  private Map<String, String> told = Map.of();

  /** What will have been told once the last changes are taken. */
  private Map<String, String> next = Map.of();

  private String self;

  /** Returns the lines that tell who is there beside the client, which joins. */
  List<String> begin(Joined joined) {
    Member member = joined.session().member();
    self = member.identity();
    Map<String, String> present = names(joined.members());
    present.putIfAbsent(self, member.displayName());
    told = present;
    next = present;
    return present.entrySet().stream()
        .filter(one -> !one.getKey().equals(self))
        .map(one -> Frames.joined(one.getValue()))
        .toList();
  }

  /** Returns the line that tells that the client itself has joined. */
  String own() {
    return Frames.joined(told.get(self));
  }

  /** Returns the lines that tell what has changed since it was told last; none if nothing has. */
  List<String> changes(Presence presence) {
    next = after(presence);
    List<String> lines = new ArrayList<>();
    told.forEach(
        (identity, name) -> {
          if (!name.equals(next.get(identity))) {
            lines.add(Frames.quit(name));
          }
        });
    next.forEach(
        (identity, name) -> {
          if (!name.equals(told.get(identity))) {
            lines.add(Frames.joined(name));
          }
        });
    return lines;
  }

  private Map<String, String> after(Presence presence) {
    if (presence.whole().isPresent()) {
      return names(presence.whole().get());
    }
    if (presence.joined().isEmpty() && presence.left().isEmpty()) {
      return told;
    }
    Map<String, String> after = new LinkedHashMap<>(told);
    presence.left().forEach(member -> after.remove(member.identity()));
    after.putAll(names(presence.joined()));
    return after;
  }

  private static Map<String, String> names(List<Member> members) {
    Map<String, String> names = new LinkedHashMap<>();
    members.forEach(member -> names.put(member.identity(), member.displayName()));
    return names;
  }

  /** The changes were taken, and will be written. */
  void onTold() {
    told = next;
  }
}
