package io.durablechat.gateway.auth;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The evidence that a client has given of who it is, without the request that it came with. A login
 * comes before a key.
 *
 * @param login completes with the user who has logged in, or nobody; not there if nobody was asked
 * @param key a guest's
 */
public record Shown(Optional<CompletionStage<Optional<Identity>>> login, Optional<String> key) {
  public static final Shown NOTHING = new Shown(Optional.empty(), Optional.empty());

  /** Returns the same with another key. */
  public Shown withKey(String newKey) {
    return new Shown(login, Optional.of(newKey));
  }

  /** Never in words: they would come to be in a log. */
  @Override
  public String toString() {
    return "Shown";
  }
}
