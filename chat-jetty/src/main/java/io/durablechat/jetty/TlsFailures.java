package io.durablechat.jetty;

import io.durablechat.gateway.limits.SeldomSaid;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that there is no TLS with a client because Java does not take the host name that it asks
 * for, which would not be known otherwise. It is told from the JDK's message; with other words,
 * nothing is said.
 */
final class TlsFailures implements SslHandshakeListener {
  private static final Logger LOG = LoggerFactory.getLogger(TlsFailures.class);

  /** Only of letters that may stand in a line. */
  private static final Pattern ILLEGAL_NAME =
      Pattern.compile("Illegal server name, .*name=([A-Za-z0-9._-]{1,253}),");

  private final SeldomSaid names = new SeldomSaid();
  private final LongSupplier nanos;

  /**
   * What listens to a connector.
   *
   * @param nanos elapsed time, as {@link System#nanoTime}
   */
  TlsFailures(LongSupplier nanos) {
    this.nanos = nanos;
  }

  @Override
  public void handshakeFailed(Event event, Throwable failure) {
    Matcher illegal = ILLEGAL_NAME.matcher(String.valueOf(failure.getMessage()));
    if (illegal.find() && names.said(nanos.getAsLong()) > 0) {
      LOG.warn(
          "A client asks for the host name {}, with which Java speaks no TLS: a name with an"
              + " underscore or the like needs a proxy for TLS, or another name",
          illegal.group(1));
    }
  }
}
