package io.durablechat.wire;

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
 * A JSON object from a client (RFC 8259), read strictly. Only its scalar members are kept, since
 * nothing that a client says has others; what nobody asks for is skipped without being built.
 */
public final class StrictObject {
  private final Map<String, Object> members;

  private StrictObject(Map<String, Object> members) {
    this.members = members;
  }

  /**
   * Reads one line.
   *
   * @throws MalformedException if it is not one object in strict JSON, names a member twice, or has
   *     more than {@value Protocol#MAX_MEMBERS}
   */
  public static StrictObject parse(String line) {
    try (JsonReader reader = reader(line, Strictness.STRICT)) {
      if (reader.peek() != JsonToken.BEGIN_OBJECT) {
        throw new MalformedException("each line must be a JSON object");
      }
      Map<String, Object> members = members(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedException("one JSON object a line");
      }
      return new StrictObject(members);
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      throw new MalformedException("not valid JSON, or half of a surrogate pair in it");
    }
  }

  /**
   * Returns the {@code id} of what {@link #parse} refuses, so that its sender learns what was
   * refused; empty unless it can be read, there is one, and it can be repeated.
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
    reader.setNestingLimit(Protocol.MAX_DEPTH);
    return reader;
  }

  /** Returns the same with this member, whatever it was. */
  StrictObject with(String name, String value) {
    Map<String, Object> more = new HashMap<>(members);
    more.put(name, value);
    return new StrictObject(more);
  }

  /**
   * Checks that nothing else is said than what is known, where what is mistyped, or left empty by
   * mistake, must not go unnoticed.
   *
   * @throws MalformedException if there is another member, or one is null
   */
  void allowOnly(Set<String> known, Set<String> around) {
    if (!members.keySet().stream().allMatch(n -> known.contains(n) || around.contains(n))) {
      Set<String> all = new TreeSet<>(known);
      all.addAll(around);
      throw new MalformedException("no such member here; there are " + String.join(", ", all));
    }
    members.forEach(
        (name, value) -> {
          if (value == JsonToken.NULL) {
            throw new MalformedException(name + " is null; leave it out");
          }
        });
  }

  /**
   * Returns the string member of this name.
   *
   * @throws MalformedException if it is missing, null or something else
   */
  public String text(String name) {
    return string(name).orElseThrow(() -> MalformedException.missing(name));
  }

  private static Map<String, Object> members(JsonReader reader) throws IOException {
    Map<String, Object> members = new HashMap<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      Object value = value(reader);
      if (members.putIfAbsent(name, value) != null) {
        throw new MalformedException("a member is named twice");
      }
      if (members.size() > Protocol.MAX_MEMBERS) {
        throw new MalformedException("more than " + Protocol.MAX_MEMBERS + " members");
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

  /**
   * Returns the string member of this name; empty if it is missing or null.
   *
   * @throws MalformedException if it is something else
   */
  public Optional<String> string(String name) {
    Object value = members.get(name);
    if (value == null || value == JsonToken.NULL) {
      return Optional.empty();
    }
    if (value instanceof String text) {
      return Optional.of(text);
    }
    throw new MalformedException(name + " must be a string");
  }

  /**
   * Returns the boolean member of this name; empty if it is missing or null.
   *
   * @throws MalformedException if it is something else
   */
  public Optional<Boolean> flag(String name) {
    Object value = members.get(name);
    if (value == null || value == JsonToken.NULL) {
      return Optional.empty();
    }
    if (value instanceof Boolean flag) {
      return Optional.of(flag);
    }
    throw new MalformedException(name + " must be true or false");
  }

  /**
   * Returns the member of this name, a whole number from 0 up; empty if it is missing or null.
   *
   * @throws MalformedException if it is something else, or larger than {@link Protocol#MAX_NUMBER}
   */
  public OptionalLong number(String name) {
    Object value = members.get(name);
    if (value == null || value == JsonToken.NULL) {
      return OptionalLong.empty();
    }
    if (value instanceof NumberText number && number.text().matches("0|[1-9][0-9]{0,15}")) {
      long parsed = Long.parseLong(number.text());
      if (parsed <= Protocol.MAX_NUMBER) {
        return OptionalLong.of(parsed);
      }
    }
    throw new MalformedException(name + " must be a whole number from 0 to 2^53-1");
  }
}
