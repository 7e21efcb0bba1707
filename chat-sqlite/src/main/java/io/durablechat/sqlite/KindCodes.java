package io.durablechat.sqlite;

import io.durablechat.core.Content.Kind;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How kinds stand in the file. The numbers are for good; those of other uses are never reused. */
final class KindCodes {
  private KindCodes() {}

  static int of(Kind kind) {
    return switch (kind) {
      case MESSAGE -> 1;
      case PLAIN -> 2;
      case DELETE -> 3;
      case DELETED -> 4;
      case RULING -> 5;
    };
  }

  /** The numbers of what is said, for a query. */
  static String said() {
    return Arrays.stream(Kind.values())
        .filter(Kind::isSaid)
        .map(kind -> "" + of(kind))
        .collect(Collectors.joining(", "));
  }

  static boolean isKnown(int code) {
    return Arrays.stream(Kind.values()).anyMatch(kind -> of(kind) == code);
  }

  static Kind kind(int code) {
    return Arrays.stream(Kind.values())
        .filter(kind -> of(kind) == code)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no kind has the number " + code));
  }
}
