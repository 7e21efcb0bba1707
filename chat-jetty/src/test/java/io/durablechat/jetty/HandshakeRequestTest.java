package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.auth.Authenticator;
import io.durablechat.gateway.auth.Identity;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

final class HandshakeRequestTest {
  private static final int COLLECTIONS = 50;

  @Test
  void anOpenWebSocketKeepsNothingOfItsHandshake() throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler("/");
    AtomicReference<WeakReference<Request>> seen = new AtomicReference<>();
    try (RoomDirectory rooms = RoomDirectory.open(LocalBroadcaster.inMemory())) {
      ChatEndpoint.mount(
          context,
          rooms,
          EndpointSettings.DEFAULT.authenticator(
              Authenticator.ofRequest(
                  request ->
                      request
                          .sessionAttribute("user")
                          .map(user -> Identity.of(Member.user("ann", "Ann"))))));
      Noting noting = new Noting(seen);
      noting.setHandler(context);
      server.setHandler(noting);
      server.start();
      int port = connector.getLocalPort();
      try (RawWebSocket client = RawWebSocket.open(port, "/room/r/websocket", List.of())) {
        client.send("hello");
        assertEquals("hello", client.receiveText());
        for (int i = 0; i < COLLECTIONS && seen.get().get() != null; i++) {
          System.gc();
        }
        assertNull(seen.get().get());
        client.send("still there");
        assertEquals("still there", client.receiveText());
      }
    } finally {
      server.stop();
    }
  }

  /** Passes on a request of its own, and remembers it for as long as somebody else does. */
  private static final class Noting extends Handler.Wrapper {
    private final AtomicReference<WeakReference<Request>> seen;

    private Noting(AtomicReference<WeakReference<Request>> seen) {
      this.seen = seen;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      Request noted = new Request.Wrapper(request);
      seen.set(new WeakReference<>(noted));
      return super.handle(noted, response, callback);
    }
  }
}
