package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Names for what differs from one run to the next: times, and what was drawn by chance. The same
 * value gets the same name wherever it stands, so that equality is still compared.
 */
final class Placeholders {
  private static final Pattern RECORD_TIME = Pattern.compile("\"seq\":(\\d+)(.*?)\"at\":(\\d{13})");
  private static final Pattern ANONYMOUS = Pattern.compile("anon:[0-9a-f-]{36}");
  private static final Pattern CURSOR = Pattern.compile("(?<![\\w-])[\\w-]{39}(?![\\w-])");
  private static final Pattern SESSION = Pattern.compile("\"session\":\"([^\"]+)\"");
  private static final Pattern INVITE = Pattern.compile("\"invite\":\"([^\"]{20,})\"");
  private static final Pattern TIME_LEFT = Pattern.compile("\"(retryAfter|in)\":\\d+");
  private static final Pattern RETRY = Pattern.compile("(?m)^retry: \\d+$");
  private static final Pattern RETRY_HEADER = Pattern.compile("(?m)^Retry-After: \\d+$");
  private static final Pattern DATE = Pattern.compile("(?m)^Date: .*$");
  private static final Pattern LENGTH = Pattern.compile("(?m)^Content-Length: [1-9]\\d*$");
  private static final Pattern PORT = Pattern.compile("localhost:\\d+");
  private static final int CURSOR_BYTES = 29;
  private static final int FINGERPRINT_BYTES = 8;

  private final Map<String, String> names = new LinkedHashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private final Map<String, String> times = new HashMap<>();
  private final Map<ByteBuffer, String> rooms = new HashMap<>();

  /** A room whose cursors may come. */
  void room(String name) {
    rooms.put(fingerprint(name), name);
  }

  /** Gives a value a name, wherever it comes from now on. */
  void name(String value, String name) {
    names.putIfAbsent(value, "<" + name + ">");
  }

  /** Gives a value the next name of a kind, wherever it comes from now on. */
  private String next(String kind, String value) {
    return names.computeIfAbsent(
        value, v -> "<" + kind + " " + counts.merge(kind, 1, Integer::sum) + ">");
  }

  /** Replaces what is in a text that was said in a room. */
  String replace(String room, String text) {
    String replaced = all(RECORD_TIME, text, record -> time(room, record));
    replaced = all(ANONYMOUS, replaced, id -> "anon:" + next("anonymous", id.group()));
    replaced = all(SESSION, replaced, id -> "\"session\":\"" + next("session", id.group(1)) + "\"");
    replaced = all(INVITE, replaced, id -> "\"invite\":\"" + next("invite", id.group(1)) + "\"");
    replaced = all(CURSOR, replaced, token -> cursor(token.group()).orElse(token.group()));
    replaced = all(TIME_LEFT, replaced, member -> "\"" + member.group(1) + "\":<millis>");
    replaced = all(RETRY, replaced, line -> "retry: <millis>");
    replaced = all(RETRY_HEADER, replaced, line -> "Retry-After: <seconds>");
    replaced = all(DATE, replaced, line -> "Date: <date>");
    replaced = all(LENGTH, replaced, line -> "Content-Length: <length>");
    replaced = all(PORT, replaced, host -> "localhost:<port>");
    for (Map.Entry<String, String> name : names.entrySet()) {
      replaced = replaced.replace(name.getKey(), name.getValue());
    }
    return replaced;
  }

  private static String all(Pattern pattern, String text, Function<MatchResult, String> by) {
    return pattern.matcher(text).replaceAll(found -> Matcher.quoteReplacement(by.apply(found)));
  }

  /** Two records may be of the same moment or not; one record is of one moment. */
  private String time(String room, MatchResult record) {
    String at = record.group(3);
    String before = times.putIfAbsent(room + " " + record.group(1), at);
    String time = before == null || before.equals(at) ? "<time of it>" : "<another time>";
    return "\"seq\":" + record.group(1) + record.group(2) + "\"at\":" + time;
  }

  /** Version, room, lineage, sequence and sum, which older clients hold as they are. */
  private Optional<String> cursor(String token) {
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(token));
    CRC32C sum = new CRC32C();
    sum.update(bytes.array(), 0, CURSOR_BYTES - 4);
    if (bytes.remaining() != CURSOR_BYTES
        || bytes.get() != 1
        || bytes.getInt(CURSOR_BYTES - 4) != (int) sum.getValue()) {
      return Optional.empty();
    }
    ByteBuffer owner = bytes.slice(1, FINGERPRINT_BYTES);
    String room = rooms.getOrDefault(owner, "another room");
    String lineage = next("log", Long.toHexString(bytes.getLong(1 + FINGERPRINT_BYTES)));
    long sequence = bytes.getLong(1 + FINGERPRINT_BYTES + Long.BYTES);
    return Optional.of(
        "<"
            + room
            + " after "
            + sequence
            + ", "
            + lineage.substring(1, lineage.length() - 1)
            + ">");
  }

  private static ByteBuffer fingerprint(String room) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(room.getBytes(UTF_8));
      return ByteBuffer.wrap(Arrays.copyOf(hash, FINGERPRINT_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
