package io.durablechat.jetty;

import io.durablechat.core.Batch;
import io.durablechat.core.Body;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Cursor;
import io.durablechat.core.Draft;
import io.durablechat.core.Joined;
import io.durablechat.core.Member;
import io.durablechat.core.Range;
import io.durablechat.core.Receipt;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.core.Room;
import io.durablechat.core.RoomMode;
import io.durablechat.core.Session;
import io.durablechat.core.Signal;
import io.durablechat.core.Start;
import io.durablechat.core.Terms;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  /** How long it may take until it is known who has said hello. */
  private static final Duration ADMITTED_WITHIN = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(ChatV1Dialect.class);

  private static final int DEFAULT_HISTORY = 50;

  /** Bodies in one page of history, unless its only message is larger. */
  private static final int HISTORY_BYTES = 128 << 10;

  /** Lines of one frame: what is not read yet is held in memory. */
  private static final int MAX_LINES = 1024;

  /** After so many lines of a frame others have their turn. */
  private static final int LINES_IN_A_ROW = 64;

  private static final Pattern NEWLINE = Pattern.compile("\n");

  private static final Set<String> AROUND_MODERATE = Set.of("type", "id");

  private static final CloseReason NO_HELLO =
      CloseReason.policy("hello must come first, within " + HELLO_WITHIN.toSeconds() + " s");

  private final Room room;
  private final Terms terms;
  private final FrameSender sender;
  private final LongSupplier waking;
  private final long openedAt;
  private final Seat<Outgoing> seat;
  private final Caller caller;
  private final ReadPace pace;
  private final Optional<Moderator> moderator;
  private final Comeback comeback;
  private final Meters meters;
  private final HistoryPages pages;

  /** Whether hello was said and understood. Messages come one after another. */
  private volatile boolean isIntroduced;

  /** Completes once the room has let the session in, or will not any more. */
  private final CompletableFuture<Void> joined = new CompletableFuture<>();

  /**
   * The dialect of one connection.
   *
   * @param waking what the client is judged by, see {@link WakingTime}
   */
  ChatV1Dialect(
      Room room,
      Terms terms,
      FrameSender sender,
      LongSupplier waking,
      Caller caller,
      ReadPace pace,
      Optional<Moderator> moderator,
      Comeback comeback,
      Meters meters,
      HistoryPages pages) {
    this.room = room;
    this.terms = terms;
    this.sender = sender;
    this.waking = waking;
    this.caller = caller;
    this.pace = pace;
    this.moderator = moderator;
    this.comeback = comeback;
    this.meters = meters;
    this.pages = pages;
    this.openedAt = waking.getAsLong();
    this.seat = new Seat<>(caller, room, SUBPROTOCOL, this, sender.gate(), meters);
  }

  @Override
  public void onOpen() {
    // The client begins.
  }

  @Override
  public CompletionStage<?> onMessage(Body message) {
    if (message.isText()) {
      return onFrame(message.text());
    }
    if (seat.session().isEmpty()) {
      close(NO_HELLO);
      return READ_ON;
    }
    error(Optional.empty(), "unsupported", "binary frames mean nothing in " + SUBPROTOCOL);
    return orPause(message.size());
  }

  /** What comes to nothing counts like what does not. */
  private CompletionStage<?> orPause(long bytes) {
    return pace.orPause(Work.UNREADABLE, bytes);
  }

  @Override
  public CompletionStage<?> onTrifle() {
    return pace.onTrifle();
  }

  private CompletionStage<?> onFrame(String text) {
    if (text.isBlank()) {
      return pace.onTrifle();
    }
    if (text.indexOf('\n') < 0) {
      return onLine(text);
    }
    if (text.chars().filter(c -> c == '\n').limit(MAX_LINES + 1L).count() > MAX_LINES) {
      return replyingErrors(
          Optional.empty(),
          text.length(),
          () -> {
            throw new BadRequestException(
                "more than " + MAX_LINES + " lines in a frame; none was read");
          });
    }
    // One by one: as many strings would take far more memory than the text.
    return onLines(NEWLINE.splitAsStream(text).iterator());
  }

  /** One after another: what follows hello means something only once that is settled. */
  private CompletionStage<?> onLines(Iterator<String> lines) {
    for (int row = 0; lines.hasNext() && !isOver(); row++) {
      if (row == LINES_IN_A_ROW) {
        return pace.elsewhere().thenCompose(others -> onLines(lines));
      }
      String line = lines.next();
      if (!line.isBlank()) {
        CompletionStage<?> settled = onLine(line);
        if (!Dialect.readsOn(settled)) {
          return settled.thenCompose(done -> onLines(lines));
        }
      }
    }
    return READ_ON;
  }

  private boolean isOver() {
    return sender.isClosing() || seat.isGone();
  }

  /** The next may be read once this is settled, and its client has read what it was answered. */
  private CompletionStage<?> onLine(String line) {
    CompletionStage<?> settled = replyingErrors(Optional.empty(), line.length(), () -> read(line));
    return Dialect.readsOn(settled)
        ? pace.elsewhere(sender.answersTaken())
        : settled.thenCompose(done -> pace.elsewhere(sender.answersTaken()));
  }

  private CompletionStage<?> read(String line) {
    ClientObject object;
    try {
      object = ClientObject.parse(line);
    } catch (BadRequestException e) {
      return badRequest(repeated(ClientObject.idOf(line)), e, line.length());
    }
    Optional<String> id = repeated(object.string("id"));
    return replyingErrors(id, line.length(), () -> onObject(object, id, line.length()));
  }

  /** One that is too long is not repeated in the answer. */
  private static Optional<String> repeated(Optional<String> id) {
    return id.filter(i -> i.length() <= Draft.MAX_ID_CHARS);
  }

  /**
   * Does what is asked for, or answers why not.
   *
   * @param length of what was read for it, in characters
   */
  private CompletionStage<?> replyingErrors(
      Optional<String> id, int length, Supplier<CompletionStage<?>> what) {
    try {
      return what.get();
    } catch (BadRequestException | IllegalArgumentException e) {
      return badRequest(id, e, length);
    } catch (RefusedException e) {
      sender.control(ServerObjects.error(id, e));
      return e.reason() == Reason.OVERLOADED ? pace.pause() : READ_ON;
    }
  }

  /** Values refuse what they cannot be with a line that is fit to be shown. */
  private CompletionStage<?> badRequest(Optional<String> id, RuntimeException why, int length) {
    error(id, "bad_request", why.getMessage());
    return orPause(length);
  }

  /** The same on another thread: it takes a while, and no other connection waits for it. */
  private CompletionStage<?> elsewhere(
      Optional<String> id, int length, Supplier<CompletionStage<?>> what) {
    return pace.elsewhere().thenCompose(here -> unlessOver(id, length, what));
  }

  private CompletionStage<?> unlessOver(
      Optional<String> id, int length, Supplier<CompletionStage<?>> what) {
    return isOver() ? READ_ON : replyingErrors(id, length, what);
  }

  private CompletionStage<?> onObject(ClientObject object, Optional<String> id, int length) {
    String type =
        object.string("type").orElseThrow(() -> new BadRequestException("type is missing"));
    Optional<Session> session = seat.session();
    if (session.isEmpty() && !type.equals("hello")) {
      close(NO_HELLO);
      return READ_ON;
    }
    if (!type.equals("publish")) {
      Optional<Throttle.Refusal> over = pace.onRequest(work(type), length);
      if (over.isPresent()) {
        return rateLimited(id, over.get());
      }
    }
    switch (type) {
      case "hello" -> {
        return hello(object, id, length);
      }
      case "auth" -> {
        return auth(object, id);
      }
      case "publish" -> {
        return publish(object, id);
      }
      case "history" -> {
        return afterJoin(id, length, () -> history(object, id));
      }
      case "rename" -> {
        return elsewhere(id, length, () -> rename(session.orElseThrow(), object, id));
      }
      case "delete" -> {
        return afterJoin(id, length, () -> moderate(object.with("action", "delete"), id));
      }
      case "moderate" -> {
        return afterJoin(id, length, () -> moderate(object, id));
      }
      case "typing" -> {
        boolean on = typing(object) && seat.may(Right.PUBLISH);
        session.orElseThrow().typing(on);
      }
      case "ping" -> sender.control(ServerObjects.PONG);
      default -> error(id, "unsupported", "this server does not know this type");
    }
    return READ_ON;
  }

  private static Work work(String type) {
    return switch (type) {
      case "hello" -> Work.HELLO;
      case "auth" -> Work.AUTH;
      case "history" -> Work.HISTORY;
      case "rename" -> Work.RENAME;
      case "delete", "moderate" -> Work.MODERATE;
      case "typing" -> Work.TYPING;
      default -> Work.TRIFLE;
    };
  }

  /**
   * For what the session itself does not see to: who is banned is turned away by the room, and may
   * say more until then. Nothing more is read meanwhile.
   */
  private CompletionStage<?> afterJoin(
      Optional<String> id, int length, Supplier<CompletionStage<?>> what) {
    return joined.isDone()
        ? isOver() ? READ_ON : what.get()
        : joined
            .thenCompose(in -> elsewhere(id, length, what))
            .whenComplete((done, e) -> onFault(e));
  }

  private void onFault(Throwable e) {
    if (e != null) {
      LOG.error("A frame could not be handled; its connection is closed", e);
      close(CloseReason.FAULT);
    }
  }

  private CompletionStage<?> hello(ClientObject hello, Optional<String> id, int length) {
    if (isIntroduced) {
      throw new BadRequestException("hello was said before");
    }
    Optional<String> name = hello.string("name");
    return name.isEmpty()
        ? hello(hello, id, Optional.empty())
        : elsewhere(id, length, () -> hello(hello, id, name.map(caller::checkedName)));
  }

  private CompletionStage<?> hello(
      ClientObject hello, Optional<String> id, Optional<String> checkedName) {
    Optional<String> token = hello.string("token");
    if (token.isPresent() && !caller.takesTokens()) {
      error(id, "unsupported", "this server takes no tokens; say hello with a key");
      return READ_ON;
    }
    Optional<Credentials> said =
        token.map(Credentials::token).or(() -> hello.string("key").map(Credentials::key));
    OptionalLong atMost = hello.number("atMost");
    Start start =
        new Start(
            hello.string("cursor").map(c -> Cursor.parse(c, room.name())),
            atMost.isPresent() ? OptionalInt.of(clamped(atMost.getAsLong())) : OptionalInt.empty(),
            clamped(hello.number("history").orElse(0)));
    CompletionStage<Visitor> admitted = seat.admit(said, hello.string("invite"));
    isIntroduced = true;
    seat.awaiting(joined);
    return admitted.handle(
        (visitor, e) -> {
          if (e != null) {
            close(Access.closeReason(e));
          } else {
            Member member = checkedName.map(visitor::named).orElse(visitor.member());
            seat.join(member, start);
          }
          return null;
        });
  }

  /** Another token, before the one that was shown expires. */
  private CompletionStage<?> auth(ClientObject auth, Optional<String> id) {
    if (!caller.takesTokens()) {
      error(id, "unsupported", "this server takes no tokens");
      return READ_ON;
    }
    String askedAs = id.orElseThrow(() -> new BadRequestException("auth needs an id"));
    String token =
        auth.string("token").orElseThrow(() -> new BadRequestException("token is missing"));
    return seat.renew(token)
        .handle(
            (visitor, e) -> {
              if (e == null) {
                sender.control(ServerObjects.authenticated(askedAs, seat.rights()));
              } else if (Refusals.cause(e) instanceof NotAuthenticatedException refusal) {
                error(id, "not_authenticated", refusal.getMessage());
              } else if (Refusals.of(e).reason() == Reason.OVERLOADED) {
                // The token that was shown before is still good.
                sender.control(ServerObjects.error(id, Refusals.of(e)));
              } else {
                close(Access.closeReason(e));
              }
              return null;
            });
  }

  /** Past the limit stays past the limit, where the check is. */
  private static int clamped(long number) {
    return (int) Math.min(number, Integer.MAX_VALUE);
  }

  private CompletionStage<?> publish(ClientObject publish, Optional<String> id) {
    Optional<Throttle.Refusal> over = pace.onPublish();
    if (over.isPresent()) {
      return rateLimited(id, over.get());
    }
    if (!seat.may(Right.PUBLISH)) {
      throw RefusedException.of(Reason.FORBIDDEN, "you may not publish in this room");
    }
    Draft draft = draft(publish);
    HeldBytes.Part memory = caller.charges().draft(draft.body().size());
    CompletableFuture<Receipt> settled =
        seat.publish(draft, false, memory, (receipt, e) -> answerPublish(id, receipt, e));
    // Refused before its room has seen it: too much waits.
    return settled.isCompletedExceptionally() ? pace.pause() : READ_ON;
  }

  private void answerPublish(Optional<String> id, Receipt receipt, Throwable refusal) {
    if (refusal != null) {
      sender.control(ServerObjects.error(id, Refusals.of(refusal)));
    } else if (id.isPresent()) {
      sender.control(ServerObjects.ok(id.get(), receipt));
    }
  }

  private static Draft draft(ClientObject publish) {
    Draft draft =
        Draft.text(
            publish.string("text").orElseThrow(() -> new BadRequestException("text is missing")));
    OptionalLong replyTo = publish.number("replyTo");
    if (replyTo.isPresent()) {
      draft = draft.inReplyTo(replyTo.getAsLong());
    }
    Optional<String> chosen = publish.string("id");
    return chosen.isPresent() ? draft.withId(chosen.get()) : draft;
  }

  private CompletionStage<?> rename(Session session, ClientObject rename, Optional<String> id) {
    String askedAs = id.orElseThrow(() -> new BadRequestException("rename needs an id"));
    String name =
        rename.string("name").orElseThrow(() -> new BadRequestException("name is missing"));
    if (!seat.may(Right.PUBLISH)) {
      throw RefusedException.of(Reason.FORBIDDEN, "you may not publish in this room");
    }
    if (caller.isNamed()) {
      throw RefusedException.of(Reason.FORBIDDEN, "your name comes with your token");
    }
    Member renamed = caller.named(caller.checkedName(name));
    return answered(id, session.rename(renamed), done -> ServerObjects.renamed(askedAs, done));
  }

  private CompletionStage<?> moderate(ClientObject asked, Optional<String> id) {
    String askedAs = id.orElseThrow(() -> new BadRequestException("what moderates needs an id"));
    if (moderator.isEmpty()) {
      error(id, "unsupported", "nothing is moderated here");
      return READ_ON;
    }
    if (!seat.may(Right.MODERATE)) {
      throw RefusedException.of(Reason.FORBIDDEN, "you may not moderate this room");
    }
    return answered(
        id,
        moderator
            .get()
            .rule(
                seat.session().orElseThrow().member(),
                Optional.of(room.name()),
                asked,
                AROUND_MODERATE),
        done -> ServerObjects.ruled(askedAs, done));
  }

  /** Says what became of something, and goes on then: so no more than one waits for a room. */
  private <T> CompletionStage<?> answered(
      Optional<String> id, CompletionStage<T> asked, Function<T, String> ok) {
    seat.begin();
    return pace.elsewhere(
        asked.handle(
            (done, e) -> {
              sender.control(e == null ? ok.apply(done) : ServerObjects.error(id, Refusals.of(e)));
              seat.end();
              return null;
            }));
  }

  /** A refusal costs us no less than its sender: who goes on at once is read from more slowly. */
  private CompletionStage<?> rateLimited(Optional<String> id, Throttle.Refusal over) {
    sender.control(
        ServerObjects.error(id, "rate_limited", over.reason(), Optional.of(over.retryAfter())));
    seat.session().ifPresent(s -> meters.trace().onLimited(room.name(), s.member(), over));
    return pace.pause(over);
  }

  private static boolean typing(ClientObject typing) {
    return typing.flag("on").orElseThrow(() -> new BadRequestException("on is missing"));
  }

  /** One page at a time: the next is asked for once this one is there. */
  private CompletionStage<?> history(ClientObject ask, Optional<String> id) {
    String askedAs = id.orElseThrow(() -> new BadRequestException("history needs an id"));
    Range range = range(ask);
    if (!pages.begin()) {
      throw RefusedException.retryable(
          Reason.OVERLOADED, "one history at a time", Duration.ofSeconds(1));
    }
    CompletionStage<?> sent = pages.send(room, range, askedAs, sender, caller.charges()::onBytes);
    seat.awaiting(sent);
    return READ_ON;
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
    return range.ofMessages().withBytes(HISTORY_BYTES);
  }

  private void error(Optional<String> id, String code, String message) {
    sender.control(ServerObjects.error(id, code, message, Optional.empty()));
  }

  @Override
  public void onJoined(Joined how) {
    sender.control(ServerObjects.welcome(room, how, seat.rights(), terms, HEARTBEAT));
    joined.complete(null);
  }

  @Override
  public Optional<Outgoing> encoded(Batch batch) {
    return batch.as(ServerObjects.BATCH);
  }

  @Override
  public Optional<Outgoing> encoded(Signal signal) {
    return signal.as(ServerObjects.SIGNAL);
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
  public void onMode(RoomMode mode) {
    sender.control(ServerObjects.room(mode));
  }

  @Override
  public void onClosed(CloseReason reason) {
    close(reason);
  }

  @Override
  public void onEnding(Runnable whenAnswered) {
    seat.whenAnswered(whenAnswered);
  }

  @Override
  public void onTick() {
    seat.onTick();
    long open = waking.getAsLong() - openedAt;
    if (!isIntroduced && open > HELLO_WITHIN.toNanos()) {
      close(NO_HELLO);
    } else if (seat.session().isEmpty() && open > ADMITTED_WITHIN.toNanos()) {
      // Whoever looks at tokens does not answer.
      close(CloseReason.OVERLOADED);
    } else if (caller.hasExpired()) {
      close(CloseReason.EXPIRED);
    } else if (sender.silentNanos() > HEARTBEAT.minus(Connections.TICK.multipliedBy(2)).toNanos()) {
      sender.control(ServerObjects.PONG);
    }
    caller.warning().ifPresent(left -> sender.control(ServerObjects.expiring(left)));
  }

  @Override
  public void onGone() {
    seat.onGone();
    pages.end();
    caller.end();
    joined.complete(null);
  }

  @Override
  public void close(CloseReason reason) {
    if (sender.close(reason, Optional.of(ServerObjects.bye(reason, comeback)))) {
      seat.onClosing(reason);
    }
    joined.complete(null);
  }
}
