package io.durablechat.gateway;

import io.durablechat.core.Member;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.core.RoomName;
import io.durablechat.core.SessionAttributes;
import io.durablechat.gateway.auth.AuthRequest.Source;
import io.durablechat.gateway.auth.Credentials;
import io.durablechat.gateway.auth.NotAuthenticatedException;
import io.durablechat.gateway.auth.Right;
import io.durablechat.gateway.auth.Shown;
import io.durablechat.gateway.auth.Visitor;
import io.durablechat.gateway.limits.Charges;
import io.durablechat.gateway.limits.ServerSecret;
import io.durablechat.gateway.limits.SessionCharges;
import io.durablechat.gateway.limits.Throttle;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The one who asks: known by what it shows, from an address, with a share of the limits. Behind a
 * connection it is nobody at first, and may show something else later. Safe for use by several
 * threads; one at a time enters or renews.
 */
public final class Caller {
  /** How long before a token expires its client is told. */
  static final Duration WARNING = Duration.ofSeconds(60);

  private final Access access;
  private final Charges charges;
  private final Optional<String> source;

  /** Until somebody was let in by it: then it is kept no longer. */
  private volatile Shown shown;

  private volatile Visitor visitor;
  private volatile boolean isWarned;

  /**
   * A caller of whom only is known what it shows.
   *
   * @param source where it comes from, see {@link ServerSecret}
   */
  public Caller(Access access, Charges charges, Optional<String> source, Shown shown) {
    this.access = access;
    this.charges = charges;
    this.source = source;
    this.shown = shown;
  }

  /** Returns the same caller with other charges: those of a connection that it has opened. */
  public Caller with(SessionCharges session) {
    Caller same = new Caller(access, session, source, Shown.NOTHING);
    same.visitor = visitor;
    return same;
  }

  /**
   * Finds out who shows what was shown. Fails with {@link NotAuthenticatedException}.
   *
   * @throws IllegalArgumentException if a guest's key cannot be one
   */
  public CompletionStage<Visitor> identify() {
    return access.visitor(shown).thenApply(this::become);
  }

  /**
   * Lets the caller into a room. A token that it says now counts before what it has shown, and a
   * key only if that is no login. Fails with {@link NotAuthenticatedException}, or {@link
   * RefusedException} if it may not be in this room, or not now.
   *
   * @param invite what it shows to come into this room by
   * @throws IllegalArgumentException if a guest's key cannot be one
   */
  CompletionStage<Visitor> enter(
      RoomName room, Optional<Credentials> said, Optional<String> invite) {
    if (charges.isTooMany()) {
      return CompletableFuture.failedFuture(overLimit());
    }
    return access
        .visitor(said.map(this::andShown).orElse(shown))
        .thenCompose(
            coming ->
                invite.isPresent()
                    ? access.invited(coming, room, source, invite.get())
                    : CompletableFuture.completedFuture(coming))
        .thenApply(coming -> let(coming, room))
        .thenApply(
            in -> {
              // Not before: whether a room is awake is nothing to those who may not be there.
              if (charges.onRoom(room).isPresent()) {
                throw overLimit();
              }
              return in;
            });
  }

  private Shown andShown(Credentials said) {
    return access.said(said, shown, charges.from());
  }

  private static RefusedException overLimit() {
    return RefusedException.of(Reason.OVERLOADED, "over a limit");
  }

  private Visitor let(Visitor coming, RoomName room) {
    Access.check(coming, room, Right.SESSION);
    return become(coming);
  }

  private Visitor become(Visitor coming) {
    visitor = coming;
    isWarned = false;
    shown = Shown.NOTHING;
    return coming;
  }

  /**
   * Goes on in a room by another token of the same identity; fails as {@link #enter} does, and then
   * nothing changes.
   */
  CompletionStage<Visitor> renew(RoomName room, String token) {
    return access
        .visitor(andShown(Credentials.token(Source.HELLO, token)))
        .thenApply(
            coming -> {
              if (!coming.member().identity().equals(member().identity())) {
                throw new NotAuthenticatedException("this token is somebody else's");
              }
              return let(coming, room);
            });
  }

  /** Returns who it is, once that is known. */
  Optional<Visitor> visitor() {
    return Optional.ofNullable(visitor);
  }

  /** Returns who it is; to be asked once that is known. */
  public Member member() {
    return visitor.member();
  }

  /** Returns what it may do in this room; to be asked once it is known who it is. */
  public Set<Right> rights(RoomName room) {
    return visitor.in(room);
  }

  /**
   * Checks what is to be done in a room.
   *
   * @throws RefusedException if it may not
   */
  public void need(RoomName room, Set<Right> rights) {
    Access.check(visitor, room, rights);
  }

  /** Returns what this room is told of the caller beside who it is. */
  public SessionAttributes attributes(RoomName room) {
    return attributes(rights(room));
  }

  /** Returns the same, with rights that were looked up before. */
  public SessionAttributes attributes(Set<Right> rights) {
    return new SessionAttributes(rights.contains(Right.MODERATE), source);
  }

  /**
   * Checks a name before it is known whose it would be. It takes a while: not for a thread that
   * serves many.
   *
   * @return the name to go by, for {@link #named}
   * @throws IllegalArgumentException if nobody may choose it
   */
  public String checkedName(String name) {
    return access.checkedName(name);
  }

  /** Returns who it is, under a name that was checked. */
  public Member named(String checked) {
    return visitor.named(checked);
  }

  /** Returns whether the name is the token's, and stays. */
  public boolean isNamed() {
    return visitor.isNamed();
  }

  /** Returns whether tokens mean anything here. */
  boolean takesTokens() {
    return access.takesTokens();
  }

  /** What it is charged. */
  public Charges charges() {
    return charges;
  }

  /** Returns why it may publish nothing just now. */
  public Optional<Throttle.Refusal> onPublish() {
    return charges.onPublish(member());
  }

  public boolean hasExpired() {
    Visitor now = visitor;
    return now != null && now.hasExpired(access.clock());
  }

  /** Returns how long the token is still good for, once that is little; told once for each. */
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

  /** The connection is gone, if there was one. A second call is harmless. */
  public void end() {
    charges.end();
  }
}
