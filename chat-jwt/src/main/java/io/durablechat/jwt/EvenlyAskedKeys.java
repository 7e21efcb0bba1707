package io.durablechat.jwt;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keys that are fetched again and forgotten by elapsed time. By the time of day, a clock that is
 * set back would keep keys that were withdrawn, and have none of a new name fetched, for as long as
 * it was set back.
 */
final class EvenlyAskedKeys implements JWKSetSource<SecurityContext> {
  private final JWKSetSource<SecurityContext> source;
  private final LongSupplier nanos;
  private final long origin;

  /**
   * Keys of this source.
   *
   * @param nanos elapsed time, as {@link System#nanoTime}
   */
  EvenlyAskedKeys(JWKSetSource<SecurityContext> source, LongSupplier nanos) {
    this.source = source;
    this.nanos = nanos;
    this.origin = nanos.getAsLong();
  }

  @Override
  public JWKSet getJWKSet(
      JWKSetCacheRefreshEvaluator whether, long timeOfDay, SecurityContext context)
      throws KeySourceException {
    long elapsed = TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - origin);
    return source.getJWKSet(whether, elapsed, context);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
