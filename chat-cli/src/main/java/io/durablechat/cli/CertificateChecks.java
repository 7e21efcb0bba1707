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
import java.util.Locale;

/** For how long a certificate is good. */
final class CertificateChecks {
  private static final Duration SOON = Duration.ofDays(21);

  private CertificateChecks() {}

  static Finding file(Path file, Instant now) {
    try (InputStream in = Files.newInputStream(file)) {
      Certificate first = CertificateFactory.getInstance("X.509").generateCertificate(in);
      return dates((X509Certificate) first, now);
    } catch (NoSuchFileException e) {
      return Finding.fail("certificate", String.format(Locale.ROOT, "there is no file %s", file));
    } catch (IOException | CertificateException e) {
      return Finding.fail(
          "certificate", String.format(Locale.ROOT, "%s is no certificate in PEM", file));
    }
  }

  static Finding dates(X509Certificate certificate, Instant now) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    if (now.isBefore(from)) {
      return Finding.fail(
          "certificate",
          String.format(Locale.ROOT, "not good before %s: is the clock right?", from));
    }
    if (!now.isBefore(until)) {
      return Finding.fail(
          "certificate", String.format(Locale.ROOT, "expired on %s: renew it", until));
    }
    return until.isBefore(now.plus(SOON))
        ? Finding.warn(
            "certificate",
            String.format(
                Locale.ROOT,
                "expires on %s, in %d days: renew it",
                until,
                Duration.between(now, until).toDays()))
        : Finding.ok("certificate", String.format(Locale.ROOT, "good until %s", until));
  }
}
