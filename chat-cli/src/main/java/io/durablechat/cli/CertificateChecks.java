package io.durablechat.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/** For how long a certificate is good. */
final class CertificateChecks {
  private static final Duration SOON = Duration.ofDays(21);

  private CertificateChecks() {}

  static Finding file(Path file, Instant now) {
    try (InputStream in = Files.newInputStream(file)) {
      Certificate first = CertificateFactory.getInstance("X.509").generateCertificate(in);
      return dates((X509Certificate) first, now);
    } catch (NoSuchFileException e) {
      return Finding.fail("certificate", "there is no file %s".formatted(file));
    } catch (IOException | CertificateException e) {
      return Finding.fail("certificate", "%s is no certificate in PEM".formatted(file));
    }
  }

  static Finding dates(X509Certificate certificate, Instant now) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    if (now.isBefore(from)) {
      return Finding.fail("certificate", "not good before %s: is the clock right?".formatted(from));
    }
    if (!now.isBefore(until)) {
      return Finding.fail("certificate", "expired on %s: renew it".formatted(until));
    }
    return until.isBefore(now.plus(SOON))
        ? Finding.warn(
            "certificate",
            "expires on %s, in %d days: renew it"
                .formatted(until, Duration.between(now, until).toDays()))
        : Finding.ok("certificate", "good until %s".formatted(until));
  }
}
