package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate and its key as files of PEM (RFC 7468), which are looked at now and then: a renewed
 * certificate counts for who connects from then on. One thread at a time.
 */
final class PemKeys {
  private static final Logger LOG = LoggerFactory.getLogger(PemKeys.class);
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----");
  private static final String ALIAS = "chat";

  private final Path certificate;
  private final Path key;
  private final SslContextFactory.Server tls = new SslContextFactory.Server();
  private final CertificateDates dates;
  private List<FileTime> lastSeen;

  /** A key and its certificate, with those above it. */
  private record Pair(PrivateKey key, List<X509Certificate> chain) {
    KeyStore store() throws GeneralSecurityException, IOException {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(ALIAS, key, new char[0], chain.toArray(Certificate[]::new));
      return store;
    }
  }

  /**
   * Reads both, which may be in one file.
   *
   * @throws IllegalArgumentException saying in one line what is wrong with which
   */
  PemKeys(Path certificate, Path key, InstantSource clock) {
    this.certificate = certificate;
    this.key = key;
    dates = new CertificateDates(certificate, clock);
    lastSeen = modified();
    Pair pair = pair();
    tls.setKeyStore(store(pair));
    tls.setKeyStorePassword("");
    dates.set(pair.chain());
  }

  SslContextFactory.Server tls() {
    return tls;
  }

  /** For how long what is in use is good. */
  CertificateDates dates() {
    return dates;
  }

  /**
   * Takes what has changed; what cannot be used is said once and changes nothing. Says it if what
   * is in use has expired.
   */
  void refresh() {
    takeChanges();
    dates.look();
  }

  private void takeChanges() {
    List<FileTime> now = modified();
    if (now.equals(lastSeen)) {
      return;
    }
    lastSeen = now;
    try {
      Pair fresh = pair();
      KeyStore store = store(fresh);
      tls.reload(factory -> factory.setKeyStore(store));
      dates.set(fresh.chain());
      LOG.info("The certificate in {} is in use", certificate);
    } catch (Exception e) {
      LOG.warn("The certificate is not renewed: {}", e.getMessage());
    }
  }

  private List<FileTime> modified() {
    return List.of(modified(certificate), modified(key));
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      // Between the removal of the old one and the new one.
      return FileTime.fromMillis(0);
    }
  }

  private Pair pair() {
    List<X509Certificate> chain = chain();
    return new Pair(secret(chain.get(0).getPublicKey()), chain);
  }

  private KeyStore store(Pair pair) {
    try {
      return pair.store();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("the certificate cannot be used: " + certificate, e);
    }
  }

  private List<X509Certificate> chain() {
    // The JDK reads certificates alone; a file may hold the key as well.
    String blocks =
        CERTIFICATE
            .matcher(new String(content(certificate), ISO_8859_1))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.joining("\n"));
    try (InputStream in = new ByteArrayInputStream(blocks.getBytes(ISO_8859_1))) {
      List<X509Certificate> chain =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (!chain.isEmpty()) {
        return chain;
      }
    } catch (GeneralSecurityException | IOException e) {
      LOG.debug("A certificate cannot be read", e);
    }
    throw new IllegalArgumentException("no certificate in PEM: " + certificate);
  }

  private static byte[] content(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("no such file: " + file, e);
    } catch (AccessDeniedException e) {
      throw new IllegalArgumentException("permission denied: " + file, e);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a file that can be read: " + file, e);
    }
  }

  private PrivateKey secret(PublicKey known) {
    Matcher matcher = KEY.matcher(new String(content(key), ISO_8859_1));
    if (!matcher.find()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no key in PEM that is not encrypted: %s (openssl pkcs8 -topk8 -nocrypt -in %s converts"
                  + " others)",
              key,
              key));
    }
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(matcher.group(1));
      PrivateKey secret =
          KeyFactory.getInstance(known.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(encoded));
      if (belongTogether(secret, known)) {
        return secret;
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      LOG.debug("A key cannot be read", e);
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the key is damaged, or is not the certificate's, which is of %s: %s",
              known.getAlgorithm(),
              key),
          e);
    }
    throw new IllegalArgumentException("the key is not the certificate's: " + key);
  }

  private static boolean belongTogether(PrivateKey secret, PublicKey known)
      throws GeneralSecurityException {
    String algorithm =
        switch (known.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> known.getAlgorithm();
        };
    byte[] content = Objects.toString(known).getBytes(UTF_8);
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(secret);
    signature.update(content);
    byte[] signed = signature.sign();
    signature.initVerify(known);
    signature.update(content);
    return signature.verify(signed);
  }
}
