package io.durablechat.jwt;

import com.google.gson.Gson;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.ImmutableSecret;
import com.nimbusds.jose.jwk.source.JWKSetBasedJWKSource;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import io.durablechat.core.Member;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.gateway.auth.Identity;
import io.durablechat.gateway.auth.NotAuthenticatedException;
import io.durablechat.gateway.auth.Permissions;
import io.durablechat.gateway.auth.RoomRules;
import io.durablechat.gateway.auth.TokenAuthenticator;
import io.durablechat.gateway.limits.SeldomSaid;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
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
public final class JwtAuthenticator implements TokenAuthenticator, AutoCloseable {
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

  /** Tokens in general, and access tokens (RFC 9068); or without a type. */
  private static final Set<String> TYPES = Set.of("jwt", "at+jwt");

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

  private static final JWKSelector ANY_KEY = new JWKSelector(new JWKMatcher.Builder().build());

  private static final String NOT_VALID = "this token is not valid here";

  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
  private final JWKSource<SecurityContext> keys;
  private final String whereKeysAre;
  private final SeldomSaid lines = new SeldomSaid();
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
    keys = settings.keys;
    whereKeysAre = settings.whereKeysAre;
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
    processor.setJWSTypeVerifier((type, context) -> checkType(type));
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(settings.algorithms, keys));
  }

  /**
   * Tokens signed with a key of this set (RFC 7517).
   *
   * @param keys an {@code https} address, one of {@code http} on this machine, or a {@code file}
   * @throws IllegalArgumentException if it is none of these, or a file that holds no key
   */
  public static Builder keysAt(URI keys) {
    return keysAt(keys, System::nanoTime);
  }

  /** The same, fetched again by this elapsed time. */
  static Builder keysAt(URI keys, LongSupplier nanos) {
    boolean isSafe =
        switch (String.valueOf(keys.getScheme())) {
          case "https", "file" -> true;
          case "http" -> isLoopback(keys.getHost());
          default -> false;
        };
    if (!isSafe) {
      throw new IllegalArgumentException(
          "keys must come by https or from a file: " + withoutSecrets(keys));
    }
    if ("file".equals(keys.getScheme())) {
      checkFile(keys);
    }
    try {
      JWKSource<SecurityContext> source =
          JWKSourceBuilder.create(
                  keys.toURL(),
                  new ReadableKeys(
                      new DefaultResourceRetriever(FETCH_MILLIS, FETCH_MILLIS, MAX_KEYS_BYTES),
                      withoutSecrets(keys)))
              .cache(KEYS_LAST.toMillis(), REFRESH.toMillis())
              .refreshAheadCache(false)
              .rateLimited(BETWEEN_FETCHES.toMillis())
              .retrying(true)
              .outageTolerant(OUTAGE.toMillis())
              .build();
      return new Builder(PUBLIC_KEY, evenly(source, nanos), withoutSecrets(keys));
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("not an address: " + withoutSecrets(keys), e);
    }
  }

  private static JWKSource<SecurityContext> evenly(
      JWKSource<SecurityContext> source, LongSupplier nanos) {
    return source instanceof JWKSetBasedJWKSource<SecurityContext> set
        ? new JWKSetBasedJWKSource<>(new EvenlyAskedKeys(set.getJWKSetSource(), nanos))
        : source;
  }

  /** An operator is told at the start, and not by the first who shows a token. */
  private static void checkFile(URI keys) {
    try {
      if (ReadableKeys.in(Files.readString(Path.of(keys))).isEmpty()) {
        throw new IllegalArgumentException(
            "the key set holds no key that can be read: " + Path.of(keys));
      }
    } catch (ParseException e) {
      throw new IllegalArgumentException("not a JSON Web Key Set: " + Path.of(keys), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot be read: " + Path.of(keys), e);
    }
  }

  /** An address without a password or a query, for logs. */
  private static String withoutSecrets(URI address) {
    return "file".equals(address.getScheme()) || address.getRawAuthority() == null
        ? String.valueOf(address.getPath())
        : address.getScheme()
            + "://"
            + address.getRawAuthority().replaceFirst("^.*@", "")
            + address.getRawPath();
  }

  private static boolean isLoopback(String host) {
    try {
      return host != null && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /**
   * Tokens signed with a secret that whoever makes them shares with this server: by HS256, and by
   * HS384 and HS512 if it is as long as their hashes, 48 and 64 bytes.
   *
   * @throws IllegalArgumentException if it is shorter than {@value #MIN_SECRET_BYTES} bytes
   */
  public static Builder secret(byte[] secret) {
    if (secret.length < MIN_SECRET_BYTES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the secret has %d bytes, at least %d are needed",
              secret.length,
              MIN_SECRET_BYTES));
    }
    return new Builder(
        new HashSet<>(MACSigner.getCompatibleAlgorithms(Byte.SIZE * secret.length)),
        new ImmutableSecret<>(secret.clone()),
        "a secret");
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
      JWT parsed = JWTParser.parse(token);
      Identity identity = identity(processor.process(parsed, null));
      checkSubject(parsed);
      return identity;
    } catch (ExpiredJWTException e) {
      throw new NotAuthenticatedException("this token has expired");
    } catch (KeySourceException e) {
      throw later(e);
    } catch (ParseException | JOSEException | BadJOSEException | RuntimeException e) {
      // Whatever a token that anybody may have made up sets off, in parsers too.
      throw notValid(e);
    }
  }

  /** A type stands for a media type, of which {@code application/} may be left out (RFC 7515). */
  private static void checkType(JOSEObjectType type) throws BadJOSEException {
    if (type != null
        && !TYPES.contains(
            type.getType().toLowerCase(Locale.ROOT).replaceFirst("^application/(?!.*/)", ""))) {
      throw new BadJOSEException("another type of token");
    }
  }

  /** The library makes a text of a number: 1 and "1", and large ones, would be one identity. */
  private static void checkSubject(JWT token) throws BadJWTException {
    if (!(token instanceof SignedJWT signed)
        || !(signed.getPayload().toJSONObject().get("sub") instanceof String)) {
      throw new BadJWTException("sub is no text");
    }
  }

  /** Whether there are keys, and only none of the token's name. */
  private boolean haveKeys() {
    try {
      return !keys.get(ANY_KEY, null).isEmpty();
    } catch (KeySourceException e) {
      return false;
    }
  }

  private static NotAuthenticatedException notValid(Exception e) {
    LOG.debug("A token is not believed", e);
    return new NotAuthenticatedException(NOT_VALID);
  }

  private RefusedException later(KeySourceException e) {
    LOG.debug("No keys", e);
    if (e instanceof RateLimitReachedException && haveKeys()) {
      // Others have just asked for keys that there are not. This one may be new.
      return later();
    }
    long tokens = lines.said(System.nanoTime());
    if (tokens > 0) {
      LOG.warn(
          "Tokens cannot be looked at ({} since the last such line), for want of the keys at {}: {}",
          tokens,
          whereKeysAre,
          reason(e));
    }
    return later();
  }

  /** In our words: those of an exception hold addresses and names of classes. */
  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof RateLimitReachedException) {
      return "they could not be had a moment ago";
    }
    if (cause instanceof UnknownHostException) {
      return "there is no such host";
    }
    if (cause instanceof SocketTimeoutException) {
      return "no answer in time";
    }
    if (cause instanceof ConnectException) {
      return "no connection";
    }
    if (cause instanceof GeneralSecurityException || cause instanceof SSLException) {
      return "the TLS certificate there is not trusted, or is another host's";
    }
    return cause instanceof ParseException
        ? "what is there is no JSON Web Key Set"
        : "there is no such file, or it cannot be read";
  }

  private static RefusedException later() {
    return RefusedException.retryable(
        Reason.OVERLOADED, "tokens cannot be looked at now", Duration.ofSeconds(5));
  }

  private Identity identity(JWTClaimsSet claims) throws ParseException, BadJWTException {
    String subject = claims.getSubject();
    if (subject == null || subject.isBlank() || claims.getExpirationTime() == null) {
      throw new BadJWTException("sub or exp is empty");
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
    private final String whereKeysAre;
    private Optional<String> issuer = Optional.empty();
    private Optional<String> audience = Optional.empty();
    private Duration clockSkew = Duration.ofSeconds(60);
    private InstantSource clock = InstantSource.system();

    private Builder(
        Set<JWSAlgorithm> algorithms, JWKSource<SecurityContext> keys, String whereKeysAre) {
      this.algorithms = algorithms;
      this.keys = keys;
      this.whereKeysAre = whereKeysAre;
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
