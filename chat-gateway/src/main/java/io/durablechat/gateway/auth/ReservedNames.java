package io.durablechat.gateway.auth;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Names that nobody may choose, however they write them; a token may have them. */
public final class ReservedNames {
  /** Who seems to speak for the server. */
  public static final ReservedNames DEFAULT =
      new ReservedNames(
          List.of("admin", "administrator", "moderator", "root", "server", "support", "system"));

  private final Set<String> names;

  public ReservedNames(List<String> names) {
    this.names = names.stream().map(ReservedNames::folded).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Checks a name.
   *
   * @throws IllegalArgumentException if it is reserved
   */
  public void check(String name) {
    if (names.contains(folded(name))) {
      throw new IllegalArgumentException("this name is reserved, choose another");
    }
  }

  /** Letters and digits alone, of all that look like them, whatever their case. */
  private static String folded(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKC)
        .toUpperCase(Locale.ROOT)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N}]", "");
  }
}
