package io.durablechat.core;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What holds, as a text: blocks of lines, divided by empty ones. The first is the version. A block
 * is what one room has beside rulings, or a ruling that holds, as {@link RulingText} has it, after
 * where it stands in the trail, and what became of it since. In the order of the trail, so that
 * each finds what it found then.
 *
 * <pre>
 * 1
 *
 * room kitchen
 * locked
 * slow 1500
 * admitted guest:...
 *
 * seq 12
 * at 1767323045000
 * by user:mod
 * name Mod
 * lifted 0123456789abcdef
 * used 3
 * ruling
 * ban
 * room kitchen
 * member guest:...
 * </pre>
 */
final class InForceText {
  private static final System.Logger LOG = System.getLogger(Moderation.class.getName());
  private static final String VERSION = "1";
  private static final String RULING = "\nruling\n";

  private InForceText() {}

  /** What holds now; forgets what has ended. */
  static Body write(InForce all, Instant now) {
    StringBuilder text = new StringBuilder(VERSION);
    for (Optional<RoomName> room : all.rooms()) {
      InForce.Scope scope = all.scope(room);
      writeRoom(text, room, scope);
      scope.bans.inForce(now).forEach(ban -> write(text, ban, scope.bans.liftedFrom(ban), 0));
      scope.mutes.inForce(now).forEach(mute -> write(text, mute, scope.mutes.liftedFrom(mute), 0));
      scope
          .invites
          .good(now, now)
          .forEach(invite -> write(text, invite, Set.of(), scope.invites.used(invite)));
    }
    return Body.text(text.toString());
  }

  private static void writeRoom(StringBuilder text, Optional<RoomName> room, InForce.Scope scope) {
    text.append('\n');
    line(text, "room", room.map(RoomName::value).orElse(""));
    RoomMode mode = scope.mode();
    if (mode.isLocked()) {
      line(text, "locked", "");
    }
    if (!mode.slow().isZero()) {
      line(text, "slow", "" + mode.slow().toMillis());
    }
    scope.invites.admitted().forEach(identity -> line(text, "admitted", identity));
  }

  private static void write(StringBuilder text, Decided decided, Set<String> lifted, int used) {
    text.append('\n');
    line(text, "seq", "" + decided.sequence());
    line(text, "at", "" + decided.at().toEpochMilli());
    line(text, "by", decided.by().identity());
    decided.by().name().ifPresent(name -> line(text, "name", name));
    lifted.forEach(source -> line(text, "lifted", source));
    if (used > 0) {
      line(text, "used", "" + used);
    }
    text.append(RULING).append(RulingText.write(decided.ruling()).text());
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append('\n').append(key).append(' ').append(value);
  }

  /** What held when it was written; empty, and logged, if it cannot be read. */
  static Optional<InForce> read(Body text) {
    try {
      String[] blocks = text.text().split("\n\n", -1);
      if (!blocks[0].equals(VERSION)) {
        throw new IllegalArgumentException("of version " + blocks[0]);
      }
      InForce all = new InForce();
      for (int i = 1; i < blocks.length; i++) {
        int ruling = blocks[i].indexOf(RULING);
        if (ruling < 0) {
          readRoom(blocks[i], all);
        } else {
          readRuling(
              blocks[i].substring(0, ruling), blocks[i].substring(ruling + RULING.length()), all);
        }
      }
      return Optional.of(all);
    } catch (IllegalArgumentException | IllegalStateException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The summary of rulings cannot be read, and all of them are: {0}",
          e.getMessage());
      return Optional.empty();
    }
  }

  private static void readRoom(String block, InForce all) {
    String[] lines = block.split("\n", -1);
    String name = valueOf(lines[0]);
    InForce.Scope scope = all.scope(Optional.of(name).filter(n -> !n.isEmpty()).map(RoomName::of));
    boolean isLocked = false;
    Duration slow = Duration.ZERO;
    for (String line : lines) {
      switch (keyOf(line)) {
        case "locked" -> isLocked = true;
        case "slow" -> slow = Duration.ofMillis(Long.parseLong(valueOf(line)));
        case "admitted" -> scope.invites.admitAgain(valueOf(line));
        default -> {
          // The name, which was read, and what a later version may have added.
        }
      }
    }
    scope.set(new RoomMode(isLocked, slow));
  }

  private static void readRuling(String block, String written, InForce all) {
    long sequence = 0;
    Instant at = Instant.EPOCH;
    String identity = "";
    Optional<String> name = Optional.empty();
    Set<String> lifted = new HashSet<>();
    int used = 0;
    for (String line : block.split("\n", -1)) {
      String value = valueOf(line);
      switch (keyOf(line)) {
        case "seq" -> sequence = Long.parseLong(value);
        case "at" -> at = Instant.ofEpochMilli(Long.parseLong(value));
        case "by" -> identity = value;
        case "name" -> name = Optional.of(value);
        case "lifted" -> lifted.add(value);
        case "used" -> used = Integer.parseInt(value);
        default -> {
          // Of a later version.
        }
      }
    }
    Ruling ruling = RulingText.read(Body.text(written));
    all.holdAgain(new Decided(sequence, at, new Member(identity, name), ruling), lifted, used);
  }

  private static String keyOf(String line) {
    int end = line.indexOf(' ');
    return end < 0 ? line : line.substring(0, end);
  }

  private static String valueOf(String line) {
    return line.substring(Math.min(line.length(), keyOf(line).length() + 1));
  }
}
