package io.durablechat.jetty;

import io.durablechat.core.Batch;
import io.durablechat.core.Body;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Cursor;
import io.durablechat.core.Draft;
import io.durablechat.core.Joined;
import io.durablechat.core.Member;
import io.durablechat.core.Range;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.core.Room;
import io.durablechat.core.Session;
import io.durablechat.core.Signal;
import io.durablechat.core.Start;
import io.durablechat.core.Terms;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * The dialect {@code chat.v1}: JSON objects, one or more to a frame, one to a line. What a client
 * says wrong gets an {@code error} and the session goes on, unless it did not begin with {@code
 * hello}.
 */
final class ChatV1Dialect implements Dialect {
  /** The name of this dialect in {@code Sec-WebSocket-Protocol}. */
  static final String SUBPROTOCOL = "chat.v1";

  /** The server says something at least this often. */
  static final Duration HEARTBEAT = Duration.ofSeconds(25);

  /** How long a client may take to say hello. */
  static final Duration HELLO_WITHIN = Duration.ofSeconds(10);

  private static final int DEFAULT_HISTORY = 50;

  /** Bodies in one page of history, unless its only message is larger. */
  private static final int HISTORY_BYTES = 128 << 10;

  private static final CloseReason NO_HELLO =
      CloseReason.policy("hello must come first, within " + HELLO_WITHIN.toSeconds() + " s");

  private final Room room;
  private final Terms terms;
  private final FrameSender sender;
  private final LongSupplier nanos;
  private final long openedAt;
  private final Membership membership = new Membership();
  private final HistoryPages pages;

  /** What the session is told when more would be taken; known once it has joined. */
  private Runnable ready;

  ChatV1Dialect(
      Room room, Terms terms, FrameSender sender, LongSupplier nanos, HistoryPages pages) {
    this.room = room;
    this.terms = terms;
    this.sender = sender;
    this.nanos = nanos;
    this.pages = pages;
    this.openedAt = nanos.getAsLong();
  }

  @Override
  public void onOpen() {
    // The client begins.
  }

  @Override
  public CompletionStage<?> onMessage(Body message) {
    if (message.isText()) {
      for (String line : message.text().split("\n", -1)) {
        if (!line.isBlank() && !sender.isClosing()) {
          onLine(line);
        }
      }
    } else if (membership.session().isEmpty()) {
      close(NO_HELLO);
    } else {
      error(Optional.empty(), "unsupported", "binary frames mean nothing in " + SUBPROTOCOL);
    }
    return READ_ON;
  }

  private void onLine(String line) {
    Optional<String> id = Optional.empty();
    try {
      ClientObject object = ClientObject.parse(line);
      // One that is too long is not repeated in the answer.
      id = object.string("id").filter(i -> i.length() <= Draft.MAX_ID_CHARS);
      onObject(object, id);
    } catch (BadRequestException | IllegalArgumentException e) {
      // Values refuse what they cannot be with a line that is fit to be shown.
      error(id, "bad_request", e.getMessage());
    } catch (RefusedException e) {
      sender.control(ServerObjects.error(id, e));
    }
  }

  private void onObject(ClientObject object, Optional<String> id) {
    String type =
        object.string("type").orElseThrow(() -> new BadRequestException("type is missing"));
    Optional<Session> session = membership.session();
    if (session.isEmpty() && !type.equals("hello")) {
      close(NO_HELLO);
      return;
    }
    switch (type) {
      case "hello" -> hello(object);
      case "publish" -> publish(session.orElseThrow(), object, id);
      case "history" -> history(object, id);
      case "rename" -> rename(session.orElseThrow(), object, id);
      case "typing" -> session.orElseThrow().typing(typing(object));
      case "ping" -> sender.control(ServerObjects.PONG);
      default -> error(id, "unsupported", "this server does not know this type");
    }
  }

  private void hello(ClientObject hello) {
    if (membership.session().isPresent()) {
      throw new BadRequestException("hello was said before");
    }
    if (hello.string("token").isPresent()) {
      error(Optional.empty(), "unsupported", "this server takes no tokens; say hello with a key");
      return;
    }
    Member member = hello.string("key").map(Member::guest).orElseGet(Member::anonymous);
    Member named = hello.string("name").map(member::named).orElse(member);
    OptionalLong atMost = hello.number("atMost");
    Start start =
        new Start(
            hello.string("cursor").map(token -> Cursor.parse(token, room.name())),
            atMost.isPresent() ? OptionalInt.of(clamped(atMost.getAsLong())) : OptionalInt.empty(),
            clamped(hello.number("history").orElse(0)));
    membership.onJoining(room.join(named, start, this));
  }

