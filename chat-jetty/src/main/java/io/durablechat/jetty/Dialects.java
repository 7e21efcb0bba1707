package io.durablechat.jetty;

import java.util.List;
import java.util.Optional;

/**
 * The dialects that are spoken here. Immutable.
 *
 * @param all each of another name, at most one without a subprotocol
 */
record Dialects(List<Dialect> all) {
  /** Those that are on unless something else is said. */
  static final Dialects STANDARD = new Dialects(List.of(new PlainDialect(), new ChatV1Dialect()));

  /** Returns the dialect for a handshake that offers these subprotocols; empty if there is none. */
  Optional<Dialect> of(List<String> offered) {
    return all.stream()
        .filter(dialect -> dialect.subprotocol().map(offered::contains).orElseGet(offered::isEmpty))
        .findFirst();
  }

  /** Returns the dialect whose subprotocol was agreed on; an empty one stands for none. */
  Dialect agreed(String subprotocol) {
    return of(subprotocol.isEmpty() ? List.of() : List.of(subprotocol)).orElseThrow();
  }

  /** Returns the subprotocols by which they can be asked for. */
  List<String> subprotocols() {
    return all.stream().flatMap(dialect -> dialect.subprotocol().stream()).toList();
  }
}
