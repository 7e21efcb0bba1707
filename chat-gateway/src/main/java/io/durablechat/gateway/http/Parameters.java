package io.durablechat.gateway.http;

import io.durablechat.gateway.BadRequestException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parameters of a query, decoded.
 *
 * @param all the values of each by its name, which counts by case
 */
public record Parameters(Map<String, List<String>> all) {
  /**
   * Returns the parameters in a query as it is written, which may be null.
   *
   * @throws UnreadableRequestException if they cannot be decoded
   */
  public static Parameters ofQuery(String query) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (String pair : query == null ? new String[0] : query.split("&", -1)) {
      if (!pair.isEmpty()) {
        String[] parts = pair.split("=", 2);
        all.computeIfAbsent(decoded(parts[0]), name -> new ArrayList<>(1))
            .add(parts.length < 2 ? "" : decoded(parts[1]));
      }
    }
    return new Parameters(all);
  }

  private static String decoded(String written) {
    return RoomPath.decoded(written.replace('+', ' '))
        .orElseThrow(() -> new UnreadableRequestException("the query cannot be decoded", null));
  }

  /** Returns the first value; null if there is none. */
  public String value(String name) {
    List<String> values = all.get(name);
    return values == null || values.isEmpty() ? null : values.get(0);
  }

  /**
   * Refuses parameters that mean nothing here, where a mistyped one would go unnoticed, and those
   * that say two things.
   *
   * @throws BadRequestException if there is one
   */
  public void allow(Set<String> known) {
    allow(known, Set.of());
  }

  /** The same, where these may stand there too, whatever they say. */
  public void allow(Set<String> known, Set<String> passedOver) {
    all.keySet().stream()
        .filter(name -> !known.contains(name) && !passedOver.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new BadRequestException("no such parameter here; there are " + sorted(known));
            });
    for (String name : known) {
      if (all.getOrDefault(name, List.of()).stream().distinct().count() > 1) {
        throw new BadRequestException(name + " is given twice");
      }
    }
  }

  private static String sorted(Set<String> names) {
    return String.join(", ", names.stream().sorted().toList());
  }
}
