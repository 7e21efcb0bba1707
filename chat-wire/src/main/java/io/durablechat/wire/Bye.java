package io.durablechat.wire;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A {@code bye}: the server ends the session.
 *
 * @param code the WebSocket close code that follows
 * @param reconnect whether the client should come back
 * @param after when to come back, if that is said
 * @param reason one line for people
 */
public record Bye(int code, boolean reconnect, Optional<Window> after, String reason)
    implements Event {
  /** A time to come back in, drawn by chance from {@code min} to {@code max}. */
  public record Window(Duration min, Duration max) {}

  @Override
  public void writeTo(StringBuilder text) {
    JsonText json = new JsonText(text).begin("bye").put("code", code).put("reconnect", reconnect);
    after.ifPresent(
        window ->
            json.put(
                "after", List.of(window.min().toMillis(), window.max().toMillis()), JsonText::add));
    json.put("reason", reason).end();
  }

  static Bye read(TolerantObject object) {
    return new Bye(
        object.count("code"),
        object.isSet("reconnect"),
        object.numbers("after").map(Bye::window),
        object.text("reason"));
  }

  private static Window window(List<Long> after) {
    if (after.size() != 2) {
      throw new MalformedException("after must be two numbers");
    }
    return new Window(Duration.ofMillis(after.get(0)), Duration.ofMillis(after.get(1)));
  }
}
