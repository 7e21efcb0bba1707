package io.durablechat.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** What an admin port answers, as lines for people. */
final class AdminLines {
  private AdminLines() {}

  static String text(JsonObject o, String name) {
    return o.has(name) ? o.get(name).getAsString() : "";
  }

  /** How a room goes. */
  static String mode(JsonObject state) {
    long slow = state.get("slow").getAsLong();
    return (state.get("locked").getAsBoolean() ? "locked" : "open")
        + (slow > 0 ? ", one message in " + seconds(slow) : "");
  }

  /** A ruling in one line: number, time, who, what, where, why. */
  static String ruling(JsonElement element) {
    JsonObject ruling = element.getAsJsonObject();
    StringBuilder line = new StringBuilder();
    line.append(ruling.get("seq").getAsLong())
        .append(' ')
        .append(time(ruling, "at"))
        .append(' ')
        .append(text(ruling, "by"))
        .append(": ")
        .append(text(ruling, "action"));
    add(line, " ", Optional.of(text(ruling, "member")));
    String target = text(ruling, "action").equals("delete") ? " message " : " invite ";
    add(line, target, Optional.of(text(ruling, "target")));
    if (ruling.has("addresses")) {
      line.append(" and ").append(ruling.getAsJsonArray("addresses").size()).append(" address(es)");
    }
    add(line, " ", Optional.of(ruling).filter(r -> r.has("slow")).map(AdminLines::wait));
    line.append(ruling.has("room") ? " in " + text(ruling, "room") : " in all rooms");
    add(
        line,
        " until ",
        Optional.of(ruling).filter(r -> r.has("until")).map(r -> time(r, "until")));
    add(line, ": ", Optional.of(text(ruling, "reason")));
    return line.toString();
  }

  /** Something that was watched: time, room, member, what. */
  static String event(JsonObject event) {
    String missed = event.has("missed") ? " (" + text(event, "missed") + " missed before)" : "";
    String name = event.has("name") ? " (" + text(event, "name") + ")" : "";
    return String.format(
        Locale.ROOT,
        "%s %s %s%s: %s%s",
        time(event, "at"),
        text(event, "room"),
        text(event, "member"),
        name,
        text(event, "what"),
        missed);
  }

  static String invite(JsonElement element) {
    return ruling(element) + ": " + text(element.getAsJsonObject(), "invite");
  }

  private static String wait(JsonObject ruling) {
    long slow = ruling.get("slow").getAsLong();
    return slow == 0 ? "off" : seconds(slow);
  }

  private static void add(StringBuilder line, String before, Optional<String> text) {
    text.filter(t -> !t.isEmpty()).ifPresent(t -> line.append(before).append(t));
  }

  private static String time(JsonObject o, String name) {
    return Instant.ofEpochMilli(o.get(name).getAsLong()).toString();
  }

  private static String seconds(long millis) {
    return Duration.ofMillis(millis).toSeconds() + " s";
  }
}
