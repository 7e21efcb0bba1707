package io.durablechat.gateway.auth;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.reflect.TypeToken;
import io.durablechat.core.Member;
import io.durablechat.core.RoomName;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who may do what in which rooms, as a list of rules of which the first that fits decides; where
 * none does, nothing may be done. Immutable.
 *
 * <pre>
 * [{"who": "guests", "rooms": "lobby", "may": ["join", "read", "publish"]},
 *  {"who": "guests", "rooms": "news-*", "may": ["join", "read"]},
 *  {"who": "user:ann", "rooms": "*", "may": ["join", "read", "publish"]},
 *  {"who": "users", "rooms": "team-*", "may": ["join", "read", "publish"]}]
 * </pre>
 *
 * <p>{@code who} is an identity, {@code guests} (who shows no token), {@code users} (who does), or
 * {@code *}, which is also what is meant without it. In {@code rooms}, {@code *} stands for any
 * characters.
 */
public final class RoomRules {
  private static final Gson GSON = new GsonBuilder().setStrictness(Strictness.STRICT).create();
  private static final String ANY = "*";
  private static final Set<String> KINDS = Set.of(ANY, "guests", "users");

  private final List<Rule> rules;

  private record Rule(String who, Pattern rooms, EnumSet<Right> may) {
    boolean fits(Member member, boolean isGuest, RoomName room) {
      boolean isMeant =
          switch (who) {
            case ANY -> true;
            case "guests" -> isGuest;
            case "users" -> !isGuest;
            default -> who.equals(member.identity());
          };
      return isMeant && rooms.matcher(room.value()).matches();
    }
  }

  /** A rule as it is written. */
  private record Written(String who, String rooms, List<String> may) {
    private static final Set<String> MEMBERS = Set.of("who", "rooms", "may");
  }

  private RoomRules(List<Rule> rules) {
    this.rules = rules;
  }

  /**
   * Reads rules from JSON.
   *
   * @throws IllegalArgumentException saying in one line what is wrong with them
   */
  public static RoomRules parse(String json) {
    try {
      // As maps, because those do not take a member twice.
      List<Map<String, JsonElement>> written = GSON.fromJson(json, new TypeToken<>() {});
      List<Rule> rules = new ArrayList<>();
      for (Map<String, JsonElement> rule : written) {
        rules.add(rule(rules.size() + 1, rule));
      }
      return new RoomRules(List.copyOf(rules));
    } catch (JsonParseException | NullPointerException e) {
      throw new IllegalArgumentException(
          "rules must be a JSON list of {\"who\", \"rooms\", \"may\": [...]}", e);
    }
  }

  /** One that is mistyped must not become one for everybody. */
  private static Rule rule(int number, Map<String, JsonElement> json) {
    for (String member : json.keySet()) {
      if (!Written.MEMBERS.contains(member)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "rule %d: a rule has who, rooms and may; not %s", number, member));
      }
    }
    Written written = GSON.fromJson(GSON.toJsonTree(json), Written.class);
    if (written.rooms() == null || written.may() == null) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "rule %d: a rule needs rooms and may", number));
    }
    EnumSet<Right> may = EnumSet.noneOf(Right.class);
    written.may().forEach(right -> may.add(right(number, right)));
    return new Rule(who(number, written.who()), pattern(RoomName.of(written.rooms())), may);
  }

  private static String who(int number, String who) {
    if (who == null) {
      return ANY;
    }
    if (!KINDS.contains(who) && !who.contains(":")) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "rule %d: who is guests, users, * or an identity, such as user:ann; not %s",
              number,
              who));
    }
    return who;
  }

  private static Right right(int number, String name) {
    for (Right right : Right.values()) {
      if (right.name().toLowerCase(Locale.ROOT).equals(name)) {
        return right;
      }
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "rule %d: a rule says what one may: join, read, publish, moderate; not %s",
            number,
            name));
  }

  private static Pattern pattern(RoomName rooms) {
    StringBuilder regex = new StringBuilder();
    for (String part : rooms.value().split("\\*", -1)) {
      regex.append(regex.length() > 0 ? ".*" : "").append(Pattern.quote(part));
    }
    return Pattern.compile(regex.toString());
  }

  /** What they permit to a member. */
  public Permissions of(Member member, boolean isGuest) {
    return room ->
        rules.stream()
            .filter(rule -> rule.fits(member, isGuest, room))
            .findFirst()
            .map(rule -> (Set<Right>) EnumSet.copyOf(rule.may()))
            .orElseGet(() -> EnumSet.noneOf(Right.class));
  }
}
