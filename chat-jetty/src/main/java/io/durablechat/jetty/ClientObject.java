package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * One JSON object from a client (RFC 8259), of which only the scalar members are kept: nothing a
 * client says has others, and what is not asked for is skipped without being built.
 */
final class ClientObject {
  /** Nesting that a member to be skipped may have. */
  private static final int MAX_DEPTH = 32;

  /** Far more than anything has; what has more is not worth its memory. */
  private static final int MAX_MEMBERS = 64;

  /** The largest integer that every JSON implementation keeps exactly (RFC 7493, section 2.2). */
  private static final long MAX_INTEGER = (1L << 53) - 1;

  private final Map<String, Object> members;

  private ClientObject(Map<String, Object> members) {
    this.members = members;
  }

  /**
   * Reads one line.
   *
   * @throws BadRequestException if it is not one object in strict JSON, names a member twice, or
   *     has more than {@value #MAX_MEMBERS}
   */
  static ClientObject parse(String line) {
    try (JsonReader reader = reader(line, Strictness.STRICT)) {
      if (reader.peek() != JsonToken.BEGIN_OBJECT) {
        throw new BadRequestException("each line must be a JSON object");
      }
      Map<String, Object> members = members(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new BadRequestException("one JSON object a line");
      }
      return new ClientObject(members);
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      throw new BadRequestException("not valid JSON, or half of a surrogate pair in it");
    }
  }

  /**
   * The {@code id} of what {@link #parse} refuses, so that its sender learns what was refused: as
   * far as it can be read, there is one, and it can be repeated.
   */
  static Optional<String> idOf(String line) {
    Optional<String> found = Optional.empty();
    // In this mode half of a surrogate pair in a string does not end the reading.
    try (JsonReader reader = reader(line, Strictness.LEGACY_STRICT)) {
      reader.beginObject();
      while (reader.hasNext()) {
        if (!reader.nextName().equals("id")) {
          reader.skipValue();
        } else if (found.isPresent() || reader.peek() != JsonToken.STRING) {
          return Optional.empty();
        } else {
          found = Optional.of(reader.nextString());
        }
      }
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      // What came before is what there is.
    }
    return found.filter(UTF_8.newEncoder()::canEncode);
  }

  private static JsonReader reader(String line, Strictness strictness) {
    JsonReader reader = new JsonReader(new StringReader(line));
    reader.setStrictness(strictness);
    reader.setNestingLimit(MAX_DEPTH);
    return reader;
  }

  /** The same with this member, whatever it was. */
  ClientObject with(String name, String value) {
    Map<String, Object> more = new HashMap<>(members);
    more.put(name, value);
    return new ClientObject(more);
  }

  /**
   * Checks that nothing else is said than what is known, where what is mistyped, or left empty by
   * mistake, must not go unnoticed.
   *
   * @throws BadRequestException if there is another member, or one is null
   */
  void allowOnly(Set<String> known, Set<String> around) {
    if (!members.keySet().stream().allMatch(n -> known.contains(n) || around.contains(n))) {
      Set<String> all = new TreeSet<>(known);
      all.addAll(around);
      throw new BadRequestException("no such member here; there are " + String.join(", ", all));
    }
    members.forEach(
        (name, value) -> {
          if (value == JsonToken.NULL) {
            throw new BadRequestException(name + " is null; leave it out");
          }
        });
  }

  private static Map<String, Object> members(JsonReader reader) throws IOException {
    Map<String, Object> members = new HashMap<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      Object value = value(reader);
      if (members.putIfAbsent(name, value) != null) {
        throw new BadRequestException("a member is named twice");
      }
      if (members.size() > MAX_MEMBERS) {
        throw new BadRequestException("more than " + MAX_MEMBERS + " members");
      }
    }
    reader.endObject();
    return members;
  }

  private static Object value(JsonReader reader) throws IOException {
    JsonToken token = reader.peek();
    return switch (token) {
      case STRING -> reader.nextString();
      case NUMBER -> new NumberText(reader.nextString());
      case BOOLEAN -> reader.nextBoolean();
      default -> {
        reader.skipValue();
        yield token;
      }
    };
  }

  /** A number as it was written: never computed with before its form is known to be harmless. */
  private record NumberText(String text) {}

  /** The string member of this name; empty if it is missing or null. */
  Optional<String> string(String name) {
    Object value = members.get(name);
    if (value == null || value == JsonToken.NULL) {
      return Optional.empty();
    }
    if (value instanceof String text) {
      return Optional.of(text);
    }
    throw new BadRequestException(name + " must be a string");
  }

  /** The boolean member of this name; empty if it is missing or null. */
  Optional<Boolean> flag(String name) {
    Object value = members.get(name);
    if (value == null || value == JsonToken.NULL) {
      return Optional.empty();
    }
    if (value instanceof Boolean flag) {
      return Optional.of(flag);
    }
    throw new BadRequestException(name + " must be true or false");
  }

  /** The member of this name, a whole number from 0 up; empty if it is missing or null. */
  OptionalLong number(String name) {
    Object value = members.get(name);
    if (value == null || value == JsonToken.NULL) {
      return OptionalLong.empty();
    }
    if (value instanceof NumberText number && number.text().matches("0|[1-9][0-9]{0,15}")) {
      long parsed = Long.parseLong(number.text());
      if (parsed <= MAX_INTEGER) {
        return OptionalLong.of(parsed);
      }
    }
    throw new BadRequestException(name + " must be a whole number from 0 to 2^53-1");
  }
}
