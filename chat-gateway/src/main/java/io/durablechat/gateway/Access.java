package io.durablechat.gateway;

import io.durablechat.core.CloseReason;
import io.durablechat.core.Member;
import io.durablechat.core.Moderation;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.core.RoomName;
import io.durablechat.core.SessionAttributes;
import io.durablechat.gateway.auth.AuthRequest;
import io.durablechat.gateway.auth.AuthRequest.Source;
import io.durablechat.gateway.auth.Authenticator;
import io.durablechat.gateway.auth.Credentials;
import io.durablechat.gateway.auth.Guests;
import io.durablechat.gateway.auth.Identity;
import io.durablechat.gateway.auth.NotAuthenticatedException;
import io.durablechat.gateway.auth.Permissions;
import io.durablechat.gateway.auth.RequestDetails;
import io.durablechat.gateway.auth.ReservedNames;
import io.durablechat.gateway.auth.Right;
import io.durablechat.gateway.auth.RoomRules;
import io.durablechat.gateway.auth.Shown;
import io.durablechat.gateway.auth.ShownRequest;
import io.durablechat.gateway.auth.Visitor;
import io.durablechat.gateway.limits.Refusals;
import io.durablechat.gateway.limits.SeldomSaid;
import io.durablechat.gateway.limits.ServerSecret;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out who has come and what they may do, from what they show. */
public final class Access {
  private static final Logger LOG = LoggerFactory.getLogger(Access.class);

  /** The longest token, in characters. */
  private static final int MAX_TOKEN = 16 << 10;

  private static final String NOT_BELIEVED = "this token is not valid here";

  /** Whose a name is before it is known whose it is. */
  private static final Member NOBODY = new Member("nobody", Optional.empty());

  private static final SeldomSaid FAILURES = new SeldomSaid();

  private final Optional<Authenticator> authenticator;
  private final Optional<String> cookie;
  private final Guests guests;
  private final Optional<RoomRules> rules;
  private final ReservedNames reserved;
  private final Optional<Moderation> moderation;
  private final ServerSecret secret;
  private final InstantSource clock;

  public Access(EndpointSettings settings, Optional<Moderation> moderation, InstantSource clock) {
    this.authenticator = settings.authenticator();
    this.cookie = settings.cookie();
    this.guests = settings.guests();
    this.rules = settings.rules();
    this.reserved = settings.reservedNames();
    this.moderation = moderation;
    this.secret = settings.serverSecret();
    this.clock = clock;
  }

  /**
   * Checks a name before it is known whose it would be.
   *
   * @throws IllegalArgumentException if nobody may choose it
   */
  String checkedName(String name) {
    reserved.check(name);
    return NOBODY.named(name).name().orElseThrow();
  }

  /** What tokens expire by. */
  InstantSource clock() {
    return clock;
  }

  /** Whether tokens mean anything here. */
  boolean takesTokens() {
    return authenticator.isPresent();
  }

  /**
   * Returns what a request shows, which is asked about at once, while the request is there: {@code
   * Authorization}, or else the cookie, or else what the application knows of it.
   */
  public Shown shown(RequestDetails request) {
    Credentials said = Credentials.ofHeaders(request::headers);
    return login(
        request,
        cookie.isPresent() ? said.orCookie(request.headers("Cookie"), cookie.get()) : said);
  }

  /**
   * Returns what a client shows by what it says itself, after its handshake.
   *
   * @param before what was shown until then: a token takes its place, a key adds to it
   * @param peer where the client comes from
   */
  Shown said(Credentials said, Shown before, Optional<InetAddress> peer) {
    return said.hasToken()
        ? login(RequestDetails.over(peer), said)
        : said.key().map(before::withKey).orElse(before);
  }

  private Shown login(RequestDetails request, Credentials said) {
    if (said.isAmbiguous()) {
      return failed("Authorization says two things; say one", said);
    }
    if (said.hasToken()) {
      return authenticator.isEmpty()
          ? failed("this server takes no tokens; guests show a key", said)
          : new Shown(Optional.of(user(request, said)), said.key());
    }
    boolean isAsked = authenticator.isPresent() && !authenticator.get().needsToken();
    return new Shown(
        isAsked
            ? Optional.of(ask(new ShownRequest(request, Source.REQUEST, Optional.empty())))
            : Optional.empty(),
        said.key());
  }

  private static Shown failed(String why, Credentials said) {
    return new Shown(
        Optional.of(CompletableFuture.failedFuture(new NotAuthenticatedException(why))),
        said.key());
  }

  /**
   * Completes with whom the first good token is for. All are asked about at once: later the request
   * may be over.
   */
  private CompletionStage<Optional<Identity>> user(RequestDetails request, Credentials said) {
    return said.tokens().stream()
        .map(token -> ask(new ShownRequest(request, said.source(), Optional.of(token))))
        .reduce(Access::orElse)
        .orElseThrow();
  }

  private static CompletionStage<Optional<Identity>> orElse(
      CompletionStage<Optional<Identity>> first, CompletionStage<Optional<Identity>> next) {
    return first.exceptionallyCompose(
        e ->
            Refusals.cause(e) instanceof NotAuthenticatedException
                ? next
                : CompletableFuture.failedFuture(e));
  }

