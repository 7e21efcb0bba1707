package io.durablechat.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.Cursor;
import io.durablechat.core.Entry;
import io.durablechat.core.Moderation;
import io.durablechat.core.Page;
import io.durablechat.core.Range;
import io.durablechat.core.Room;
import io.durablechat.core.RoomName;
import io.durablechat.gateway.BadRequestException;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.ServerObjects;
import io.durablechat.gateway.auth.Right;
import io.durablechat.gateway.limits.PageMemory;
import io.durablechat.gateway.limits.Refusals;
import io.durablechat.wire.MessagePage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** A room's messages: {@code GET} reads a page of them, {@code POST} publishes one. */
public final class Messages {
  private static final String BEFORE = "before";
  private static final String AFTER = "after";
  private static final String LIMIT = "limit";
  private static final String START = "start";
  private static final int DEFAULT_LIMIT = 100;

  private final Posts posts;
  private final Optional<Moderation> moderation;

  Messages(Reception reception) {
    this.posts = new Posts(reception);
    this.moderation = reception.rooms().moderation();
  }

  CompletionStage<Answer> handle(Room room, Asked asked) {
    ApiRequest request = asked.request();
    request.allowMethods("GET", "POST");
    Parameters parameters = request.parameters();
    if (request.isMethod("POST")) {
      parameters.allow(Set.of());
      asked.caller().need(room.name(), Set.of(Right.PUBLISH));
      return posts.publish(room, asked);
    }
    parameters.allow(Set.of(BEFORE, AFTER, LIMIT));
    asked.caller().need(room.name(), Set.of(Right.READ));
    moderation.ifPresent(
        m ->
            m.checkJoin(
                room.name(), asked.caller().member(), asked.caller().attributes(room.name())));
    return read(room, Query.of(room.name(), parameters), asked);
  }

  /** What is asked for: a range, and the cursor it was anchored at. */
  private record Query(Range range, Optional<Cursor> anchor) {
    static Query of(RoomName room, Parameters parameters) {
      Query query = ofRecords(room, parameters);
      return new Query(query.range().ofMessages(), query.anchor());
    }

    private static Query ofRecords(RoomName room, Parameters parameters) {
      String before = parameters.value(BEFORE);
      String after = parameters.value(AFTER);
      String limit = parameters.value(LIMIT);
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
        throw Problem.of(Status.GONE, "reset", "the history that this cursor is of was replaced");
      }
    }
  }

  private CompletionStage<Answer> read(Room room, Query query, Asked asked) {
    PageMemory memory = PageMemory.of(asked.charges().requests(), query.range());
    ApiRequest request = asked.request();
    request.onEnd(memory::cancel);
    return asked
        .charges()
        // Put into words where the log is not read: that serves whoever is behind.
        .page(request.executor(), () -> memory.read(room), page -> words(page, query))
        .handle(
            (json, e) -> {
              try {
                if (e != null) {
                  throw Refusals.cause(e) instanceof Problem problem ? problem : Refusals.of(e);
                }
                // Before it is written: by then it may be given back already.
                memory.onWritten(json.remaining());
                asked.charges().onBytes(json.remaining());
                return Answer.json(Status.OK, json).ending(memory::release);
              } catch (Throwable refused) {
                memory.release();
                throw refused;
              }
            });
  }

  private static ByteBuffer words(Page page, Query query) {
    query.check(page);
    return UTF_8.encode(page(page, query).toJson() + "\n");
  }

  private static MessagePage page(Page page, Query query) {
    List<Entry> messages = page.entries();
    Cursor nothing = query.anchor().orElse(page.head().at(page.trimmedThrough()));
    boolean isLast = query.range().anchor() == Range.Anchor.LAST;
    Cursor last =
        messages.isEmpty()
            ? isLast ? page.head() : nothing
            : page.head().at(messages.get(messages.size() - 1).sequence());
    Cursor first = messages.isEmpty() ? nothing : page.head().at(messages.get(0).previous());
    boolean isTrimmed =
        query.range().anchor() == Range.Anchor.AFTER
            && query.range().sequence() < page.trimmedThrough();
    return new MessagePage(
        ServerObjects.messages(page),
        last.token(),
        first.token(),
        page.hasMore(),
        isTrimmed,
        ServerObjects.trimmedThrough(page));
  }
}
