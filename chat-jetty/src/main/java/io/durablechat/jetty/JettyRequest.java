package io.durablechat.jetty;

import io.durablechat.gateway.http.ApiRequest;
import io.durablechat.gateway.http.BodySource;
import io.durablechat.gateway.http.Parameters;
import io.durablechat.gateway.http.UnreadableRequestException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Session;
import org.eclipse.jetty.util.thread.Invocable;

/** A request of Jetty's. */
final class JettyRequest implements ApiRequest, BodySource {
  private final Request request;

  JettyRequest(Request request) {
    this.request = request;
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String protocol() {
    return request.getConnectionMetaData().getHttpVersion().asString();
  }

  @Override
  public String contextPath() {
    String path = Request.getContextPath(request);
    return path.equals("/") ? "" : path;
  }

  @Override
  public String path() {
    return Request.getPathInContext(request);
  }

  @Override
  public String rawPath() {
    return request.getHttpURI().getPath();
  }

  @Override
  public Parameters parameters() {
    try {
      return new Parameters(Request.extractQueryParameters(request).toMultiMap());
    } catch (RuntimeException e) {
      if (e instanceof HttpException refusal) {
        // Jetty's own, of what it cannot read.
        throw new UnreadableRequestException(
            e instanceof IllegalArgumentException ? e.getMessage() : refusal.getReason(), e);
      }
      throw e;
    }
  }

  @Override
  public List<String> headers(String name) {
    return request.getHeaders().getValuesList(name);
  }

  @Override
  public Optional<InetAddress> peer() {
    return request.getConnectionMetaData().getRemoteSocketAddress()
            instanceof InetSocketAddress peer
        ? Optional.ofNullable(peer.getAddress())
        : Optional.empty();
  }

  @Override
  public Optional<Principal> principal() {
    return Optional.ofNullable(Request.getAuthenticationState(request))
        .map(Request.AuthenticationState::getUserPrincipal);
  }

  @Override
  public Optional<Object> attribute(String name) {
    return Optional.ofNullable(request.getAttribute(name));
  }

  @Override
  public Optional<Object> sessionAttribute(String name) {
    Session session = request.getSession(false);
    return session == null || !session.isValid()
        ? Optional.empty()
        : Optional.ofNullable(session.getAttribute(name));
  }

  @Override
  public boolean isBehindProxy() {
    return ProxyCustomizer.isBehind(request);
  }

  @Override
  public String serverName() {
    String name = Request.getServerName(request);
    return name == null ? "" : name;
  }

  @Override
  public int serverPort() {
    return Request.getServerPort(request);
  }

  @Override
  public long contentLength() {
    return request.getLength();
  }

  @Override
  public BodySource body() {
    return this;
  }

  @Override
  public Executor executor() {
    return request.getContext();
  }

  @Override
  public void onEnd(Runnable task) {
    Request.addCompletionListener(request, failure -> task.run());
  }

  @Override
  public void allowIdle(Duration time) {
    request.getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(time.toMillis());
  }

  @Override
  public Read read(Consumer<ByteBuffer> taker) throws IOException, TimeoutException {
    Content.Chunk chunk = request.read();
    if (chunk == null) {
      return Read.NOTHING;
    }
    if (Content.Chunk.isFailure(chunk)) {
      throw failure(chunk.getFailure());
    }
    try {
      taker.accept(chunk.getByteBuffer());
      return chunk.isLast() ? Read.LAST : Read.PIECE;
    } finally {
      chunk.release();
    }
  }

  private static IOException failure(Throwable cause) throws TimeoutException {
    if (cause instanceof TimeoutException late) {
      throw late;
    }
    return cause instanceof IOException failure ? failure : new IOException(cause);
  }

  @Override
  public void demand(Runnable reader) {
    request.demand(Invocable.from(Invocable.InvocationType.BLOCKING, reader));
  }

  @Override
  public void fail(TimeoutException cause) {
    request.fail(cause);
  }

  @Override
  public boolean discard() {
    return request.consumeAvailable();
  }
}
