package io.durablechat.wire;

import java.time.Duration;

/**
 * The rules of a room that moderators change.
 *
 * @param locked whether only moderators may publish
 * @param slow how long a member waits between two messages; zero if not at all
 */
public record ChatMode(boolean locked, Duration slow) {
  void put(JsonText json) {
    json.put("locked", locked).put("slow", slow.toMillis());
  }

  static ChatMode read(TolerantObject object) {
    return new ChatMode(object.isSet("locked"), object.time("slow"));
  }
}
