package io.durablechat.jetty;

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
import java.util.function.LongSupplier;

/**
 * Who is at the other end of a connection, and what they may do in its room: at first nobody and
 * nothing. Safe for use by several threads; one at a time asks to be let in.
 */
final class Admission {
  /** So long before a token expires its client is told. */
  static final Duration WARNING = Duration.ofSeconds(60);

  /** Pings and closes of its client wait as well, meanwhile. */
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

  private final Access access;
  private final Throttle.Share share;
  private final RoomName room;

  /** Until somebody was let in by it: a token is longer than all else that a connection keeps. */
  private volatile Credentials shown;

  private final Optional<String> source;
  private final LongSupplier nanos;
  private final Function<Duration, CompletionStage<?>> pauses;
  private volatile Visitor visitor;
  private volatile Set<Right> rights = Set.of();
  private volatile boolean isWarned;

  /**
   * @param share what the connection may have, given back when it {@linkplain #end ends}
   * @param shown what the handshake showed
   * @param source where the connection comes from, see {@link ServerSecret}
   * @param pauses gives stages that complete after a time, on a thread that may go on reading
   */
  Admission(
      Access access,
      Throttle.Share share,
      RoomName room,
      Credentials shown,
      Optional<String> source,
      LongSupplier nanos,
      Function<Duration, CompletionStage<?>> pauses) {
    this.access = access;
    this.share = share;
    this.room = room;
    this.shown = shown;
    this.source = source;
    this.nanos = nanos;
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
    if (share.isTooMany()) {
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
              if (share.onRoom(room).isPresent()) {
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
   * Checks a name before it is known whose it would be.
   *
   * @throws IllegalArgumentException if nobody may choose it
   */
  String checkedName(String name) {
    return access.checkedName(name);
  }

  boolean takesTokens() {
    return access.takesTokens();
  }

  /** Why nothing may be published just now. */
  Optional<Throttle.Refusal> onPublish() {
    return share.onPublish(visitor.member());
  }

  /** Why nothing else may be asked for just now. */
  Optional<Throttle.Refusal> onRequest() {
    return share.onRequest();
  }

  /** Completes when somebody who was refused this may be read from again. */
  CompletionStage<?> pause(Throttle.Refusal over) {
    return pauses.apply(
        over.retryAfter().compareTo(LONGEST_PAUSE) < 0 ? over.retryAfter() : LONGEST_PAUSE);
  }

  /** The connection is gone. */
  void end() {
    share.end();
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
    return now != null && now.hasExpired(nanos.getAsLong());
  }

  /** How long the token is still good for, once that is little; told once for each token. */
  Optional<Duration> warning() {
    Visitor now = visitor;
    if (now == null || now.expiresAt().isEmpty() || isWarned) {
      return Optional.empty();
    }
    Duration left = Duration.ofNanos(now.expiresAt().getAsLong() - nanos.getAsLong());
    if (left.compareTo(WARNING) > 0) {
      return Optional.empty();
    }
    isWarned = true;
    return Optional.of(left);
  }
}