  /** Past the limit stays past the limit, where the check is. */
  private static int clamped(long number) {
    return (int) Math.min(number, Integer.MAX_VALUE);
  }

  private void publish(Session session, ClientObject publish, Optional<String> id) {
    Draft draft =
        Draft.text(
            publish.string("text").orElseThrow(() -> new BadRequestException("text is missing")));
    OptionalLong replyTo = publish.number("replyTo");
    if (replyTo.isPresent()) {
      draft = draft.inReplyTo(replyTo.getAsLong());
    }
    Optional<String> chosen = publish.string("id");
    if (chosen.isPresent()) {
      draft = draft.withId(chosen.get());
    }
    session
        .publish(draft)
        .whenComplete(
            (receipt, e) -> {
              if (e != null) {
                sender.control(ServerObjects.error(id, Refusals.of(e)));
              } else if (id.isPresent()) {
                sender.control(ServerObjects.ok(id.get(), receipt));
              }
            });
  }

  private void rename(Session session, ClientObject rename, Optional<String> id) {
    String askedAs = id.orElseThrow(() -> new BadRequestException("rename needs an id"));
    String name =
        rename.string("name").orElseThrow(() -> new BadRequestException("name is missing"));
    session
        .rename(name)
        .whenComplete(
            (renamed, e) ->
                sender.control(
                    e == null
                        ? ServerObjects.renamed(askedAs, renamed)
                        : ServerObjects.error(id, Refusals.of(e))));
  }

  private static boolean typing(ClientObject typing) {
    return typing.flag("on").orElseThrow(() -> new BadRequestException("on is missing"));
  }

  /** One page at a time: the next is asked for once this one is there. */
  private void history(ClientObject ask, Optional<String> id) {
    String askedAs = id.orElseThrow(() -> new BadRequestException("history needs an id"));
    Range range = range(ask);
    if (!pages.begin()) {
      throw RefusedException.retryable(
          Reason.OVERLOADED, "one history at a time", Duration.ofSeconds(1));
    }
    pages.send(room, range, terms.maxMessageBytes(), askedAs, sender);
  }

  private static Range range(ClientObject ask) {
    OptionalLong before = ask.number("before");
    OptionalLong after = ask.number("after");
    int limit = clamped(ask.number("limit").orElse(DEFAULT_HISTORY));
    if (before.isPresent() && after.isPresent()) {
      throw new BadRequestException("history goes before or after a seq, not both");
    }
    Range range =
        before.isPresent()
            ? Range.before(before.getAsLong(), limit)
            : after.isPresent() ? Range.after(after.getAsLong(), limit) : Range.last(limit);
    return range.withBytes(HISTORY_BYTES);
  }

  private void error(Optional<String> id, String code, String message) {
    sender.control(ServerObjects.error(id, code, message, Optional.empty()));
  }

  @Override
  public void onJoined(Joined joined) {
    ready = joined.session()::ready;
    sender.control(ServerObjects.welcome(room, joined, terms, HEARTBEAT));
  }

  @Override
  public boolean offer(Batch batch) {
    return sender.offer(batch.as(ServerObjects.BATCH), ready);
  }

  @Override
  public boolean offerSignal(Signal signal) {
    return sender.offer(signal.as(ServerObjects.SIGNAL), ready);
  }

  @Override
  public void onBehind(Cursor head) {
    sender.control(ServerObjects.level("behind", head));
  }

  @Override
  public void onLive(Cursor head) {
    sender.control(ServerObjects.level("live", head));
  }

  @Override
  public void onClosed(CloseReason reason) {
    close(reason);
  }

  @Override
  public void onTick() {
    if (membership.session().isEmpty() && nanos.getAsLong() - openedAt > HELLO_WITHIN.toNanos()) {
      close(NO_HELLO);
    } else if (sender.silentNanos() > HEARTBEAT.minus(Connections.TICK.multipliedBy(2)).toNanos()) {
      sender.control(ServerObjects.PONG);
    }
  }

  @Override
  public void onGone() {
    membership.onGone();
  }

  @Override
  public void close(CloseReason reason) {
    sender.close(reason, Optional.of(ServerObjects.bye(reason)));
  }
}
