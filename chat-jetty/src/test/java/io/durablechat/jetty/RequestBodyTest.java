package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.Receptions;
import io.durablechat.gateway.http.RequestBody;
import io.durablechat.gateway.limits.Charges;
import io.durablechat.gateway.transport.IncomingBytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
import org.junit.jupiter.api.Timeout;

/** Bodies that come in their own time, on a clock that the test moves. */
@Timeout(60)
final class RequestBodyTest {
  private static final int MAX = 100_000;

  private final AtomicLong now = new AtomicLong();
  private final RoomDirectory rooms = RoomDirectory.open(LocalBroadcaster.inMemory());
  private final Reception reception =
      Receptions.of(rooms, Receptions.FREE, Clock.systemUTC(), now::get);
  private final BlockingQueue<IncomingBytes> begun = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  @BeforeEach
  void start() throws Exception {
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            Charges charges = reception.charging().of(Optional.empty());
            IncomingBytes incoming = new IncomingBytes(charges.requests());
            RequestBody.read(
                new JettyRequest(request),
                MAX,
                incoming,
                charges,
                reception,
                (body, failure) -> {
                  String how =
                      failure == null
                          ? body.remaining() + " bytes"
                          : failure.getClass().getSimpleName();
                  incoming.end();
                  ended.add(how);
                  callback.succeeded();
                });
            begun.add(incoming);
            return true;
          }
        });
    server.addConnector(connector);
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    rooms.close();
  }

  private Socket post(int length) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
    say(socket, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n");
    return socket;
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private static void await(IncomingBytes incoming, long bytes) {
    while (incoming.length() < bytes) {
      Thread.onSpinWait();
    }
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
    reception.connections().tick();
  }

  private String ending() throws InterruptedException {
    return ended.poll(30, TimeUnit.SECONDS);
  }

  @Test
  void whatComesTooSlowlyIsNotWaitedFor() throws Exception {
    try (Socket socket = post(10_000)) {
      say(socket, "x".repeat(5000));
      await(begun.take(), 5000);
      pass(IncomingBytes.GRACE.plusSeconds(2));
      assertEquals(0, ended.size());
      pass(Duration.ofSeconds(2));
      assertEquals(TimeoutException.class.getSimpleName(), ending());
    }
  }

  @Test
  void whatComesSlowlyHasItsTime() throws Exception {
    try (Socket socket = post(MAX)) {
      say(socket, "x".repeat(MAX - 1));
      await(begun.take(), MAX - 1);
      pass(IncomingBytes.GRACE.plusSeconds(MAX / IncomingBytes.SLOWEST));
      say(socket, "x");
      assertEquals(MAX + " bytes", ending());
    }
  }

  @Test
  void onlyWhatHasComeIsHeld() throws Exception {
    try (Socket socket = post(MAX)) {
      say(socket, "x");
      await(begun.take(), 1);
      long held = reception.charging().pools().requests().held();
      assertTrue(held > 0 && held < MAX / 10, "held " + held);
    }
    assertEquals("HttpEofException", ending());
    assertEquals(0, reception.charging().pools().requests().held());
  }

  @Test
  void whatIsTooLargeIsReadToItsEndAndNotKept() throws Exception {
    try (Socket socket = post(2 * MAX)) {
      say(socket, "x".repeat(2 * MAX));
      assertEquals(RequestBody.TooLargeException.class.getSimpleName(), ending());
    }
  }
}
