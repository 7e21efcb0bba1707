package io.durablechat.gateway.http;

import com.google.gson.JsonObject;
import io.durablechat.core.Draft;
import io.durablechat.core.Member;
import io.durablechat.core.Receipt;
import io.durablechat.core.RefusedException;
import io.durablechat.core.Room;
import io.durablechat.core.Terms;
import io.durablechat.gateway.BadRequestException;
import io.durablechat.gateway.Caller;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.limits.Meters;
import io.durablechat.gateway.limits.Refusals;
import io.durablechat.gateway.transport.IncomingBytes;
import io.durablechat.wire.Protocol;
import io.durablechat.wire.StrictObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Publishes what is posted to a room: JSON or a text. */
public final class Posts {
  private static final String JSON = "application/json";
  private static final String TEXT = "text/plain";

  /** What is read of a body that is too large, before its sender is told so, in bytes. */
  private static final int DRAINED = 1 << 20;

  private static final Pattern QUOTED = Pattern.compile("\"([^\"\\\\]|\\\\[\"\\\\])*\"");

  private final Terms terms;
  private final Reception reception;
  private final Meters meters;

  Posts(Reception reception) {
    this.terms = reception.rooms().terms();
    this.reception = reception;
    this.meters = reception.meters();
  }

  CompletionStage<Answer> publish(Room room, Asked asked) {
    ApiRequest request = asked.request();
    RoomApi.check(asked.charges().onRoom(room.name()));
    RoomApi.check(asked.caller().onPublish());
    Optional<String> id = idempotencyKey(asked);
    String type = contentType(request);
    int max =
        type.equals(TEXT) ? terms.maxMessageBytes() : Protocol.maxLine(terms.maxMessageBytes());
    if (request.contentLength() > (long) max + DRAINED) {
      throw tooLarge();
    }
    IncomingBytes incoming = new IncomingBytes(asked.charges().requests());
    CompletableFuture<ByteBuffer> read = new CompletableFuture<>();
    RequestBody.read(
        request,
        max,
        incoming,
        asked.charges(),
        reception,
        (body, failure) -> {
          if (failure == null) {
            read.complete(body);
          } else {
            read.completeExceptionally(unread(failure));
          }
        });
    return read.thenCompose(
            body -> publish(room, asked, Posted.of(type, decoded(body), asked.caller(), id)))
        .handle(
            (answer, e) -> {
              if (e != null) {
                incoming.end();
                throw new CompletionException(Refusals.cause(e));
              }
              return answer.ending(incoming::end);
            });
  }

  private CompletionStage<Answer> publish(Room room, Asked asked, Posted posted) {
    long startedAt = meters.start();
    Draft draft = posted.draft();
    return room.publish(posted.author(), asked.caller().attributes(room.name()), draft)
        .handle(
            (receipt, e) -> {
              meters.onSettled(startedAt, room.name(), posted.author(), draft, receipt, e);
              if (e != null) {
                throw Refusals.of(e);
              }
              return answer(receipt);
            });
  }

  private Problem tooLarge() {
    return Problem.of(
        Status.PAYLOAD_TOO_LARGE,
        "too_large",
        "message is larger than " + terms.maxMessageBytes() + " bytes");
  }

  private RuntimeException unread(Throwable failure) {
    if (failure instanceof RequestBody.TooLargeException) {
      return tooLarge();
    }
    if (failure instanceof RefusedException refusal) {
      return refusal;
    }
    return failure instanceof TimeoutException
        ? Problem.of(Status.REQUEST_TIMEOUT, "bad_request", "the body did not come in time")
        : Problem.badRequest("the body could not be read");
  }

  private static Answer answer(Receipt receipt) {
    JsonObject o = new JsonObject();
    o.addProperty("seq", receipt.sequence());
    o.addProperty("duplicate", receipt.duplicate());
    return Answer.json(receipt.duplicate() ? Status.OK : Status.CREATED, o);
  }

  /** Without an author it would protect from nothing: everybody new has ids of their own. */
  private static Optional<String> idempotencyKey(Asked asked) {
    Optional<String> key = asked.request().single("Idempotency-Key");
    if (key.isPresent() && asked.caller().member().isAnonymous()) {
      throw Problem.of(
          Status.UNAUTHORIZED,
          "unauthorized",
          "Idempotency-Key needs to know who you are: Authorization: Guest, and a key");
    }
    // A string in quotes, says draft-ietf-httpapi-idempotency-key-header; most send it without.
    return key.map(k -> k.startsWith("\"") ? unquoted(k) : k);
  }

  /** The text of a string in quotes (RFC 8941, section 3.3.3). */
  private static String unquoted(String quoted) {
    if (!QUOTED.matcher(quoted).matches()) {
      throw new BadRequestException(
          "Idempotency-Key begins with a quote, but is no string in quotes");
    }
    return quoted.substring(1, quoted.length() - 1).replaceAll("\\\\(.)", "$1");
  }

  private static String contentType(ApiRequest request) {
    if (!request.headers("Content-Encoding").isEmpty()) {
      throw unsupported("the body must be sent as it is, without Content-Encoding");
    }
    String[] parts =
        request.single("Content-Type").orElse("").toLowerCase(Locale.ROOT).split(";", 2);
    String type = parts[0].strip();
    boolean utf8 =
        parts.length < 2
            || !parts[1].contains("charset")
            || parts[1].replaceAll("[\\s\"]", "").matches("(.*;)?charset=utf-?8(;.*)?");
    if ((!type.equals(JSON) && !type.equals(TEXT)) || !utf8) {
      throw unsupported("Content-Type must be " + JSON + " or " + TEXT + ", in UTF-8");
    }
    return type;
  }

  private static Problem unsupported(String detail) {
    return Problem.of(Status.UNSUPPORTED_MEDIA_TYPE, "unsupported", detail);
  }

  /** The text of a body. */
  public static String decoded(ByteBuffer body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(body).toString();
    } catch (CharacterCodingException e) {
      throw new BadRequestException("the body is not UTF-8");
    }
  }

  /** What was sent: by whom, and what. */
  private record Posted(Member author, Draft draft) {

    static Posted of(String type, String body, Caller author, Optional<String> id) {
      if (type.equals(TEXT)) {
        return new Posted(author.member(), withId(Draft.text(body), id));
      }
      StrictObject object = StrictObject.parse(body);
      Draft draft = Draft.text(object.text("text"));
      OptionalLong replyTo = object.number("replyTo");
      if (replyTo.isPresent()) {
        draft = draft.inReplyTo(replyTo.getAsLong());
      }
      return new Posted(
          object
              .string("name")
              .filter(name -> !author.isNamed())
              .map(author::checkedName)
              .map(author::named)
              .orElse(author.member()),
          withId(draft, id));
    }

    private static Draft withId(Draft draft, Optional<String> id) {
      return id.isPresent() ? draft.withId(id.get()) : draft;
    }
  }
}
