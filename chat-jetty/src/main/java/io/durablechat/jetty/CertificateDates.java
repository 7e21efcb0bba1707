package io.durablechat.jetty;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For how long a certificate, and those above it, are good. Looked at now and then; said when they
 * are not, once for each reason. One thread at a time looks, any may ask.
 */
final class CertificateDates {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateDates.class);

  private final Path file;
  private final InstantSource clock;
  private volatile List<X509Certificate> chain = List.of();
  private Optional<String> said = Optional.empty();

  CertificateDates(Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
  }

  /** These are in use from now on. */
  void set(List<X509Certificate> newChain) {
    chain = newChain;
  }

  /** Says it if one of them is not good now, unless that was said before. */
  void look() {
    Instant now = clock.instant();
    Optional<String> wrong =
        chain.stream().map(one -> wrong(one, now)).flatMap(Optional::stream).findFirst();
    if (!wrong.equals(said)) {
      said = wrong;
      wrong.ifPresent(why -> LOG.warn("The certificate in {} {}", file, why));
    }
  }

  private static Optional<String> wrong(X509Certificate certificate, Instant now) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    if (now.isBefore(from)) {
      return Optional.of(
          String.format(Locale.ROOT, "is not good before %s: is the clock right?", from));
    }
    return now.isAfter(until)
        ? Optional.of(
            String.format(Locale.ROOT, "has expired, on %s: renew it, clients refuse it", until))
        : Optional.empty();
  }

  /** When the first of them expires, in seconds since 1970. */
  double end() {
    return chain.stream()
        .mapToDouble(one -> one.getNotAfter().toInstant().getEpochSecond())
        .min()
        .orElse(Double.NaN);
  }
}
