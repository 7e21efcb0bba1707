package io.durablechat.wire;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/**
 * JSON that is appended to a text, member by member. Nothing is built in between: a server writes
 * each message of a room so. Strings are escaped as gson does it.
 */
final class JsonText {
  private static final char[] HEX = "0123456789abcdef".toCharArray();
  private static final char LINE_SEPARATOR = 0x2028;
  private static final char PARAGRAPH_SEPARATOR = 0x2029;

  private final StringBuilder text;

  JsonText(StringBuilder text) {
    this.text = text;
  }

  JsonText begin() {
    text.append('{');
    return this;
  }

  /** Begins an object of this type. */
  JsonText begin(String type) {
    return begin().put("type", type);
  }

  void end() {
    text.append('}');
  }

  JsonText put(String name, String value) {
    name(name);
    quote(value);
    return this;
  }

  JsonText put(String name, long value) {
    name(name);
    text.append(value);
    return this;
  }

  JsonText put(String name, boolean value) {
    name(name);
    text.append(value);
    return this;
  }

  JsonText put(String name, Optional<String> value) {
    if (value.isPresent()) {
      put(name, value.get());
    }
    return this;
  }

  JsonText put(String name, OptionalLong value) {
    if (value.isPresent()) {
      put(name, value.getAsLong());
    }
    return this;
  }

  JsonText put(String name, WireObject object) {
    name(name);
    object.writeTo(text);
    return this;
  }

  <T> JsonText put(String name, List<T> values, BiConsumer<JsonText, T> each) {
    name(name);
    text.append('[');
    for (T value : values) {
      each.accept(this, value);
    }
    text.append(']');
    return this;
  }

  JsonText put(String name, List<? extends WireObject> objects) {
    return put(name, objects, JsonText::add);
  }

  JsonText add(WireObject object) {
    separate();
    object.writeTo(text);
    return this;
  }

  JsonText add(String value) {
    separate();
    quote(value);
    return this;
  }

  JsonText add(long value) {
    separate();
    text.append(value);
    return this;
  }

  private void name(String name) {
    separate();
    quote(name);
    text.append(':');
  }

  /** All but the first of an object or an array stands behind a comma. */
  private void separate() {
    char last = text.charAt(text.length() - 1);
    if (last != '{' && last != '[') {
      text.append(',');
    }
  }

  private void quote(String value) {
    text.append('"');
    int from = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == '"' || c == '\\' || c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR) {
        text.append(value, from, i);
        escape(c);
        from = i + 1;
      }
    }
    text.append(value, from, value.length()).append('"');
  }

  private void escape(char c) {
    text.append('\\');
    switch (c) {
      case '"', '\\' -> text.append(c);
      case '\t' -> text.append('t');
      case '\b' -> text.append('b');
      case '\n' -> text.append('n');
      case '\r' -> text.append('r');
      case '\f' -> text.append('f');
      default -> {
        text.append('u');
        for (int shift = 12; shift >= 0; shift -= 4) {
          text.append(HEX[c >> shift & 0xf]);
        }
      }
    }
  }
}
