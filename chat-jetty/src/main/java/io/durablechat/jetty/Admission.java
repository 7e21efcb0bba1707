package io.durablechat.jetty;

import io.durablechat.core.Member;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.core.RoomName;
import io.durablechat.core.Standing;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Who is at the other end of a connection, and what they may do in its room: at first nobody and
 * nothing. Safe for use by several threads; one at a time asks to be let in.
 */
final class Admission {
  /** So long before a token expires its client is told. */
  static final Duration WARNING = Duration.ofSeconds(60);

  /** Who is refused is not read from for so long, and twice as long each time it goes on. */
  static final Duration FIRST_PAUSE = Duration.ofMillis(250);

  /** Pings and closes of its client wait as well, meanwhile. */
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private static final int MOST_DOUBLINGS = 2;

  private final Access access;
  private final Charges.OfSession charges;
  private final RoomName room;

  /** Until somebody was let in by it: a token is longer than all else that a connection keeps. */
  private volatile Credentials shown;

  private final Optional<String> source;
  private final Function<Duration, CompletionStage<?>> pauses;
  private volatile Visitor visitor;
  private volatile Set<Right> rights = Set.of();
  private volatile boolean isWarned;

  /** How often in a row something was refused. Messages come one after another. */
  private int refused;

  /**
   * @param charges what the connection is charged, until it {@linkplain #end ends}
   * @param shown what the handshake showed
   * @param source where the connection comes from, see {@link ServerSecret}
   * @param pauses gives stages that complete after a time, which may be none, on a thread that may
   *     go on reading and take its time
   */
  Admission(
      Access access,
      Charges.OfSession charges,
      RoomName room,
      Credentials shown,
      Optional<String> source,
      Function<Duration, CompletionStage<?>> pauses) {
    this.access = access;
    this.charges = charges;
    this.room = room;
    this.shown = shown;
    this.source = source;
    this.pauses = pauses;
  }

  /**
   * Lets somebody in, by what they say now or else by what the handshake showed.
   *
   * @param invite what they show to come into this room by
   * @return completes with who it is; fails with {@link NotAuthenticatedException}, or {@link
   *     RefusedException} if they may not be in this room, or not now
   * @throws IllegalArgumentException if a guest's key cannot be one
   */
  CompletionStage<Visitor> admit(Optional<Credentials> said, Optional<String> invite) {
    if (charges.isTooMany()) {
      return CompletableFuture.failedFuture(overLimit());
    }
    return access
        .visitor(said.orElse(shown))
        .thenCompose(
            visitor ->
                invite.isPresent()
                    ? access.invited(visitor, room, source, invite.get())
                    : CompletableFuture.completedFuture(visitor))
        .thenApply(this::let)
        .thenApply(
            visitor -> {
              // Not before: whether a room is awake is nothing to those who may not be there.
              if (charges.onRoom(room).isPresent()) {
                throw overLimit();
              }
              return visitor;
            });
  }

  private static RefusedException overLimit() {
    return RefusedException.of(Reason.OVERLOADED, "over a limit");
  }

  private Visitor let(Visitor coming) {
    Access.check(coming, room, Right.SESSION);
    rights = coming.in(room);
    isWarned = false;
    visitor = coming;
    shown = Credentials.NONE;
    return coming;
  }

  /** Goes on by another token of the same identity; fails as above, and then nothing changes. */
  CompletionStage<Visitor> renew(String token) {
    return access
        .visitor(Credentials.token(token))
        .thenApply(
            coming -> {
              if (!coming.member().identity().equals(visitor.member().identity())) {
                throw new NotAuthenticatedException("this token is somebody else's");
              }
              return let(coming);
            });
  }

  /**
   * Checks a name before it is known whose it would be. It takes a while: not for a thread that
   * serves many.
   *
   * @return the name to go by, for {@link #named}
   * @throws IllegalArgumentException if nobody may choose it
   */
  String checkedName(String name) {
    return access.checkedName(name);
  }

  /** Who it is, under a name that was checked. */
  Member named(String checked) {
    return visitor.named(checked);
  }

  boolean takesTokens() {
    return access.takesTokens();
  }

  /** Why nothing may be published just now. */
  Optional<Throttle.Refusal> onPublish() {
    return noted(charges.onPublish(visitor.member()));
  }

  /**
   * Why this may not be asked for just now.
   *
   * @param bytes how much was read for it
   */
  Optional<Throttle.Refusal> onRequest(Work work, long bytes) {
    return noted(charges.onRequest(work, Optional.ofNullable(visitor).map(Visitor::member), bytes));
  }

  private Optional<Throttle.Refusal> noted(Optional<Throttle.Refusal> refusal) {
    refused = refusal.isEmpty() ? 0 : refused + 1;
    return refusal;
  }

  /** Something came that has no effect; completes when more may be read. */
  CompletionStage<?> onTrifle() {
    return onRequest(Work.TRIFLE, 0).<CompletionStage<?>>map(this::pause).orElse(Dialect.READ_ON);
  }

  /** So many bytes were written for this session alone. */
  void onBytes(long bytes) {
    charges.onBytes(bytes);
  }

  /**
   * Takes room for a message until it is kept and answered.
   *
   * @throws RefusedException if there is none now
   */
  HeldBytes.Part draft(int bytes) {
    return charges.draft(bytes);
  }

  /** Completes when somebody who was refused this may be read from again. */
  CompletionStage<?> pause(Throttle.Refusal over) {
    // What an address has too little of is there again at once, for one of its many sessions.
    return over.retryAfter().compareTo(FIRST_PAUSE) < 0 && over.limit().isOfSession()
        ? pauses.apply(over.retryAfter())
        : pause();
  }

  /** Completes when somebody who was refused something may be read from again. */
  CompletionStage<?> pause() {
    Duration pause =
        FIRST_PAUSE.multipliedBy(1L << Math.min(Math.max(refused - 1, 0), MOST_DOUBLINGS));
    return pauses.apply(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
  }

  /** Completes at once, on a thread that may take its time and that no room waits for. */
  CompletionStage<?> elsewhere() {
    return pauses.apply(Duration.ZERO);
  }

  /** The same once this has completed, unless it has. */
  CompletionStage<?> elsewhere(CompletionStage<?> stage) {
    return Dialect.readsOn(stage) ? stage : stage.thenCompose(done -> elsewhere());
  }

  /** The connection is gone. */
  void end() {
    charges.end();
  }

  boolean may(Right right) {
    return rights.contains(right);
  }

  /** What the room is told of who it is. */
  Standing standing() {
    return new Standing(may(Right.MODERATE), source);
  }

  Set<Right> rights() {
    return rights;
  }

  /** Whether the name is the token's, and stays. */
  boolean isNamed() {
    return visitor.isNamed();
  }

  boolean hasExpired() {
    Visitor now = visitor;
    return now != null && now.hasExpired(access.clock());
  }

  /** How long the token is still good for, once that is little; told once for each token. */
  Optional<Duration> warning() {
    Visitor now = visitor;
    if (now == null || now.expires().isEmpty() || isWarned) {
      return Optional.empty();
    }
    Duration left = Duration.between(access.clock().instant(), now.expires().get());
    if (left.compareTo(WARNING) > 0) {
      return Optional.empty();
    }
    isWarned = true;
    return Optional.of(left);
  }
}
