package io.durablechat.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocketHandshakeException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * Why a connection failed, in words. The JDK's HTTP client has types alone, or words of its own.
 */
final class BenchReasons {
  private static final int BAD_REQUEST = 400;

  /** RFC 6585, section 4. */
  private static final int TOO_MANY = 429;

  private BenchReasons() {}

  static String of(Throwable failure) {
    if (failure instanceof CompletionException && failure.getCause() != null) {
      return of(failure.getCause());
    }
    if (failure instanceof WebSocketHandshakeException refused) {
      int status = refused.getResponse().statusCode();
      return status == TOO_MANY
          ? "the server has limits; serve with --limits off to measure it"
          : "the server answered " + status + ", not with a WebSocket" + hint(status);
    }
    return ofLine(failure).orElseGet(() -> wordless(failure));
  }

  /** Returns advice on a status that servers give plain HTTP on a port for TLS. */
  private static String hint(int status) {
    return status == BAD_REQUEST ? "; with TLS the URL begins with wss:// or https://" : "";
  }

  /** What is wrong with the way to the server, whatever was to be said to it. */
  static Optional<String> ofLine(Throwable failure) {
    if (failure instanceof HttpTimeoutException) {
      return Optional.of("the server does not answer");
    }
    if (isCausedBy(UnresolvedAddressException.class, failure)) {
      return Optional.of("no such host");
    }
    if (failure instanceof SSLException) {
      return Optional.of(ofTls(failure));
    }
    String said = String.valueOf(failure.getMessage());
    // Java's words, about the bytes that it did not understand.
    return said.contains("pars") || said.contains("status line")
        ? Optional.of(
            "what answers there speaks no HTTP; with TLS the URL begins with wss:// or https://")
        : Optional.empty();
  }

  /** Java's own words name its classes, and not what to do. */
  private static String ofTls(Throwable failure) {
    String said = said(failure);
    if (said.contains("CertificateExpired") || said.contains("NotAfter")) {
      return "its certificate has expired";
    }
    if (said.contains("CertificateNotYetValid") || said.contains("NotBefore")) {
      return "its certificate is not good yet: is the clock right?";
    }
    if (said.contains("PKIX")) {
      return "nobody that Java trusts vouches for its certificate: is its chain complete? "
          + TrustOption.NAME
          + " trusts an authority of your own";
    }
    if (said.contains("No subject alternative") || said.contains("No name matching")) {
      return "its certificate is for another name than the URL's";
    }
    return said.contains("recognized SSL message")
        ? "what answers there speaks no TLS; without, the URL begins with ws:// or http://"
        : "TLS fails: the server takes none that Java offers, or asks for a certificate";
  }

  private static String said(Throwable failure) {
    StringBuilder said = new StringBuilder();
    causes(failure).forEach(cause -> said.append(cause).append('\n'));
    return said.toString();
  }

  private static boolean isCausedBy(Class<? extends Throwable> type, Throwable failure) {
    return causes(failure).anyMatch(type::isInstance);
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause);
  }

  private static String wordless(Throwable failure) {
    if (failure instanceof ConnectException) {
      return "connection refused";
    }
    boolean wasCut = failure instanceof ClosedChannelException || failure instanceof IOException;
    return wasCut ? "the connection was cut" : "it cannot be reached";
  }
}
