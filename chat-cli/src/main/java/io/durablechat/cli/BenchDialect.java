package io.durablechat.cli;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.durablechat.wire.Command;
import io.durablechat.wire.Protocol;
import java.io.IOException;
import java.io.StringReader;
import java.util.Optional;
import java.util.function.Consumer;

/** How a client says something, and reads what is said to it. */
enum BenchDialect {
  /** Each frame is a message. */
  PLAIN("plain", Optional.empty()) {
    @Override
    String publish(String text) {
      return text;
    }

    @Override
    void read(String frame, Consumer<Said> to) {
      to.accept(new Said("message", frame));
    }
  },

  /** Each frame is JSON objects, one to a line. */
  CHAT_V1(Protocol.SUBPROTOCOL, Optional.of(Command.Hello.anonymous().toJson())) {
    @Override
    String publish(String text) {
      return Command.Publish.of(text).toJson();
    }

    @Override
    void read(String frame, Consumer<Said> to) throws IOException {
      // Piece by piece: to build a tree of each object would measure that.
      JsonReader json = new JsonReader(new StringReader(frame));
      json.setStrictness(Strictness.LENIENT); // strictly, there would be one object
      while (json.peek() != JsonToken.END_DOCUMENT) {
        to.accept(said(json));
      }
    }
  };

  /** The name of this dialect, which is its subprotocol if it says hello. */
  final String label;

  /** What must be said first, and answered with {@code live}. */
  final Optional<String> hello;

  BenchDialect(String label, Optional<String> hello) {
    this.label = label;
    this.hello = hello;
  }

  /** The dialect of this name. */
  static Optional<BenchDialect> named(String label) {
    return label.equals(PLAIN.label)
        ? Optional.of(PLAIN)
        : Optional.of(CHAT_V1).filter(dialect -> label.equals(dialect.label));
  }

  /** The frame that publishes a text. */
  abstract String publish(String text);

  /**
   * Reads a frame.
   *
   * @param to is told of each object in it
   * @throws IOException if it is none of this dialect
   */
  abstract void read(String frame, Consumer<Said> to) throws IOException;

  private static Said said(JsonReader json) throws IOException {
    String type = "";
    String text = "";
    json.beginObject();
    while (json.hasNext()) {
      switch (json.nextName()) {
        case "type" -> type = json.nextString();
        case "text", "message" -> text = json.nextString();
        default -> json.skipValue();
      }
    }
    json.endObject();
    return new Said(type, text);
  }

  /**
   * What a server said.
   *
   * @param type the kind of object, in the words of {@code chat.v1}
   * @param text of a message, or the words of an error
   */
  record Said(String type, String text) {}
}
