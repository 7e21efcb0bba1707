package io.durablechat.wire;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A JSON object from a server: what is asked for must be what the protocol says, what is not asked
 * for may be anything, since later servers say more.
 */
final class TolerantObject {
  private final JsonObject members;

  private TolerantObject(JsonObject members) {
    this.members = members;
  }

  /**
   * Reads one line.
   *
   * @throws MalformedException if it is not one object in JSON
   */
  static TolerantObject parse(String line) {
    try (JsonReader reader = new JsonReader(new StringReader(line))) {
      reader.setStrictness(Strictness.STRICT);
      JsonElement value = JsonParser.parseReader(reader);
      if (value.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT) {
        return new TolerantObject(value.getAsJsonObject());
      }
      throw new MalformedException("not one JSON object");
    } catch (IOException | JsonParseException e) {
      throw new MalformedException("not valid JSON");
    }
  }

  boolean has(String name) {
    return members.has(name);
  }

  Optional<String> string(String name) {
    return member(name)
        .map(value -> primitive(name, value, JsonPrimitive::isString, "a string").getAsString());
  }

  OptionalLong number(String name) {
    Optional<JsonElement> value = member(name);
    return value.isPresent() ? OptionalLong.of(toLong(name, value.get())) : OptionalLong.empty();
  }

  Optional<Duration> duration(String name) {
    return member(name).map(value -> Duration.ofMillis(toLong(name, value)));
  }

  Optional<Boolean> flag(String name) {
    return member(name)
        .map(value -> primitive(name, value, JsonPrimitive::isBoolean, "a boolean").getAsBoolean());
  }

  String text(String name) {
    return string(name).orElseThrow(() -> MalformedException.missing(name));
  }

  long whole(String name) {
    return number(name).orElseThrow(() -> MalformedException.missing(name));
  }

  int count(String name) {
    long value = whole(name);
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new MalformedException(name + " must be from 0 to " + Integer.MAX_VALUE);
    }
    return (int) value;
  }

  Duration time(String name) {
    return duration(name).orElseThrow(() -> MalformedException.missing(name));
  }

  boolean isSet(String name) {
    return flag(name).orElseThrow(() -> MalformedException.missing(name));
  }

  TolerantObject object(String name) {
    return toObject(name, member(name).orElseThrow(() -> MalformedException.missing(name)));
  }

  Optional<List<ChatMember>> members(String name) {
    return list(name, value -> ChatMember.read(toObject(name, value)));
  }

  List<ChatMessage> messages(String name) {
    return list(name, value -> ChatMessage.read(toObject(name, value)))
        .orElseThrow(() -> MalformedException.missing(name));
  }

  List<String> strings(String name) {
    return list(
            name,
            value -> primitive(name, value, JsonPrimitive::isString, "of strings").getAsString())
        .orElseThrow(() -> MalformedException.missing(name));
  }

  Optional<List<Long>> numbers(String name) {
    return list(name, value -> toLong(name, value));
  }

  private <T> Optional<List<T>> list(String name, Function<JsonElement, T> each) {
    return member(name)
        .map(
            value -> {
              if (!(value instanceof JsonArray array)) {
                throw new MalformedException(name + " must be a list");
              }
              List<T> list = new ArrayList<>(array.size());
              array.forEach(element -> list.add(each.apply(element)));
              return List.copyOf(list);
            });
  }

  private Optional<JsonElement> member(String name) {
    return Optional.ofNullable(members.get(name)).filter(value -> !value.isJsonNull());
  }

  private static TolerantObject toObject(String name, JsonElement value) {
    if (value instanceof JsonObject object) {
      return new TolerantObject(object);
    }
    throw new MalformedException(name + " must be an object");
  }

  private static long toLong(String name, JsonElement value) {
    try {
      return primitive(name, value, JsonPrimitive::isNumber, "a number")
          .getAsBigDecimal()
          .longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw new MalformedException(name + " must be a whole number");
    }
  }

  private static JsonPrimitive primitive(
      String name, JsonElement value, Predicate<JsonPrimitive> is, String what) {
    if (value instanceof JsonPrimitive primitive && is.test(primitive)) {
      return primitive;
    }
    throw new MalformedException(name + " must be " + what);
  }
}
