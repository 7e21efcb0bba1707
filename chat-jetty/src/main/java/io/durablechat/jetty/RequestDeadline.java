package io.durablechat.jetty;

import io.durablechat.gateway.WakingTime;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections that take too long to say what they want. Jetty's idle timeout begins anew
 * with each byte, so that one which sends a byte now and then could stay for good (slowloris).
 */
final class RequestDeadline extends Handler.Wrapper implements Connection.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(RequestDeadline.class);

  /** So long the head of a request may take, and the first one of a connection to begin. */
  static final Duration WITHIN = Duration.ofSeconds(10);

  private final LongSupplier waking;
  private final Map<Connection, Watch> open = new ConcurrentHashMap<>();

  /** Where a connection is; its own lock guards it. */
  private static final class Watch {
    private long waitsSince;
    private long bytesBefore;
    private boolean isServed;
    private boolean wasServed;

    private Watch(long now) {
      waitsSince = now;
    }
  }

  /**
   * Watches nothing yet.
   *
   * @param waking what peers are judged by, see {@link WakingTime}
   */
  RequestDeadline(LongSupplier waking) {
    this.waking = waking;
  }

  @Override
  public void onOpened(Connection connection) {
    // Only those that requests come by: a WebSocket is another connection on the same socket.
    if (connection instanceof ConnectionMetaData) {
      open.put(connection, new Watch(waking.getAsLong()));
    }
  }

  @Override
  public void onClosed(Connection connection) {
    open.remove(connection);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Connection connection = request.getConnectionMetaData().getConnection();
    Watch watch = open.get(connection);
    if (watch != null) {
      synchronized (watch) {
        watch.isServed = true;
      }
      Request.addCompletionListener(request, failure -> onAnswered(connection, watch));
    }
    return super.handle(request, response, callback);
  }

  private void onAnswered(Connection connection, Watch watch) {
    synchronized (watch) {
      watch.isServed = false;
      watch.wasServed = true;
      watch.waitsSince = waking.getAsLong();
      watch.bytesBefore = connection.getBytesIn();
    }
  }

  /** How many connections are looked at: those that requests come by. */
  int watched() {
    return open.size();
  }

  /** Looks at all connections; to be called about once a second. */
  void onTick() {
    long now = waking.getAsLong();
    open.forEach(
        (connection, watch) -> {
          if (isLate(connection, watch, now)) {
            LOG.debug("A connection takes too long to say what it wants; it is closed");
            connection.close();
          }
        });
  }

  private static boolean isLate(Connection connection, Watch watch, long now) {
    synchronized (watch) {
      // Between requests a connection may rest; Jetty's idle timeout sees to that.
      boolean rests = watch.wasServed && connection.getBytesIn() == watch.bytesBefore;
      if (watch.isServed || rests) {
        watch.waitsSince = now;
      }
      return now - watch.waitsSince > WITHIN.toNanos();
    }
  }
}
