package io.durablechat.gateway;

import io.durablechat.core.CloseReason;
import io.durablechat.core.Member;
import io.durablechat.core.Moderation;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.core.RoomName;
import io.durablechat.core.SessionAttributes;
import io.durablechat.gateway.limits.Refusals;
import io.durablechat.gateway.limits.SeldomSaid;
import io.durablechat.gateway.limits.ServerSecret;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
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
   * What a request shows: {@code Authorization}, or else the cookie.
   *
   * @param header gives the values of a header
   */
  public Credentials shown(Function<String, List<String>> header) {
    Credentials said = Credentials.ofHeaders(header);
    return said.isNone() && cookie.isPresent()
        ? Credentials.ofCookie(header.apply("Cookie"), cookie.get())
        : said;
  }

  /**
   * Who shows this. Fails with {@link NotAuthenticatedException}.
   *
   * @throws IllegalArgumentException if a guest's key cannot be one
   */
  CompletionStage<Visitor> visitor(Credentials shown) {
    if (shown.isAmbiguous()) {
      return CompletableFuture.failedFuture(
          new NotAuthenticatedException("Authorization says two things; say one"));
    }
    if (!shown.tokens().isEmpty()) {
      return user(shown.tokens());
    }
    if (guests == Guests.DENY) {
      return CompletableFuture.failedFuture(
          new NotAuthenticatedException("this server wants a token"));
    }
    Member guest = shown.key().map(Member::guest).orElseGet(Member::anonymous);
    Permissions permissions =
        rules.map(r -> r.of(guest, true)).orElse(Permissions.CHAT).and(guests);
    return CompletableFuture.completedFuture(
        new Visitor(guest, false, orInvited(permissions, guest), Optional.empty()));
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

  /** Whom the first good one is for. */
  private CompletionStage<Visitor> user(List<String> tokens) {
    CompletionStage<Visitor> first = user(tokens.get(0));
    List<String> others = tokens.subList(1, tokens.size());
    return others.isEmpty()
        ? first
        : first.exceptionallyCompose(
            e ->
                Refusals.cause(e) instanceof NotAuthenticatedException
                    ? user(others)
                    : CompletableFuture.failedFuture(e));
  }

  private CompletionStage<Visitor> user(String token) {
    if (authenticator.isEmpty()) {
      return CompletableFuture.failedFuture(
          new NotAuthenticatedException("this server takes no tokens; guests show a key"));
    }
    if (token.length() > MAX_TOKEN) {
      return CompletableFuture.failedFuture(new NotAuthenticatedException(NOT_BELIEVED));
    }
    try {
      return authenticator.get().authenticate(token).handle(this::visitor);
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(refusal(e));
    }
  }

  private Visitor visitor(Identity identity, Throwable failure) {
    if (failure != null) {
      throw refusal(failure);
    }
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
