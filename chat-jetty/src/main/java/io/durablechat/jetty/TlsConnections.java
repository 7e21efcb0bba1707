package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections of TLS, where a client that speaks plain HTTP is told so: it would be given an alert
 * of TLS, which it can make nothing of.
 */
final class TlsConnections extends SslConnectionFactory {
  private static final Logger LOG = LoggerFactory.getLogger(TlsConnections.class);
  private static final String WORDS = "this port speaks TLS: use https:// or wss://\n";
  private static final byte[] ANSWER =
      ("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: "
              + WORDS.length()
              + "\r\nConnection: close\r\n\r\n"
              + WORDS)
          .getBytes(US_ASCII);

  TlsConnections(SslContextFactory.Server keys, String nextProtocol) {
    super(keys, nextProtocol);
  }

  @Override
  protected SslConnection newSslConnection(Connector connector, EndPoint socket, SSLEngine engine) {
    return new SslConnection(
        connector.getByteBufferPool(),
        connector.getExecutor(),
        getSslContextFactory(),
        socket,
        engine,
        isDirectBuffersForEncryption(),
        isDirectBuffersForDecryption()) {
      private boolean hasBegun;

      @Override
      protected SSLEngineResult unwrap(SSLEngine tls, ByteBuffer input, ByteBuffer output)
          throws SSLException {
        if (!hasBegun && input.hasRemaining()) {
          hasBegun = true;
          if (isHttp(input)) {
            answer(socket);
            throw new SSLException("plain HTTP came to a port of TLS");
          }
        }
        return super.unwrap(tls, input, output);
      }
    };
  }

  /** A method begins with a capital letter, a record of TLS with 21 or 22. */
  private static boolean isHttp(ByteBuffer input) {
    byte first = input.get(input.position());
    return first >= 'A' && first <= 'Z';
  }

  /** The last that goes out: what TLS would say of it cannot follow. */
  private static void answer(EndPoint socket) {
    try {
      socket.flush(ByteBuffer.wrap(ANSWER));
      socket.shutdownOutput();
    } catch (IOException e) {
      LOG.debug("A client that speaks no TLS has gone", e);
    }
  }
}
