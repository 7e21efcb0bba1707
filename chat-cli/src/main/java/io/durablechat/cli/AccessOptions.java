package io.durablechat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.gateway.Dialect;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.auth.Guests;
import io.durablechat.gateway.auth.RoomRules;
import io.durablechat.jetty.ChatServer;
import io.durablechat.jwt.JwtAuthenticator;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of a server that say who may use it. */
final class AccessOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--allow-origin",
      paramLabel = "ORIGIN",
      split = ",",
      converter = ListedText.class,
      description =
          "Web pages of other origins that may use the rooms, such as https://chat.example, with"
              + " commas between. Default: none.")
  private List<String> allowedOrigins = List.of();

  @Option(
      names = "--trusted-proxy",
      paramLabel = "ADDRESS",
      split = ",",
      converter = ListedText.class,
      description =
          "Proxies whose X-Forwarded-For is taken for true: addresses, or networks such as"
              + " 10.0.0.0/8, with commas between. Default: none.")
  private List<String> trustedProxies = List.of();

  @Option(
      names = "--dialects",
      paramLabel = "DIALECT",
      split = ",",
      defaultValue = "plain,chat.v1",
      converter = SpokenDialect.class,
      description =
          "What is spoken by WebSocket, with commas between; see docs/protocol.md. Default:"
              + " ${DEFAULT-VALUE}.")
  private List<Dialect> dialects;

  @Option(
      names = "--guests",
      paramLabel = "allow|read-only|deny",
      defaultValue = "allow",
      description =
          "What may be done without a token: everything, reading, or nothing. Default:"
              + " ${DEFAULT-VALUE}.")
  private String guests;

  @Option(
      names = "--rules",
      paramLabel = "FILE",
      description =
          "Who may do what in which rooms, in JSON; see docs/security.md. Default: everybody"
              + " everything, but for --guests.")
  private Optional<Path> rules;

  @Option(
      names = "--reserved-names",
      paramLabel = "NAME",
      split = ",",
      converter = ListedText.class,
      description =
          "Names that nobody may choose, however they write them, with commas between. Default:"
              + " admin, server and others that seem to speak for it.")
  private List<String> reservedNames;

  @Option(
      names = "--jwt-jwks",
      paramLabel = "URL|FILE",
      description =
          "Take tokens (JWT) that are signed with one of these keys: a JSON Web Key Set. Needs"
              + " --jwt-audience.")
  private Optional<String> keys;

  @Option(
      names = "--jwt-secret-file",
      paramLabel = "FILE",
      description = "Take tokens (JWT) that are signed with the secret in this file.")
  private Optional<Path> secret;

  @Option(
      names = "--jwt-issuer",
      paramLabel = "ISSUER",
      description = "Who must have issued a token (iss). Default: not looked at.")
  private Optional<String> issuer;

  @Option(
      names = "--jwt-audience",
      paramLabel = "AUDIENCE",
      description = "Whom a token must be for (aud). Default: not looked at.")
  private Optional<String> audience;

  @Option(
      names = "--jwt-clock-skew",
      paramLabel = "TIME",
      defaultValue = "60s",
      converter = Age.class,
      description = "By how much other clocks may differ from this one. Default: ${DEFAULT-VALUE}.")
  private Duration clockSkew;

  @Option(
      names = "--jwt-cookie",
      paramLabel = "NAME",
      description = "A cookie that a token may come in. Default: none.")
  private Optional<String> cookie;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description =
          "Speak TLS with this certificate, in PEM; looked at once a minute. Default: no TLS.")
  private Optional<Path> certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The certificate's key, in PEM, not encrypted.")
  private Optional<Path> key;

  AccessOptions() {}

  /** Whether the server speaks TLS. */
  boolean isSecure() {
    return certificate.isPresent();
  }

  /** The settings with what was asked for in them. */
  EndpointSettings of(EndpointSettings settings) {
    EndpointSettings asked =
        named("--allow-origin", allowedOrigins, settings::allowedOrigins).guests(guests());
    asked = named("--dialects", dialects, asked::dialects);
    if (reservedNames != null) {
      asked = asked.reservedNames(reservedNames);
    }
    if (rules.isPresent()) {
      asked =
          asked.rules(
              named("--rules", TextFile.read(spec, "--rules", rules.get()), RoomRules::parse));
    }
    Optional<JwtAuthenticator.Builder> tokens = tokens();
    if (tokens.isEmpty()) {
      checkThatNoTokensAreMeant();
      return asked;
    }
    tokens.get().clockSkew(clockSkew);
    issuer.ifPresent(tokens.get()::issuer);
    audience.ifPresent(tokens.get()::audience);
    asked = asked.authenticator(tokens.get().build());
    return cookie.isPresent() ? named("--jwt-cookie", cookie.get(), asked::cookie) : asked;
  }

  private Guests guests() {
    return switch (guests) {
      case "allow" -> Guests.ALLOW;
      case "read-only" -> Guests.READ_ONLY;
      case "deny" -> Guests.DENY;
      default -> throw wrong("--guests must be allow, read-only or deny, not " + guests);
    };
  }

  private Optional<JwtAuthenticator.Builder> tokens() {
    if (keys.isPresent() && secret.isPresent()) {
      throw wrong("--jwt-jwks and --jwt-secret-file exclude each other");
    }
    if (secret.isPresent()) {
      byte[] content = TextFile.read(spec, "--jwt-secret-file", secret.get()).getBytes(UTF_8);
      return Optional.of(named("--jwt-secret-file", content, JwtAuthenticator::secret));
    }
    if (keys.isPresent() && audience.isEmpty()) {
      // Whoever else has tokens from there could use them here.
      throw wrong("--jwt-jwks needs --jwt-audience, the name of this server in tokens");
    }
    return keys.isPresent()
        ? Optional.of(named("--jwt-jwks", keys(keys.get()), JwtAuthenticator::keysAt))
        : Optional.empty();
  }

  private URI keys(String address) {
    if (address.contains("://")) {
      return named("--jwt-jwks", address, URI::create);
    }
    Path file = Path.of(address);
    if (!Files.isReadable(file)) {
      throw wrong("--jwt-jwks: no such file: " + address);
    }
    return file.toUri();
  }

  private void checkThatNoTokensAreMeant() {
    boolean meant = issuer.isPresent() || audience.isPresent() || cookie.isPresent();
    if (meant || guests.equals("deny")) {
      throw wrong(
          (meant ? "the --jwt options need" : "--guests deny needs")
              + " --jwt-jwks or --jwt-secret-file");
    }
  }

  ChatServer.Builder of(ChatServer.Builder server) {
    if (certificate.isPresent() != key.isPresent()) {
      throw wrong("--tls-cert and --tls-key go together");
    }
    if (certificate.isPresent()) {
      named("--tls-cert, --tls-key", key.get(), k -> server.tls(certificate.get(), k));
    }
    return named("--trusted-proxy", trustedProxies, server::trustedProxies);
  }

  private <T, R> R named(String option, T value, Function<T, R> set) {
    try {
      return set.apply(value);
    } catch (IllegalArgumentException e) {
      throw wrong(option + ": " + e.getMessage());
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
