package io.durablechat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.durablechat.core.Body;
import io.durablechat.core.Content;
import io.durablechat.core.Content.Kind;
import io.durablechat.core.Draft;
import io.durablechat.core.Entry;
import io.durablechat.core.Member;
import io.durablechat.core.RoomName;
import io.durablechat.sqlite.StoredEntry;
import io.durablechat.sqlite.StoredRecord;
import io.durablechat.sqlite.StoredRoom;
import io.durablechat.sqlite.TrimmedId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A room as JSON lines, version 1: the first line is the room, then its messages, oldest first.
 * After them the next room may follow in the same way.
 *
 * <pre>
 * {"export":1,"room":"kitchen","trimmedThrough":0,"last":2,"lastAt":1767323045000,"messages":2}
 * {"seq":1,"prev":0,"at":1767323045000,"from":{"id":"guest:...","name":"Ann"},"kind":"message",
 *  "id":"1","replyTo":7,"text":"hello","publish":{"at":1767323045000,"digest":"..."}}
 * </pre>
 *
 * <p>Before the messages come, one to a line, the ids that are still remembered of messages which
 * retention has removed: {@code {"trimmed":1,"author":"guest:...","id":"1","publish":{...}}}.
 *
 * <p>Times are milliseconds since 1970-01-01T00:00Z; binary bodies are {@code data}, and digests,
 * in base64. {@code publish} is there while the id is remembered.
 */
