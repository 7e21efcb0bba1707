package io.durablechat.jetty;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The dialects that are spoken here. Immutable.
 *
 * @param all each of another name, and each asked for in a way of its own: by where its rooms are
 *     and by its subprotocol
 */
record Dialects(List<Dialect> all) {
  /** Those that are on unless something else is said. */
  static final Dialects STANDARD = new Dialects(List.of(Dialect.plain(), Dialect.chatV1()));

  /** The way in which one is asked for. */
  private record Way(String rooms, Optional<String> subprotocol) {}

  /**
   * Checks that each can be told from the others.
   *
   * @throws IllegalArgumentException if there is none, or two are asked for in the same way
   */
  Dialects {
    all = List.copyOf(all);
    if (all.isEmpty()) {
      throw new IllegalArgumentException("no dialect is named");
    }
    Set<String> names = new HashSet<>();
    Set<Way> ways = new HashSet<>();
    for (Dialect dialect : all) {
      if (!names.add(dialect.name())) {
        throw new IllegalArgumentException("dialect " + dialect.name() + " is named twice");
      }
      if (!ways.add(new Way(dialect.rooms(), dialect.subprotocol()))) {
        throw new IllegalArgumentException(
            "dialect " + dialect.name() + " is asked for as another one is");
      }
    }
  }

  /** Returns what is answered to a {@code POST}, by path. */
  Map<String, Supplier<String>> posts() {
    Map<String, Supplier<String>> posts = new LinkedHashMap<>();
    all.forEach(dialect -> posts.putAll(dialect.posts()));
    return posts;
  }

  /** Returns the paths below which rooms are. */
  List<String> rooms() {
    return all.stream().map(Dialect::rooms).distinct().toList();
  }

  /**
   * Returns the dialect for a handshake below this path that offers these subprotocols; empty if
   * there is none.
   */
  Optional<Dialect> of(String rooms, List<String> offered) {
    return all.stream()
        .filter(dialect -> dialect.rooms().equals(rooms))
        .filter(dialect -> dialect.subprotocol().map(offered::contains).orElseGet(offered::isEmpty))
        .findFirst();
  }

  /** Returns the dialect whose subprotocol was agreed on; an empty one stands for none. */
  Optional<Dialect> agreed(String rooms, String subprotocol) {
    return of(rooms, subprotocol.isEmpty() ? List.of() : List.of(subprotocol));
  }

  /**
   * Returns in one line how those below this path are asked for: for a handshake that asked for
   * none of them.
   */
  String refusal(String rooms) {
    List<String> subprotocols = subprotocols(rooms);
    if (subprotocols.isEmpty()) {
      return "no subprotocol is known here: offer none";
    }
    String known =
        "no known subprotocol offered: this server speaks " + String.join(", ", subprotocols);
    return of(rooms, List.of()).isPresent()
        ? known + ", or plain frames to who offers none"
        : known;
  }

  /** Returns the subprotocols by which those below this path can be asked for. */
  List<String> subprotocols(String rooms) {
    return all.stream()
        .filter(dialect -> dialect.rooms().equals(rooms))
        .flatMap(dialect -> dialect.subprotocol().stream())
        .toList();
  }
}
