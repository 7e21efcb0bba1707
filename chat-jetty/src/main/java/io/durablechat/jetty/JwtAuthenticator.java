package io.durablechat.jetty;

import com.google.gson.Gson;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.ImmutableSecret;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import io.durablechat.core.Member;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.UnknownHostException;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Believes JSON Web Tokens (RFC 7519) that are signed with a known key, by the advice of RFC 8725:
 * the algorithms are those of the key's kind and no others, and what a token says of itself chooses
 * no key outside the set that was configured.
 *
 * <p>Of a token count {@code sub}, which becomes the identity {@code user:SUB}; {@code exp}, which
 * must be there; {@code nbf}, {@code iss} and {@code aud}; {@code name}; and {@code chat}, a list
 * of rules as in {@link RoomRules}, which then decide alone what its bearer may do.
 *
 * <p>Tokens are looked at on threads of its own, two at most, since keys may have to be fetched:
 * once an hour, and at most twice in 30 s for keys that are unknown. While they cannot be, the old
 * ones are good for a day.
 */
public final class JwtAuthenticator implements Authenticator, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JwtAuthenticator.class);

  /** Of which a key that can be published is the other half. Ed25519 would need another library. */
  private static final Set<JWSAlgorithm> PUBLIC_KEY =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private static final Set<JWSAlgorithm> SECRET =
      Set.of(JWSAlgorithm.HS256, JWSAlgorithm.HS384, JWSAlgorithm.HS512);

  /** The shortest secret, in bytes: as long as the shortest hash (RFC 7518, section 3.2). */
  public static final int MIN_SECRET_BYTES = 32;

  private static final int FETCH_MILLIS = 5000;
  private static final int MAX_KEYS_BYTES = 1 << 20;
  private static final Duration KEYS_LAST = Duration.ofHours(1);
  private static final Duration OUTAGE = Duration.ofDays(1);
  private static final Duration REFRESH = Duration.ofSeconds(15);
  private static final Duration BETWEEN_FETCHES = Duration.ofSeconds(30);
  private static final int THREADS = 2;
  private static final int WAITING = 1000;

  private static final String NOT_VALID = "this token is not valid here";

  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
  private final Duration clockSkew;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          1,
          TimeUnit.MINUTES,
          new ArrayBlockingQueue<>(WAITING),
          task -> {
            Thread thread = new Thread(task, "chat-tokens");
            thread.setDaemon(true);
            return thread;
          });

  private JwtAuthenticator(Builder settings) {
    clockSkew = settings.clockSkew;
    threads.allowCoreThreadTimeOut(true);
    JWTClaimsSet.Builder exactly = new JWTClaimsSet.Builder();
    settings.issuer.ifPresent(exactly::issuer);
    DefaultJWTClaimsVerifier<SecurityContext> claims =
        new DefaultJWTClaimsVerifier<>(
            settings.audience.orElse(null), exactly.build(), Set.of("sub", "exp")) {
          @Override
          protected Date currentTime() {
            return Date.from(settings.clock.instant());
          }
        };
    claims.setMaxClockSkew((int) clockSkew.toSeconds());
    processor.setJWTClaimsSetVerifier(claims);
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(settings.algorithms, settings.keys));
  }

  /**
   * Tokens signed with a key of this set (RFC 7517).
   *
   * @param keys an {@code https} address, one of {@code http} on this machine, or a {@code file}
   * @throws IllegalArgumentException if it is none of these
   */
  public static Builder keysAt(URI keys) {
    boolean isSafe =
        switch (String.valueOf(keys.getScheme())) {
          case "https", "file" -> true;
          case "http" -> isLoopback(keys.getHost());
          default -> false;
        };
    if (!isSafe) {
      throw new IllegalArgumentException("keys must come by https or from a file: " + keys);
    }
    try {
      JWKSource<SecurityContext> source =
          JWKSourceBuilder.create(
                  keys.toURL(),
                  new DefaultResourceRetriever(FETCH_MILLIS, FETCH_MILLIS, MAX_KEYS_BYTES))
              .cache(KEYS_LAST.toMillis(), REFRESH.toMillis())
              .refreshAheadCache(false)
              .rateLimited(BETWEEN_FETCHES.toMillis())
              .retrying(true)
              .outageTolerant(OUTAGE.toMillis())
              .build();
      return new Builder(PUBLIC_KEY, source);
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("not an address: " + keys, e);
    }
  }

  private static boolean isLoopback(String host) {
    try {
      return host != null && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /**
   * Tokens signed with a secret that whoever makes them shares with this server.
   *
   * @throws IllegalArgumentException if it is shorter than {@value #MIN_SECRET_BYTES} bytes
   */
  public static Builder secret(byte[] secret) {
    if (secret.length < MIN_SECRET_BYTES) {
      throw new IllegalArgumentException(
          "the secret has %d bytes, at least %d are needed"
              .formatted(secret.length, MIN_SECRET_BYTES));
    }
    return new Builder(SECRET, new ImmutableSecret<>(secret.clone()));
  }

  @Override
  public CompletionStage<Identity> authenticate(String token) {
    try {
      return CompletableFuture.supplyAsync(() -> identity(token), threads);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(later());
    }
  }

  private Identity identity(String token) {
    try {
      return identity(processor.process(token, null));
    } catch (ExpiredJWTException e) {
      throw new NotAuthenticatedException("this token has expired");
    } catch (ParseException | BadJOSEException | IllegalArgumentException e) {
      LOG.debug("A token is not believed", e);
      throw new NotAuthenticatedException(NOT_VALID);
    } catch (JOSEException e) {
      LOG.warn("Tokens cannot be looked at: {}", e.getMessage());
      throw later();
    }
  }

  private static RefusedException later() {
    return RefusedException.retryable(
        Reason.OVERLOADED, "tokens cannot be looked at now", Duration.ofSeconds(5));
  }

  private Identity identity(JWTClaimsSet claims) throws ParseException, BadJWTException {
    String subject = claims.getSubject();
    if (subject.isBlank()) {
      throw new BadJWTException("sub is empty");
    }
    Member member = new Member("user:" + subject, Optional.empty());
    Optional<Permissions> permissions =
        Optional.ofNullable(claims.getClaim("chat"))
            .map(rules -> RoomRules.parse(new Gson().toJson(rules)).of(member, false));
    return new Identity(
        named(member, claims.getClaim("name")),
        permissions,
        Optional.of(claims.getExpirationTime().toInstant().plus(clockSkew)));
  }

  /** What cannot be a name here is none: its bearer may choose one. */
  private static Member named(Member member, Object name) {
    try {
      return name instanceof String text ? member.named(text) : member;
    } catch (IllegalArgumentException e) {
      return member;
    }
  }

  /** Looks at no more tokens. */
  @Override
  public void close() {
    threads.shutdownNow();
  }

  /** Settings of a {@link JwtAuthenticator}. Not safe for use by several threads. */
  public static final class Builder {
    private final Set<JWSAlgorithm> algorithms;
    private final JWKSource<SecurityContext> keys;
    private Optional<String> issuer = Optional.empty();
    private Optional<String> audience = Optional.empty();
    private Duration clockSkew = Duration.ofSeconds(60);
    private InstantSource clock = InstantSource.system();

    private Builder(Set<JWSAlgorithm> algorithms, JWKSource<SecurityContext> keys) {
      this.algorithms = algorithms;
      this.keys = keys;
    }

    /** What {@code iss} must be; by default anything, and nothing. */
    public Builder issuer(String newIssuer) {
      this.issuer = Optional.of(newIssuer);
      return this;
    }

    /**
     * What {@code aud} must name; by default anything, and nothing. Where others have tokens signed
     * with the same keys, theirs would be good here as well.
     */
    public Builder audience(String newAudience) {
      this.audience = Optional.of(newAudience);
      return this;
    }

    /** By how much clocks may differ, by default a minute; in whole seconds. */
    public Builder clockSkew(Duration skew) {
      this.clockSkew = skew;
      return this;
    }

    /** What time it is, for {@code exp} and {@code nbf}. */
    public Builder clock(InstantSource newClock) {
      this.clock = Objects.requireNonNull(newClock);
      return this;
    }

    /** An authenticator, to be closed. */
    public JwtAuthenticator build() {
      return new JwtAuthenticator(this);
    }
  }
}
