package io.durablechat.jetty;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** An authenticator that looks at tokens alone. */
record TokenAuthenticator(Function<String, CompletionStage<Identity>> check)
    implements Authenticator {
  @Override
  public CompletionStage<Optional<Identity>> authenticate(AuthRequest request) {
    return request.token().isEmpty()
        ? CompletableFuture.completedFuture(Optional.empty())
        : check.apply(request.token().get()).thenApply(Optional::of);
  }

  @Override
  public boolean needsToken() {
    return true;
  }
}