final class RoomLines {
  private static final int VERSION = 1;
  private static final Pattern ROOM = Pattern.compile("\\s*\\{\\s*\"export\"\\s*:");

  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,19}");

  private RoomLines() {}

  /** A line that is not what it should be; the message says why in a few words. */
  static final class BadLineException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private BadLineException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  static String line(StoredRoom room) {
    JsonObject o = new JsonObject();
    o.addProperty("export", VERSION);
    o.addProperty("room", room.name().value());
    o.addProperty("trimmedThrough", room.trimmedThrough());
    o.addProperty("last", room.last());
    o.addProperty("lastAt", room.lastAt());
    o.addProperty("messages", room.records());
    return o.toString();
  }

  static String line(StoredRecord stored) {
    return stored instanceof TrimmedId trimmed ? line(trimmed) : line((StoredEntry) stored);
  }

  private static String line(TrimmedId trimmed) {
    JsonObject o = new JsonObject();
    o.addProperty("trimmed", trimmed.sequence());
    o.addProperty("author", trimmed.author().identity());
    o.addProperty("id", trimmed.id());
    o.add("publish", publish(trimmed.publishId()));
    return o.toString();
  }

  private static JsonObject publish(StoredEntry.PublishId known) {
    JsonObject publish = new JsonObject();
    publish.addProperty("at", known.at());
    publish.addProperty("digest", Base64.getEncoder().encodeToString(known.digest()));
    return publish;
  }

  private static String line(StoredEntry stored) {
    Entry message = stored.entry();
    Draft draft = message.draft();
    JsonObject from = new JsonObject();
    from.addProperty("id", message.author().identity());
    message.author().name().ifPresent(name -> from.addProperty("name", name));
    JsonObject o = new JsonObject();
    o.addProperty("seq", message.sequence());
    o.addProperty("prev", message.previous());
    o.addProperty("at", message.at().toEpochMilli());
    o.add("from", from);
    o.addProperty("kind", word(draft.content().kind()));
    draft.id().ifPresent(id -> o.addProperty("id", id));
    draft.content().refersTo().ifPresent(sequence -> o.addProperty("replyTo", sequence));
    if (draft.body().isText()) {
      o.addProperty("text", draft.body().text());
    } else {
      o.addProperty(
          "data", UTF_8.decode(Base64.getEncoder().encode(draft.body().bytes())).toString());
    }
    stored.publishId().ifPresent(known -> o.add("publish", publish(known)));
    return o.toString();
  }

  /** Whether a room begins with this line. */
  static boolean isRoom(String line) {
    return ROOM.matcher(line).lookingAt();
  }

  static StoredRoom room(String line) {
    return read(
        line,
        o -> {
          if (number(o, "export") != VERSION) {
            throw new IllegalArgumentException("exports of this version are not known");
          }
          return new StoredRoom(
              RoomName.of(text(o, "room")),
              number(o, "trimmedThrough"),
              number(o, "last"),
              number(o, "lastAt"),
              number(o, "messages"));
        });
  }

  static StoredRecord record(String line) {
    return read(line, o -> o.has("trimmed") ? trimmedId(o) : message(o));
  }

  private static TrimmedId trimmedId(JsonObject o) {
    return new TrimmedId(
        number(o, "trimmed"),
        new Member(text(o, "author"), Optional.empty()),
        text(o, "id"),
        publishId(o.getAsJsonObject("publish")));
  }

  private static StoredEntry message(JsonObject o) {
    JsonObject from = o.getAsJsonObject("from");
    Member author =
        new Member(
            text(from, "id"),
            from.has("name") ? Optional.of(text(from, "name")) : Optional.empty());
    return new StoredEntry(
        new Entry(
            number(o, "seq"),
            number(o, "prev"),
            Instant.ofEpochMilli(number(o, "at")),
            author,
            draft(o)),
        Optional.ofNullable(o.getAsJsonObject("publish")).map(RoomLines::publishId));
  }

  private static Draft draft(JsonObject o) {
    if (o.has("text") && o.has("data")) {
      throw new IllegalArgumentException("text and data exclude each other");
    }
    Body body =
        o.has("text") ? Body.text(text(o, "text")) : Body.binary(ByteBuffer.wrap(bytes(o, "data")));
    OptionalLong refersTo =
        o.has("replyTo") ? OptionalLong.of(number(o, "replyTo")) : OptionalLong.empty();
    Content content = Content.of(kind(text(o, "kind")), refersTo, body);
    if (!content.body().equals(body)) {
      throw new IllegalArgumentException("what was deleted, or deletes another, says nothing");
    }
    if (!content.refersTo().equals(refersTo)) {
      throw new IllegalArgumentException("a ruling refers to nothing");
    }
    Draft draft = Draft.of(content);
    return o.has("id") ? draft.withId(text(o, "id")) : draft;
  }

  private static Kind kind(String word) {
    return Stream.of(Kind.values())
        .filter(kind -> word(kind).equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no kind of record has this name"));
  }

  private static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static StoredEntry.PublishId publishId(JsonObject o) {
    return new StoredEntry.PublishId(number(o, "at"), bytes(o, "digest"));
  }

  /**
   * Gson takes numbers for text, fractions for whole numbers, and a list of one for its element.
   */
  private static long number(JsonObject o, String name) {
    requirePresent(o, name);
    if (!(o.get(name) instanceof JsonPrimitive value)
        || !value.isNumber()
        || !WHOLE.matcher(value.getAsString()).matches()) {
      throw new IllegalArgumentException(name + " is not a whole number");
    }
    return Long.parseLong(value.getAsString());
  }

  private static String text(JsonObject o, String name) {
    requirePresent(o, name);
    if (!(o.get(name) instanceof JsonPrimitive value) || !value.isString()) {
      throw new IllegalArgumentException(name + " is not a text");
    }
    return value.getAsString();
  }

  private static void requirePresent(JsonObject o, String name) {
    if (!o.has(name)) {
      throw new IllegalStateException("no " + name);
    }
  }

  private static byte[] bytes(JsonObject o, String name) {
    try {
      return Base64.getDecoder().decode(text(o, name));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " is not base64", e);
    }
  }

  /** Whatever is missing or of another type fails in Gson, in one of these ways. */
  private static <T> T read(String line, Function<JsonObject, T> as) {
    try {
      return as.apply(JsonParser.parseString(line).getAsJsonObject());
    } catch (NumberFormatException e) {
      throw new BadLineException("a number is too large", e);
    } catch (IllegalArgumentException e) {
      throw new BadLineException(String.valueOf(e.getMessage()), e);
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | ClassCastException
        | UnsupportedOperationException e) {
      throw new BadLineException("not a line of an export", e);
    }
  }
}
