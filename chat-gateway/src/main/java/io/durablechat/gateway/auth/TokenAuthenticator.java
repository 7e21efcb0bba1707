package io.durablechat.gateway.auth;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A decision on whom a token is for, by the token alone. Called by several threads at once; must
 * not block.
 */
public interface TokenAuthenticator extends Authenticator {
  /**
   * Finds out whom a token is for.
   *
   * @param token what was shown, at most 16 KiB, perhaps garbage
   * @return completes with the user; fails as {@link Authenticator#authenticate} does
   */
  CompletionStage<Identity> authenticate(String token);

  @Override
  default CompletionStage<Optional<Identity>> authenticate(AuthRequest request) {
    return request.token().isEmpty()
        ? CompletableFuture.completedFuture(Optional.empty())
        : authenticate(request.token().get()).thenApply(Optional::of);
  }

  @Override
  default boolean needsToken() {
    return true;
  }

  /** Returns an authenticator that decides about tokens by this. */
  static TokenAuthenticator of(Function<String, CompletionStage<Identity>> check) {
    return check::apply;
  }
}
