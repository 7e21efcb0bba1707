package io.durablechat.cli;

import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocketHandshakeException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** Why a connection failed, in words. The JDK's HTTP client often has none, but types alone. */
final class BenchReasons {
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
          : "the server answered " + status + ", not with a WebSocket";
    }
    if (failure instanceof HttpTimeoutException) {
      return "the server does not answer";
    }
    if (isCausedBy(UnresolvedAddressException.class, failure)) {
      return "no such host";
    }
    return failure.getMessage() != null ? failure.getMessage() : wordless(failure);
  }

  private static boolean isCausedBy(Class<? extends Throwable> type, Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .anyMatch(type::isInstance);
  }

  private static String wordless(Throwable failure) {
    if (failure instanceof ConnectException) {
      return "connection refused";
    }
    return failure instanceof ClosedChannelException
        ? "the connection was cut"
        : failure.getClass().getSimpleName();
  }
}
