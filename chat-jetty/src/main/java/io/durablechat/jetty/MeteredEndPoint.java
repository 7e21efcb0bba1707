package io.durablechat.jetty;

import io.durablechat.gateway.WakingTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.NanoTime;

/**
 * A socket that knows how much its peer has taken. Jetty's own idle time counts bytes either way,
 * so that a peer which sends and never reads looks alive. Nobody is idle for what they could not be
 * heard saying while this process stood still. As an executor, it runs tasks on the thread that
 * selects it, once that has read what there is.
 */
final class MeteredEndPoint extends SocketChannelEndPoint implements Executor {
  /** Written by whoever writes, one at a time; read by the ticking thread. */
  private volatile long taken;

  private final ManagedSelector selector;
  private final WakingTime waking;

  private MeteredEndPoint(
      SocketChannel channel, ManagedSelector selector, SelectionKey key, Connector connector) {
    super(channel, selector, key, connector.getScheduler());
    this.selector = selector;
    this.waking = connector.waking;
  }

  /** What is below layers such as TLS. */
  static EndPoint unwrapped(EndPoint endPoint) {
    EndPoint socket = endPoint;
    while (socket instanceof EndPoint.Wrapper wrapper) {
      socket = wrapper.unwrap();
    }
    return socket;
  }

  /**
   * Bytes that have ever gone into the socket: once its buffers are full, as the peer takes them.
   */
  long taken() {
    return taken;
  }

  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    long before = remaining(buffers);
    try {
      return buffers.length == 1 ? flush(buffers[0]) : super.flush(buffers);
    } finally {
      long now = taken + before - remaining(buffers);
      taken = now;
    }
  }

  /** A batch is one buffer: a plain write spares the kernel the copying of a vector. */
  private boolean flush(ByteBuffer buffer) throws IOException {
    try {
      if (getChannel().write(buffer) > 0) {
        notIdle();
      }
    } catch (IOException e) {
      throw new EofException(e);
    }
    return !buffer.hasRemaining();
  }

  /** After a standstill what it holds may not have been read yet: it is given its time anew. */
  @Override
  protected long checkIdleTimeout() {
    if (getIdleFor() > NanoTime.millisSince(waking.awakeSince())) {
      notIdle();
    }
    return super.checkIdleTimeout();
  }

  @Override
  public void execute(Runnable task) {
    selector.submit(s -> task.run());
  }

  private static long remaining(ByteBuffer... buffers) {
    long sum = 0;
    for (ByteBuffer buffer : buffers) {
      sum += buffer.remaining();
    }
    return sum;
  }

  /** A connector whose connections are metered. */
  static final class Connector extends ServerConnector {
    private final WakingTime waking;

    Connector(Server server, WakingTime waking, ConnectionFactory... protocols) {
      super(server, protocols);
      this.waking = waking;
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(
        SocketChannel channel, ManagedSelector selector, SelectionKey key) {
      MeteredEndPoint endPoint = new MeteredEndPoint(channel, selector, key, this);
      endPoint.setIdleTimeout(getIdleTimeout());
      return endPoint;
    }
  }
}
