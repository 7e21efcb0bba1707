package io.durablechat.jetty;

import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** The body of an answer of Jetty's. */
final class JettyByteSink implements ByteSink {
  private final Response response;
  private final Callback callback;
  private final JettyWrite write = new JettyWrite();

  /**
   * A sink on this response.
   *
   * @param callback completed once the answer has ended
   */
  JettyByteSink(Response response, Callback callback) {
    this.response = response;
    this.callback = callback;
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
  public void refuse(Problem problem, Completion done) {
    problem.write(response, Callback.from(callback, done::succeeded));
  }

  @Override
  public void abort(Throwable cause) {
    callback.failed(cause);
  }
}
