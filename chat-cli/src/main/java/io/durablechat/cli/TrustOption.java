package io.durablechat.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whose certificates are believed, for the commands that are clients of a server. */
final class TrustOption {
  static final String NAME = "--tls-ca";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = NAME,
      paramLabel = "FILE",
      description =
          "Believe certificates that these sign, in PEM, such as your own authority's, in place of"
              + " those that Java knows.")
  private Optional<Path> authorities;

  TrustOption() {}

  /**
   * Returns a client that believes them.
   *
   * @throws ParameterException if the file cannot be read, or holds no certificate
   */
  HttpClient.Builder http() {
    HttpClient.Builder http = HttpClient.newBuilder();
    return authorities.isPresent() ? http.sslContext(trusting(authorities.get())) : http;
  }

  private SSLContext trusting(Path file) {
    try {
      KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
      anchors.load(null, null);
      for (Certificate certificate : certificates(file)) {
        anchors.setCertificateEntry("" + anchors.size(), certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(anchors);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException e) {
      throw new ParameterException(spec.commandLine(), NAME + ": " + Words.of(e), e);
    } catch (GeneralSecurityException e) {
      throw wrong(file);
    }
  }

  private Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (all.isEmpty()) {
        throw wrong(file);
      }
      return all;
    }
  }

  private ParameterException wrong(Path file) {
    return new ParameterException(
        spec.commandLine(), NAME + ": no certificates in PEM in this file: " + file);
  }
}
