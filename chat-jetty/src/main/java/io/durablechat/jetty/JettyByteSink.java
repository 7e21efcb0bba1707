package io.durablechat.jetty;

import io.durablechat.gateway.transport.ByteSink;
import io.durablechat.gateway.transport.Completion;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** The body of an answer of Jetty's. */
final class JettyByteSink implements ByteSink {
  private final Response response;
  private final Callback callback;
  private final EndPoint socket;
  private final JettyWrite write = new JettyWrite();

  /**
   * A sink on this response.
   *
   * @param callback completed once the answer has ended
   */
  JettyByteSink(Response response, Callback callback) {
    this.response = response;
    this.callback = callback;
    this.socket =
        MeteredEndPoint.unwrapped(
            response.getRequest().getConnectionMetaData().getConnection().getEndPoint());
  }

  @Override
  public void write(ByteBuffer bytes, Completion done) {
    response.write(false, bytes, write.of(done));
  }

  @Override
  public void end(Completion done) {
    response.write(true, ByteBuffer.allocate(0), Callback.from(callback, done::succeeded));
  }

  @Override
  public void abort(Throwable cause) {
    callback.failed(cause);
  }

  @Override
  public long taken() {
    return socket instanceof MeteredEndPoint metered ? metered.taken() : UNKNOWN;
  }
}
