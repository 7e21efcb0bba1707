package io.durablechat.gateway.auth;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A decision on who has logged in: by a token, or by what the application knows of a request, such
 * as its principal or its session. Called by several threads at once; must not block.
 *
 * <p>It is asked about each request over HTTP and each handshake, while these are there, and about
 * each token in {@code hello} and {@code auth}. Of several cookies with tokens it is asked about
 * each at once, and the first that is good counts. A login in a request comes before the key of a
 * guest.
 */
@FunctionalInterface
public interface Authenticator {
  /**
   * Finds out who has logged in.
   *
   * @return completes with nobody if the request shows no login, so that it is a guest's; for a
   *     token, nobody means that it is not valid. Fails with {@link NotAuthenticatedException} if
   *     what is shown is not valid. What else it fails with is logged, and tells nothing to the
   *     client
   */
  CompletionStage<Optional<Identity>> authenticate(AuthRequest request);

  /**
   * Returns whether requests without a token are to be taken for guests' without asking; by default
   * they are not.
   */
  default boolean needsToken() {
    return false;
  }

  /**
   * Returns an authenticator that knows at once who has logged in, by the principal, the session or
   * the attributes of a request.
   *
   * @param login gives the identity of the user who has logged in, or nobody; must not block
   */
  static Authenticator ofRequest(Function<AuthRequest, Optional<Identity>> login) {
    Objects.requireNonNull(login);
    return request -> CompletableFuture.completedFuture(login.apply(request));
  }
}
