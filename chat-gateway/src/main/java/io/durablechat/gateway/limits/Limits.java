package io.durablechat.gateway.limits;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much of what is let through. Immutable. */
public final class Limits {
  private static final String NONE = "none";
  private static final Pattern RATE =
      Pattern.compile("([0-9]{1,9})/(s|min)(?: burst ([0-9]{1,9}))?");
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,9}");

  /** What is let through unless something else is asked for. */
  public static final Limits DEFAULT = of(Map.of());

  /** Everything is let through. */
  public static final Limits OFF = new Limits(new EnumMap<>(Limit.class));

  /** So many in a time, or so many at a time. */
  private final Map<Limit, Rate> values;

  /**
   * So many in a time, and so many at once if there were few before; or, without a time, so many.
   */
  record Rate(long count, Duration time, long burst) {}

  private Limits(Map<Limit, Rate> values) {
    this.values = values;
  }

  /**
   * The standard limits, with others in place of some.
   *
   * @param others by {@link Limit#key()}: such as {@code 20/s burst 200}, {@code 5/min}, {@code
   *     1000} for those of so many at a time, or {@code none}
   * @throws IllegalArgumentException naming what is no limit, or no value for it
   */
  public static Limits of(Map<String, String> others) {
    Set<String> unknown = new TreeSet<>(others.keySet());
    Map<Limit, Rate> values = new EnumMap<>(Limit.class);
    for (Limit limit : Limit.values()) {
      unknown.remove(limit.key());
      String value = others.getOrDefault(limit.key(), limit.standard()).strip();
      if (!value.equals(NONE)) {
        values.put(limit, rate(limit, value));
      }
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("no such limit: " + unknown.iterator().next());
    }
    return new Limits(values);
  }

  private static Rate rate(Limit limit, String value) {
    Matcher matcher = RATE.matcher(value);
    if (limit.isRate() && matcher.matches()) {
      long count = Long.parseLong(matcher.group(1));
      long burst = matcher.group(3) == null ? count : Long.parseLong(matcher.group(3));
      if (count > 0 && burst > 0) {
        Duration time =
            matcher.group(2).equals("s") ? Duration.ofSeconds(1) : Duration.ofMinutes(1);
        return new Rate(count, time, burst);
      }
    }
    if (!limit.isRate() && COUNT.matcher(value).matches() && Long.parseLong(value) > 0) {
      return new Rate(Long.parseLong(value), Duration.ZERO, 0);
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s must be %s, or none; not %s",
            limit.key(),
            limit.isRate() ? "such as 20/s burst 200 or 5/min" : "a number",
            value));
  }

  boolean isOff() {
    return values.isEmpty();
  }

  Optional<Rate> rate(Limit limit) {
    return Optional.ofNullable(values.get(limit));
  }

  /** How many there may be at a time. */
  OptionalLong most(Limit limit) {
    Rate rate = values.get(limit);
    return rate == null ? OptionalLong.empty() : OptionalLong.of(rate.count());
  }
}
