package io.durablechat.gateway;

import java.util.concurrent.CompletionStage;

/**
 * Finds out whom a token is for: a client's {@code hello}, {@code Authorization: Bearer}, or a
 * cookie. Called by several threads at once; must not block.
 */
@FunctionalInterface
public interface Authenticator {
  /**
   * Completes with whom the token is for; fails with {@link NotAuthenticatedException} if it is not
   * to be believed. What else it fails with is logged, and tells nothing to whoever showed it.
   *
   * @param token what was shown, at most 16 KiB, perhaps garbage
   */
  CompletionStage<Identity> authenticate(String token);
}
