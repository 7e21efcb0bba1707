package io.durablechat.core;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Rulings as they are kept: the action in the first line, then a line for each of what else there
 * is. Lines that are not known are passed over, so that later versions may add some.
 *
 * <pre>
 * ban
 * room kitchen
 * member guest:...
 * from 0123456789abcdef
 * until 1767323045000
 * reason spam
 * </pre>
 */
final class RulingText {
  private RulingText() {}

  static Body write(Ruling ruling) {
    StringBuilder text = new StringBuilder(ruling.action().word());
    ruling.room().ifPresent(room -> line(text, "room", room.value()));
    ruling.identity().ifPresent(identity -> line(text, "member", identity));
    ruling.addressHashes().stream()
        .sorted()
        .forEach(addressHash -> line(text, "from", addressHash));
    ruling.until().ifPresent(until -> line(text, "until", "" + until.toEpochMilli()));
    ruling.sequence().ifPresent(sequence -> line(text, "seq", "" + sequence));
    ruling.uses().ifPresent(uses -> line(text, "uses", "" + uses));
    if (!ruling.slow().isZero()) {
      line(text, "slow", "" + ruling.slow().toMillis());
    }
    ruling.reason().ifPresent(reason -> line(text, "reason", reason));
    return Body.text(text.toString());
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append('\n').append(key).append(' ').append(value);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static Ruling read(Body body) {
    String[] lines = body.text().split("\n", -1);
    Optional<RoomName> room = Optional.empty();
    Optional<String> identity = Optional.empty();
    Set<String> addressHashes = new HashSet<>();
    Optional<Instant> until = Optional.empty();
    OptionalLong sequence = OptionalLong.empty();
    OptionalInt uses = OptionalInt.empty();
    Duration slow = Duration.ZERO;
    Optional<String> reason = Optional.empty();
    for (int i = 1; i < lines.length; i++) {
      String[] keyAndValue = lines[i].split(" ", 2);
      String value = keyAndValue.length == 2 ? keyAndValue[1] : "";
      switch (keyAndValue[0]) {
        case "room" -> room = Optional.of(RoomName.of(value));
        case "member" -> identity = Optional.of(value);
        case "from" -> addressHashes.add(value);
        case "until" -> until = Optional.of(Instant.ofEpochMilli(Long.parseLong(value)));
        case "seq" -> sequence = OptionalLong.of(Long.parseLong(value));
        case "uses" -> uses = OptionalInt.of(Integer.parseInt(value));
        case "slow" -> slow = Duration.ofMillis(Long.parseLong(value));
        case "reason" -> reason = Optional.of(value);
        default -> {
          // Of a later version.
        }
      }
    }
    return new Ruling(
        action(lines[0]), room, identity, addressHashes, until, sequence, uses, slow, reason);
  }

  private static Ruling.Action action(String word) {
    return Stream.of(Ruling.Action.values())
        .filter(action -> action.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such action: " + word));
  }
}
