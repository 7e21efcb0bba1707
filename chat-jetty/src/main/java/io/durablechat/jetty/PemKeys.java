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
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  private static final String ALIAS = "chat";

  private final Path certificate;
  private final Path key;
  private final SslContextFactory.Server tls = new SslContextFactory.Server();
  private List<FileTime> lastSeen;

  /**
   * Reads both.
   *
   * @throws IllegalArgumentException saying in one line what is wrong with which
   */
  PemKeys(Path certificate, Path key) {
    this.certificate = certificate;
    this.key = key;
    lastSeen = modified();
    tls.setKeyStore(keyStore());
    tls.setKeyStorePassword("");
  }

  SslContextFactory.Server tls() {
    return tls;
  }

  /** Takes what has changed; what cannot be used is said once and changes nothing. */
  void refresh() {
    List<FileTime> now = modified();
    if (now.equals(lastSeen)) {
      return;
    }
    lastSeen = now;
    try {
      KeyStore fresh = keyStore();
      tls.reload(factory -> factory.setKeyStore(fresh));
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

  private KeyStore keyStore() {
    try {
      Collection<? extends Certificate> chain = chain();
      PrivateKey secret = secret(chain.iterator().next().getPublicKey());
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(ALIAS, secret, new char[0], chain.toArray(Certificate[]::new));
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("the certificate cannot be used: " + certificate, e);
    }
  }

  private Collection<? extends Certificate> chain() {
    try (InputStream in = new ByteArrayInputStream(content(certificate))) {
      Collection<? extends Certificate> chain =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
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
          ("no key in PEM that is not encrypted: %s (openssl pkcs8 -topk8 -nocrypt -in %s converts"
                  + " others)")
              .formatted(key, key));
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
          "the key is damaged, or is not the certificate's, which is of %s: %s"
              .formatted(known.getAlgorithm(), key),
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
