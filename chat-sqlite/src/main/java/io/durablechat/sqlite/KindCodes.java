package io.durablechat.sqlite;

import io.durablechat.core.Kind;
import java.util.Arrays;

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
