package io.durablechat.jetty;

import com.google.gson.JsonObject;
import io.durablechat.core.Cursor;
import io.durablechat.core.Draft;
import io.durablechat.core.Member;
import io.durablechat.core.Message;
import io.durablechat.core.Page;
import io.durablechat.core.Range;
import io.durablechat.core.Receipt;
import io.durablechat.core.Room;
import io.durablechat.core.RoomName;
import io.durablechat.core.Terms;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable;

/** A room's messages: {@code GET} reads a page of them, {@code POST} publishes one. */
final class Messages {
  private static final String BEFORE = "before";
  private static final String AFTER = "after";
  private static final String LIMIT = "limit";
  private static final String START = "start";
  private static final int DEFAULT_LIMIT = 100;
  private static final String JSON = "application/json";
  private static final String TEXT = "text/plain";

  /** What a page takes, roughly, for each byte of bodies: the bodies, and their JSON twice. */
  private static final int FORMS = 3;

  private final Terms terms;
  private final HeldBytes held;

  Messages(Terms terms, HeldBytes held) {
    this.terms = terms;
    this.held = held;
  }

  void handle(Room room, Request request, Response response, Callback callback) {
    RoomApi.allow(request, response, "GET", "POST");
    Fields parameters = Request.extractQueryParameters(request);
    if (HttpMethod.POST.is(request.getMethod())) {
      RoomApi.allowParameters(parameters.getNames(), Set.of());
      publish(room, request, response, callback);
    } else {
      RoomApi.allowParameters(parameters.getNames(), Set.of(BEFORE, AFTER, LIMIT));
      read(room, parameters, request, response, callback);
    }
  }

  /** What is asked for: a range, and the cursor it was anchored at. */
  private record Query(Range range, Optional<Cursor> anchor) {

    static Query of(RoomName room, Fields parameters) {
      String before = parameters.getValue(BEFORE);
      String after = parameters.getValue(AFTER);
      String limit = parameters.getValue(LIMIT);
      if (before != null && after != null) {
        throw new BadRequestException("either before or after, not both");
      }
      if (limit != null && !limit.matches("[0-9]{1,6}")) {
        throw new BadRequestException("limit must be a number from 1 to " + Range.MAX_MESSAGES);
      }
      int messages = limit == null ? DEFAULT_LIMIT : Integer.parseInt(limit);
      if (before != null) {
        Cursor anchor = Cursor.parse(before, room);
        // A cursor stands after a record: what lies before it includes that one.
        return new Query(Range.before(anchor.sequence() + 1, messages), Optional.of(anchor));
      }
      if (after == null) {
        return new Query(Range.last(messages), Optional.empty());
      }
      if (after.equals(START)) {
        return new Query(Range.after(0, messages), Optional.empty());
      }
      Cursor anchor = Cursor.parse(after, room);
      return new Query(Range.after(anchor.sequence(), messages), Optional.of(anchor));
    }

    /** A cursor of another lineage numbers other messages. */
    void check(Page page) {
      if (anchor.isPresent()
          && (anchor.get().lineage() != page.head().lineage()
              || anchor.get().sequence() > page.head().sequence())) {
        throw Problem.of(
            HttpStatus.GONE_410, "reset", "the history that this cursor is of was replaced");
      }
    }
  }

  private void read(
      Room room, Fields parameters, Request request, Response response, Callback callback) {
    Query query = Query.of(room.name(), parameters);
    HeldBytes.Part part = held.take((long) FORMS * query.range().bytes());
    Callback done = Callback.from(callback, part::release);
    room.history(query.range())
        .whenCompleteAsync(
            (page, e) ->
                RoomApi.answer(
                    response,
                    done,
                    () -> {
                      if (e != null) {
                        throw Refusals.of(e);
                      }
                      query.check(page);
                      part.set(RoomApi.write(response, done, HttpStatus.OK_200, page(page, query)));
                    }),
            // Not where the log is read: that serves whoever is behind.
            request.getComponents().getExecutor());
  }

  private static JsonObject page(Page page, Query query) {
    List<Message> messages = page.messages();
    Cursor nothing = query.anchor().orElse(page.head().at(page.trimmedThrough()));
    boolean isLast = query.range().anchor() == Range.Anchor.LAST;
    JsonObject o = new JsonObject();
    o.add("messages", ServerObjects.messages(page));
    Cursor last =
        messages.isEmpty()
            ? isLast ? page.head() : nothing
            : page.head().at(messages.get(messages.size() - 1).sequence());
    Cursor first = messages.isEmpty() ? nothing : page.head().at(messages.get(0).previous());
    o.addProperty("cursor", last.token());
    o.addProperty("before", first.token());
    o.addProperty("more", ServerObjects.hasMore(page, query.range()));
    if (query.range().anchor() == Range.Anchor.AFTER
        && query.range().sequence() < page.trimmedThrough()) {
      o.addProperty("trimmed", true);
    }
    if (page.trimmedThrough() > 0) {
      o.addProperty("trimmedThrough", page.trimmedThrough());
    }
    return o;
  }

