package io.durablechat.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.durablechat.core.Member;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RoomName;
import io.durablechat.gateway.auth.Identity;
import io.durablechat.gateway.auth.NotAuthenticatedException;
import io.durablechat.gateway.auth.Permissions;
import io.durablechat.gateway.auth.Right;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tokens are believed. */
final class JwtAuthenticatorTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final byte[] SECRET = "a secret that is as long as it must be".getBytes(UTF_8);
  private static RSAKey key;
  private static RSAKey otherKey;
  private static ECKey curveKey;

  @TempDir private Path folder;
  private Path file;
  private JwtAuthenticator tokens;

  @BeforeAll
  static void makeKeys() throws JOSEException {
    key = new RSAKeyGenerator(2048).keyID("first").generate();
    otherKey = new RSAKeyGenerator(2048).keyID("second").generate();
    curveKey = new ECKeyGenerator(Curve.P_256).keyID("curve").generate();
  }

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("keys.json");
    publish(key.toPublicJWK(), curveKey.toPublicJWK());
    tokens = settings(JwtAuthenticator.keysAt(file.toUri())).build();
  }

  @AfterEach
  void stop() {
    tokens.close();
  }

  private void publish(JWK... keys) throws IOException {
    Files.writeString(file, new JWKSet(List.of(keys)).toString(false));
  }

  private static JwtAuthenticator.Builder settings(JwtAuthenticator.Builder builder) {
    return builder
        .issuer("https://id.example")
        .audience("chat")
        .clockSkew(Duration.ofSeconds(60))
        .clock(InstantSource.fixed(NOW));
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .subject("ann")
        .issuer("https://id.example")
        .audience(List.of("other", "chat"))
        .expirationTime(Date.from(NOW.plusSeconds(300)));
  }

  private static String signed(JWSHeader header, JWSSigner signer, JWTClaimsSet claims) {
    try {
      SignedJWT jwt = new SignedJWT(header, claims);
      jwt.sign(signer);
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static String signed(RSAKey with, JWTClaimsSet.Builder claims) throws JOSEException {
    return signed(
        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(with.getKeyID()).build(),
        new RSASSASigner(with),
        claims.build());
  }

  private Identity believed(String token) {
    return tokens.authenticate(token).toCompletableFuture().join();
  }

  private void assertRefused(String message, String token) {
    CompletionException failure = assertThrows(CompletionException.class, () -> believed(token));
    Throwable refusal = assertInstanceOf(NotAuthenticatedException.class, failure.getCause());
    assertEquals(message, refusal.getMessage());
  }

  private void assertNotValid(String token) {
    assertRefused("this token is not valid here", token);
  }

  @Test
  void aTokenSignedWithAKnownKeyIsBelieved() throws JOSEException {
    Identity ann = believed(signed(key, claims()));
    assertEquals(new Member("user:ann", Optional.empty()), ann.member());
    assertEquals(Optional.of(NOW.plusSeconds(360)), ann.expires(), "with the clocks' difference");
    assertEquals(Optional.empty(), ann.permissions());
    String onACurve =
        signed(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("curve").build(),
            new ECDSASigner(curveKey),
            claims().build());
    assertEquals("user:ann", believed(onACurve).member().identity());
  }

  @Test
  void nameAndRulesComeWithTheToken() throws JOSEException {
    Identity ann =
        believed(
            signed(
                key,
                claims()
                    .claim("name", "Ann")
                    .claim(
                        "chat",
                        List.of(
                            Map.of("rooms", "team-*", "may", List.of("join", "read", "publish")),
                            Map.of("rooms", "news", "may", List.of("read"))))));
    assertEquals(Optional.of("Ann"), ann.member().name());
    Permissions may = ann.permissions().orElseThrow();
    assertEquals(Right.CHAT, may.in(RoomName.of("team-a")));
    assertEquals(Set.of(Right.READ), may.in(RoomName.of("news")));
    assertEquals(Set.of(), may.in(RoomName.of("other")));
  }

  @Test
  void whatCannotBeANameIsNone() throws JOSEException {
    assertEquals(
        Optional.empty(), believed(signed(key, claims().claim("name", "\n"))).member().name());
    assertEquals(
        Optional.empty(),
        believed(signed(key, claims().claim("name", "x".repeat(500)))).member().name());
  }

  @Test
  void anExpiredTokenIsRefused() throws JOSEException {
    believed(signed(key, claims().expirationTime(Date.from(NOW.minusSeconds(59)))));
    assertRefused(
        "this token has expired",
        signed(key, claims().expirationTime(Date.from(NOW.minusSeconds(61)))));
  }

  @Test
  void aTokenIsNotGoodBeforeItsTime() throws JOSEException {
    believed(signed(key, claims().notBeforeTime(Date.from(NOW.plusSeconds(59)))));
    assertNotValid(signed(key, claims().notBeforeTime(Date.from(NOW.plusSeconds(61)))));
  }

  @Test
  void aTokenForOthersIsRefused() throws JOSEException {
    assertNotValid(signed(key, claims().issuer("https://evil.example")));
    assertNotValid(signed(key, claims().issuer(null)));
    assertNotValid(signed(key, claims().audience("other")));
    assertNotValid(signed(key, claims().audience((String) null)));
  }

  @Test
  void aTokenMustNameSomebodyAndEnd() throws JOSEException {
    assertNotValid(signed(key, claims().subject(null)));
    assertNotValid(signed(key, claims().subject("")));
    assertNotValid(signed(key, claims().subject("x".repeat(300))));
    assertNotValid(signed(key, claims().expirationTime(null)));
  }

  @Test
  void anUnsignedTokenIsRefused() {
    assertNotValid(new PlainJWT(claims().build()).serialize());
    String header = Base64URL.encode("{\"alg\":\"none\"}").toString();
    String payload = Base64URL.encode(claims().build().toString()).toString();
    assertNotValid(header + "." + payload + ".");
    assertNotValid(header + "." + payload + "." + Base64URL.encode("signature"));
  }

  @ParameterizedTest
  @CsvSource({"pem", "json", "modulus"})
  void thePublicKeyIsNoSecret(String as) throws JOSEException {
    byte[] known =
        switch (as) {
          case "pem" -> key.toRSAPublicKey().getEncoded();
          case "json" -> key.toPublicJWK().toJSONString().getBytes(UTF_8);
          default -> key.getModulus().decode();
        };
    assertNotValid(
        signed(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build(),
            new MACSigner(known),
            claims().build()));
  }

  @Test
  void aSecretAmongTheKeysIsNotUsed() throws JOSEException, IOException {
    publish(new OctetSequenceKey.Builder(SECRET).keyID("first").build());
    assertNotValid(
        signed(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build(),
            new MACSigner(SECRET),
            claims().build()));
  }

  @Test
  void theKeyThatATokenBringsIsNotUsed() throws JOSEException {
    assertNotValid(
        signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(otherKey.toPublicJWK()).build(),
            new RSASSASigner(otherKey),
            claims().build()));
    assertNotValid(
        signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID("first")
                .jwkURL(URI.create("https://evil.example/keys"))
                .build(),
            new RSASSASigner(otherKey),
            claims().build()));
  }

  @Test
  void anotherKindOfTokenIsRefused() throws JOSEException {
    assertNotValid(
        signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID("first")
                .type(new JOSEObjectType("logout+jwt"))
                .build(),
            new RSASSASigner(key),
            claims().build()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"at+jwt", "AT+JWT", "application/at+jwt", "JWT", "application/jwt"})
  void tokensOfTheKindsThatIssuersMakeAreBelieved(String type) throws JOSEException {
    String token =
        signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID("first")
                .type(new JOSEObjectType(type))
                .build(),
            new RSASSASigner(key),
            claims().build());
    assertEquals("user:ann", believed(token).member().identity());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'kty':'EC','crv':'P-999','x':'AQ','y':'AQ','kid':'new'}",
        "{'kty':'EC','crv':'P-256','x':'AQ','y':'AQ','kid':'off the curve'}",
        "{'kty':'AKP','alg':'ML-DSA-44','pub':'AQ','kid':'of another time'}",
        "{'crv':'P-256','x':'AQ','y':'AQ'}",
        "{'kty':7}",
        "{'kty':'RSA','e':'AQAB','kid':'without n'}",
        "{'kty':'RSA','n':'AQ','e':'AQAB','key_ops':['verify','greet']}",
        "{'kty':'RSA','n':'AQ','e':'AQAB','key_ops':'verify'}",
        "{'kty':'RSA','n':'AQ','e':'AQAB','x5c':['no certificate']}",
        "{'kty':'RSA','n':'AQ','e':'AQAB','x5u':': no address'}",
        "{}",
        "[]",
        "null",
        "7",
        "'text'"
      })
  void aKeyThatCannotBeReadIsPassedOver(String foreign) throws JOSEException, IOException {
    String set =
        String.format(
            Locale.ROOT,
            "{\"keys\":[%1$s,%2$s,%1$s]}",
            foreign.replace('\'', '"'),
            key.toPublicJWK().toJSONString());
    Files.writeString(file, set);
    try (JwtAuthenticator known = settings(JwtAuthenticator.keysAt(file.toUri())).build()) {
      String token = signed(key, claims());
      assertEquals(
          "user:ann", known.authenticate(token).toCompletableFuture().join().member().identity());
    }
  }

  @Test
  void aSetOfWhichNoKeyCanBeReadIsRefusedAtTheStart() throws IOException {
    Files.writeString(file, "{\"keys\":[{\"kty\":\"AKP\"}]}");
    assertEquals(
        "the key set holds no key that can be read: " + file,
        assertThrows(IllegalArgumentException.class, () -> JwtAuthenticator.keysAt(file.toUri()))
            .getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "7.0", "1e30", "true", "[\"ann\"]", "{}"})
  void whoIsMeantIsSaidInText(String subject) throws JOSEException {
    String claims = claims().build().toString();
    assertNotValid(signedAsIs(claims.replace("\"sub\":\"ann\"", "\"sub\":" + subject)));
  }

  @Test
  void anUnknownKeyIsRefusedUntilItIsPublished() throws JOSEException, IOException {
    assertEquals("user:ann", believed(signed(key, claims())).member().identity());
    publish(key.toPublicJWK(), otherKey.toPublicJWK());
    assertEquals("user:ann", believed(signed(otherKey, claims())).member().identity());
    assertEquals("user:ann", believed(signed(key, claims())).member().identity());
  }

  @Test
  void aKeyThatWasTakenBackIsGone() throws JOSEException, IOException {
    publish(otherKey.toPublicJWK());
    assertNotValid(signed(key, claims()));
  }

  @Test
  void keysThatAreUnknownAreAskedForNowAndThen() throws JOSEException {
    believed(signed(key, claims()));
    int later = 0;
    for (int i = 0; i < 10; i++) {
      RSAKey unknown = new RSAKey.Builder(otherKey).keyID("unknown " + i).build();
      String token = signed(unknown, claims());
      Throwable refusal = assertThrows(CompletionException.class, () -> believed(token)).getCause();
      later += refusal instanceof RefusedException ? 1 : 0;
      assertTrue(
          refusal instanceof RefusedException || refusal instanceof NotAuthenticatedException);
    }
    assertTrue(later > 5, "later: " + later);
    believed(signed(key, claims()));
  }

  @Test
  void whileThereAreNoKeysATokenIsToBeShownLater() throws JOSEException, IOException {
    Files.delete(file);
    for (int i = 0; i < 5; i++) {
      String token = signed(key, claims());
      CompletionException failure = assertThrows(CompletionException.class, () -> believed(token));
      RefusedException refusal = assertInstanceOf(RefusedException.class, failure.getCause());
      assertEquals(RefusedException.Reason.OVERLOADED, refusal.reason());
    }
  }

  @Test
  void aKeyOfAnotherKindThanTheAlgorithmsIsNotUsed() throws JOSEException {
    ECKey wide = new ECKeyGenerator(Curve.P_384).keyID("curve").generate();
    assertNotValid(
        signed(
            new JWSHeader.Builder(JWSAlgorithm.ES384).keyID("curve").build(),
            new ECDSASigner(wide),
            claims().build()));
  }

  @Test
  void membersThatAreNullAreNotThere() throws JOSEException {
    String claims = claims().build().toString();
    assertNotValid(signedAsIs(claims.replace("\"sub\":\"ann\"", "\"sub\":null")));
    assertNotValid(signedAsIs(claims.replaceFirst("\"exp\":\\d+", "\"exp\":null")));
  }

  /** Signs what the library would not write. */
  private static String signedAsIs(String payload) throws JOSEException {
    JWSObject token =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("first").build(), new Payload(payload));
    token.sign(new RSASSASigner(key));
    return token.serialize();
  }

  @Test
  void aFileThatHoldsNoKeysIsRefusedAtTheStart() throws IOException {
    for (String content : List.of("garbage", "{}", "{\"keys\":[]}", "[]", "null")) {
      Files.writeString(file, content);
      IllegalArgumentException refusal =
          assertThrows(
              IllegalArgumentException.class, () -> JwtAuthenticator.keysAt(file.toUri()), content);
      assertEquals(1, refusal.getMessage().lines().count());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "bnVsbA.e30.eHh4",
        "a.b.c",
        "garbage",
        "e30.e30.",
        "\u0000",
        "ääää.ää.ää"
      })
  void garbageIsRefused(String token) {
    assertNotValid(token);
  }

  @Test
  void aTokenThatWasChangedIsRefused() throws JOSEException {
    String token = signed(key, claims());
    String[] parts = token.split("\\.", -1);
    String other = Base64URL.encode(claims().subject("bob").build().toString()).toString();
    assertNotValid(parts[0] + "." + other + "." + parts[2]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"rooms\":\"x\"}",
        "[{\"rooms\":\"x\"}]",
        "[{\"rooms\":\"\",\"may\":[]}]",
        "[{\"rooms\":\"x\",\"may\":[\"rule\"]}]",
        "\"all\"",
        "[null]"
      })
  void rulesThatAreNoneMakeTheTokenWorthless(String rules) throws JOSEException {
    Object claim = new com.google.gson.Gson().fromJson(rules, Object.class);
    assertNotValid(signed(key, claims().claim("chat", claim)));
  }

  @Test
  void aSharedSecretSignsByItsOwnAlgorithmsOnly() throws JOSEException {
    try (JwtAuthenticator shared = settings(JwtAuthenticator.secret(SECRET)).build()) {
      String token =
          signed(new JWSHeader(JWSAlgorithm.HS256), new MACSigner(SECRET), claims().build());
      assertEquals(
          "user:ann", shared.authenticate(token).toCompletableFuture().join().member().identity());
      String foreign = signed(key, claims());
      assertThrows(
          CompletionException.class,
          () -> shared.authenticate(foreign).toCompletableFuture().join());
    }
    assertThrows(IllegalArgumentException.class, () -> JwtAuthenticator.secret(new byte[31]));
  }

  @ParameterizedTest
  @CsvSource({"HS384, 47, false", "HS384, 48, true", "HS512, 63, false", "HS512, 64, true"})
  void aSecretSignsByHashesThatAreNoLonger(String algorithm, int bytes, boolean isBelieved)
      throws JOSEException {
    byte[] secret = new byte[bytes];
    try (JwtAuthenticator shared = settings(JwtAuthenticator.secret(secret)).build()) {
      byte[] padded = Arrays.copyOf(secret, 64);
      // To HMAC a key that ends in zeros is the same as the shorter one.
      String token =
          signed(
              new JWSHeader(JWSAlgorithm.parse(algorithm)),
              new MACSigner(padded),
              claims().build());
      CompletableFuture<Identity> shown = shared.authenticate(token).toCompletableFuture();
      if (isBelieved) {
        assertEquals("user:ann", shown.join().member().identity());
      } else {
        Throwable failure = assertThrows(CompletionException.class, shown::join).getCause();
        assertInstanceOf(NotAuthenticatedException.class, failure);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://id.example/keys", "ftp://id.example/keys", "keys.json"})
  void keysComeBySafeWaysOnly(String address) {
    assertThrows(
        IllegalArgumentException.class, () -> JwtAuthenticator.keysAt(URI.create(address)));
  }

  @Test
  void keysAreFetchedAgainByElapsedTimeWhateverTheTimeOfDay() throws Exception {
    AtomicLong now = new AtomicLong();
    tokens.close();
    tokens = settings(JwtAuthenticator.keysAt(file.toUri(), now::get)).build();
    assertEquals("user:ann", believed(signed(key, claims())).member().identity());
    publish(otherKey.toPublicJWK());
    now.addAndGet(Duration.ofMinutes(59).toNanos());
    believed(signed(key, claims()));
    now.addAndGet(Duration.ofMinutes(2).toNanos());
    assertRefused("this token is not valid here", signed(key, claims()));
    believed(signed(otherKey, claims()));
  }
}
