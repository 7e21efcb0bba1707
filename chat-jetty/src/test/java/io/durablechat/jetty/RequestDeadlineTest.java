package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who takes too long to say what they want, on a clock that the test moves. */
final class RequestDeadlineTest {
  private static final int PATIENCE_MILLIS = 20_000;

  private final AtomicLong now = new AtomicLong();
  private final RequestDeadline deadline = new RequestDeadline(now::get);
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  @BeforeEach
  void start() throws Exception {
    deadline.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            response.write(true, StandardCharsets.UTF_8.encode("ok"), callback);
            return true;
          }
        });
    server.setHandler(deadline);
    connector.addBean(deadline);
    server.addConnector(connector);
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  private static void assertAnswered(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith("\r\n\r\nok")) {
      int c = in.read();
      assertTrue(c >= 0, "ended");
      answer.append((char) c);
    }
  }

  /** Ticks until the server has closed, which it does at once once it knows of the connection. */
  private void assertClosed(Socket socket) throws IOException {
    socket.setSoTimeout(50);
    long end = System.nanoTime() + Duration.ofMillis(PATIENCE_MILLIS).toNanos();
    while (System.nanoTime() - end < 0) {
      deadline.onTick();
      try {
        // Jetty may answer what it has of a request before it closes.
        socket.getInputStream().readAllBytes();
        return;
      } catch (SocketTimeoutException e) {
        now.addAndGet(RequestDeadline.WITHIN.toNanos());
      }
    }
    throw new AssertionError("still open");
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
    deadline.onTick();
  }

  @Test
  void whoSaysNothingIsLetGo() throws IOException {
    try (Socket socket = connect()) {
      assertClosed(socket);
    }
  }

  @Test
  void whoSaysALittleNowAndThenIsLetGo() throws IOException {
    try (Socket slow = connect();
        Socket other = connect()) {
      say(slow, "GET / HTTP/1.1\r\nHost: localhost\r\n");
      say(other, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertAnswered(other);
      for (int i = 0; i < 4; i++) {
        pass(Duration.ofSeconds(2));
        say(slow, "X-" + i + ": x\r\n");
      }
      assertClosed(slow);
      say(other, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertAnswered(other);
    }
  }

  @Test
  void betweenRequestsAConnectionMayRestAndTheNextMustNotTakeLong() throws IOException {
    try (Socket socket = connect()) {
      for (int i = 0; i < 3; i++) {
        say(socket, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertAnswered(socket);
        pass(Duration.ofSeconds(25));
        assertFalse(socket.isClosed());
      }
      say(socket, "GET / HTTP/1.1\r\nHo");
      assertClosed(socket);
    }
  }
}