  private void publish(Room room, Request request, Response response, Callback callback) {
    Member author = RoomApi.member(request);
    Optional<String> id = idempotencyKey(request);
    String type = contentType(request);
    int max = type.equals(TEXT) ? terms.maxMessageBytes() : RoomEndpoint.maxJson(terms);
    if (request.getLength() > max) {
      throw tooLarge();
    }
    HeldBytes.Part part = held.take(request.getLength() < 0 ? max : request.getLength());
    Callback done = Callback.from(callback, part::release);
    Content.Source.asByteArrayAsync(
        request,
        max,
        Promise.Invocable.from(
            Invocable.InvocationType.NON_BLOCKING,
            (body, failure) ->
                RoomApi.answer(
                    response,
                    done,
                    () -> {
                      if (failure != null) {
                        throw unread(failure);
                      }
                      Posted posted = Posted.of(type, decoded(body), author, id);
                      room.publish(posted.author(), posted.draft())
                          .whenComplete((receipt, e) -> answer(response, done, receipt, e));
                    })));
  }

  private Problem tooLarge() {
    return Problem.of(
        HttpStatus.PAYLOAD_TOO_LARGE_413,
        "too_large",
        "message is larger than " + terms.maxMessageBytes() + " bytes");
  }

  private Problem unread(Throwable failure) {
    if (failure instanceof IllegalStateException) {
      return tooLarge();
    }
    return failure instanceof TimeoutException
        ? Problem.of(HttpStatus.REQUEST_TIMEOUT_408, "bad_request", "the body did not come in time")
        : Problem.badRequest("the body could not be read");
  }

  private static void answer(
      Response response, Callback callback, Receipt receipt, Throwable refusal) {
    RoomApi.answer(
        response,
        callback,
        () -> {
          if (refusal != null) {
            throw Refusals.of(refusal);
          }
          JsonObject o = new JsonObject();
          o.addProperty("seq", receipt.sequence());
          o.addProperty("duplicate", receipt.duplicate());
          int status = receipt.duplicate() ? HttpStatus.OK_200 : HttpStatus.CREATED_201;
          RoomApi.write(response, callback, status, o);
        });
  }

  /** Without an author it would protect from nothing: everybody new has ids of their own. */
  private static Optional<String> idempotencyKey(Request request) {
    Optional<String> key = Optional.ofNullable(request.getHeaders().get("Idempotency-Key"));
    if (key.isPresent() && !request.getHeaders().contains(HttpHeader.AUTHORIZATION)) {
      throw Problem.of(
          HttpStatus.UNAUTHORIZED_401,
          "unauthorized",
          "Idempotency-Key needs to know who you are: Authorization: Guest, and a key");
    }
    // A string in quotes, says draft-ietf-httpapi-idempotency-key-header; most send it without.
    return key.map(k -> k.matches("\".*\"") ? k.substring(1, k.length() - 1) : k);
  }

  private static String contentType(Request request) {
    String given = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    String[] parts = (given == null ? "" : given).toLowerCase(Locale.ROOT).split(";", 2);
    String type = parts[0].strip();
    boolean utf8 =
        parts.length < 2
            || !parts[1].contains("charset")
            || parts[1].replaceAll("[\\s\"]", "").matches("(.*;)?charset=utf-?8(;.*)?");
    if ((!type.equals(JSON) && !type.equals(TEXT)) || !utf8) {
      throw Problem.of(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE_415,
          "unsupported",
          "Content-Type must be " + JSON + " or " + TEXT + ", in UTF-8");
    }
    return type;
  }

  private static String decoded(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new BadRequestException("the body is not UTF-8");
    }
  }

  /** What was sent: by whom, and what. */
  private record Posted(Member author, Draft draft) {

    static Posted of(String type, String body, Member author, Optional<String> id) {
      if (type.equals(TEXT)) {
        return new Posted(author, withId(Draft.text(body), id));
      }
      ClientObject object = ClientObject.parse(body);
      Draft draft =
          Draft.text(
              object.string("text").orElseThrow(() -> new BadRequestException("text is missing")));
      OptionalLong replyTo = object.number("replyTo");
      if (replyTo.isPresent()) {
        draft = draft.inReplyTo(replyTo.getAsLong());
      }
      return new Posted(object.string("name").map(author::named).orElse(author), withId(draft, id));
    }

    private static Draft withId(Draft draft, Optional<String> id) {
      return id.isPresent() ? draft.withId(id.get()) : draft;
    }
  }
}