  private CompletionStage<Optional<Identity>> ask(AuthRequest request) {
    Optional<String> token = request.token();
    if (token.isPresent() && token.get().length() > MAX_TOKEN) {
      return CompletableFuture.failedFuture(new NotAuthenticatedException(NOT_BELIEVED));
    }
    try {
      CompletionStage<Optional<Identity>> answer =
          Objects.requireNonNull(authenticator.orElseThrow().authenticate(request));
      return token.isPresent() ? answer.thenApply(Access::somebody) : answer;
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** A token is for somebody, or is not valid. */
  private static Optional<Identity> somebody(Optional<Identity> user) {
    if (user.isEmpty()) {
      throw new NotAuthenticatedException(NOT_BELIEVED);
    }
    return user;
  }

  /**
   * Completes with the one who shows this: whoever has logged in, or else a guest. Fails with
   * {@link NotAuthenticatedException}, or {@link RefusedException} if it cannot be known now.
   *
   * @throws IllegalArgumentException if a guest's key cannot be one
   */
  CompletionStage<Visitor> visitor(Shown shown) {
    // Where there are no guests, nobody reads their keys.
    Optional<Member> guest =
        guests == Guests.DENY ? Optional.empty() : shown.key().map(Member::guest);
    return shown
        .login()
        .map(login -> login.handle((user, failure) -> visitor(shown, user, failure, guest)))
        .orElseGet(() -> guest(guest));
  }

  private Visitor visitor(
      Shown shown, Optional<Identity> user, Throwable failure, Optional<Member> guest) {
    try {
      if (failure != null) {
        throw refusal(failure);
      }
      if (user.isPresent()) {
        return visitor(user.get());
      }
    } catch (NotAuthenticatedException e) {
      // Then it is no login, and does not stand ahead of a key.
      if (shown.key().isEmpty()) {
        throw e;
      }
    }
    return guestOrThrow(guest);
  }

  private CompletionStage<Visitor> guest(Optional<Member> known) {
    try {
      return CompletableFuture.completedFuture(guestOrThrow(known));
    } catch (NotAuthenticatedException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Visitor guestOrThrow(Optional<Member> known) {
    if (guests == Guests.DENY) {
      throw new NotAuthenticatedException("this server wants a token");
    }
    Member guest = known.orElseGet(Member::anonymous);
    Permissions permissions =
        rules.map(r -> r.of(guest, true)).orElse(Permissions.CHAT).and(guests);
    return new Visitor(guest, false, orInvited(permissions, guest), Optional.empty());
  }

  private Permissions orInvited(Permissions permissions, Member member) {
    return moderation.isEmpty()
        ? permissions
        : permissions.or(room -> moderation.get().isAdmitted(room, member) ? Right.CHAT : Set.of());
  }

  /**
   * Has a visitor come in by an invite, of which no use is spent by who may be there anyway; fails
   * with {@link RefusedException} if it is not good.
   *
   * @param source where the visitor comes from
   */
  CompletionStage<Visitor> invited(
      Visitor visitor, RoomName room, Optional<String> source, String invite) {
    OptionalLong shown = secret.invite(room, invite);
    if (moderation.isEmpty() || shown.isEmpty()) {
      return CompletableFuture.failedFuture(
          RefusedException.of(Reason.FORBIDDEN, "this invite is not good"));
    }
    Set<Right> rights = visitor.in(room);
    if (rights.containsAll(Right.CHAT)) {
      return CompletableFuture.completedFuture(visitor);
    }
    SessionAttributes attributes = new SessionAttributes(rights.contains(Right.MODERATE), source);
    return moderation
        .get()
        .admit(room, visitor.member(), attributes, shown.getAsLong())
        .thenApply(in -> visitor);
  }

  private Visitor visitor(Identity identity) {
    Member member = identity.member();
    Visitor visitor =
        new Visitor(
            member,
            member.name().isPresent(),
            orInvited(
                identity
                    .permissions()
                    .or(() -> rules.map(r -> r.of(member, false)))
                    .orElse(Permissions.CHAT),
                member),
            identity.expires());
    if (visitor.hasExpired(clock)) {
      throw new NotAuthenticatedException("this token has expired");
    }
    return visitor;
  }

  /** Nothing of the inside is told to who showed the token. */
  private static RuntimeException refusal(Throwable failure) {
    Throwable cause = Refusals.cause(failure);
    if (cause instanceof NotAuthenticatedException || cause instanceof RefusedException) {
      return (RuntimeException) cause;
    }
    LOG.debug("A token could not be looked at", cause);
    long failures = FAILURES.said(System.nanoTime());
    if (failures > 0) {
      LOG.error(
          "Tokens could not be looked at ({} since the last such line): the authenticator failed"
              + " with {}",
          failures,
          cause.getClass().getName());
    }
    return RefusedException.retryable(
        Reason.OVERLOADED, "tokens cannot be looked at now", Duration.ofSeconds(5));
  }

  /** With which reason to end the connection of somebody who was not let in. */
  static CloseReason closeReason(Throwable failure) {
    Throwable cause = Refusals.cause(failure);
    if (cause instanceof NotAuthenticatedException) {
      return CloseReason.notAuthenticated(cause.getMessage());
    }
    if (cause instanceof RefusedException refusal) {
      return switch (refusal.reason()) {
        case FORBIDDEN -> CloseReason.FORBIDDEN;
        case BANNED -> CloseReason.BANNED;
        default -> CloseReason.OVERLOADED;
      };
    }
    return CloseReason.FAULT;
  }

  /**
   * Checks what is to be done.
   *
   * @throws RefusedException if it may not
   */
  static void check(Visitor visitor, RoomName room, Set<Right> needed) {
    if (!visitor.in(room).containsAll(needed)) {
      throw RefusedException.of(Reason.FORBIDDEN, "you may not do this in this room");
    }
  }
}
