package io.durablechat.jetty.workerschat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.durablechat.core.Batch;
import io.durablechat.core.Entry;
import io.durablechat.jetty.EncodedFrames;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** The frames of {@code workers-chat}, each a JSON object (RFC 8259). */
final class Frames {
  /** A batch as frames, a message each: texts that are there, and nothing else. */
  static final Batch.Encoding<Optional<EncodedFrames>> MESSAGES = Frames::messages;

  static final String READY = ready();

  private static final int MAX_DEPTH = 8;

  /** Digits of a timestamp below a millisecond. */
  private static final int DIGITS = 3;

  private static final long IN_A_MILLI = 1000;

  private Frames() {}

  /**
   * Reads what a client says.
   *
   * @throws IllegalArgumentException if it is not one object
   */
  static JsonObject read(String text) {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    reader.setNestingLimit(MAX_DEPTH);
    try {
      JsonElement said = JsonParser.parseReader(reader);
      if (said.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT) {
        return said.getAsJsonObject();
      }
    } catch (JsonParseException | IOException | IllegalStateException | NumberFormatException e) {
      throw new IllegalArgumentException("not valid JSON", e);
    }
    throw new IllegalArgumentException("each frame must be a JSON object");
  }

  private static Optional<EncodedFrames> messages(Batch batch) {
    List<String> said =
        batch.entries().stream()
            .filter(message -> message.content().isSaid() && message.draft().body().isText())
            .map(Frames::message)
            .toList();
    return said.isEmpty() ? Optional.empty() : Optional.of(EncodedFrames.texts(said));
  }

  private static String message(Entry message) {
    JsonObject o = new JsonObject();
    o.addProperty("name", message.author().displayName());
    o.addProperty("message", message.text());
    o.addProperty("timestamp", timestamp(message));
    return o.toString();
  }

  /**
   * Returns when the message was kept, in milliseconds, plus as many thousandths of one as its
   * sequence.
   *
   * <p>Clients pass over what is not later than the last they saw. In a room times never fall and
   * sequences rise strictly, and so does the sum of both; it is a function of the record alone, the
   * same in every replay. Three digits suffice for doubles to differ until the year 2248, and move
   * a time by a second in a million messages.
   */
  static BigDecimal timestamp(Entry message) {
    return BigDecimal.valueOf(
        message.at().toEpochMilli() * IN_A_MILLI + message.sequence(), DIGITS);
  }

  static String joined(String name) {
    return only("joined", name);
  }

  static String quit(String name) {
    return only("quit", name);
  }

  static String error(String why) {
    return only("error", why);
  }

  private static String only(String member, String text) {
    JsonObject o = new JsonObject();
    o.addProperty(member, text);
    return o.toString();
  }

  private static String ready() {
    JsonObject o = new JsonObject();
    o.addProperty("ready", true);
    return o.toString();
  }
}
