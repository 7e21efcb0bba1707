import java.time.Duration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.server.WebSocketUpgradeHandler;

/** Jetty's own WebSockets with nothing behind them: what a handshake costs at least. */
final class BareJetty {
  private BareJetty() {}

  public static void main(String[] arguments) throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setPort(Integer.parseInt(arguments[0]));
    connector.setAcceptQueueSize(4096);
    server.addConnector(connector);
    server.setHandler(
        new WebSocketUpgradeHandler(
            new WebSocketComponents(),
            container ->
                container.addMapping("/*", (request, response, callback) -> new Silent())));
    server.start();
    server.join();
  }

  private static final class Silent implements FrameHandler {
    @Override
    public void onOpen(CoreSession session, Callback callback) {
      session.setIdleTimeout(Duration.ZERO);
      callback.succeeded();
      session.demand();
    }

    @Override
    public void onFrame(Frame frame, Callback callback) {
      callback.succeeded();
    }

    @Override
    public void onError(Throwable cause, Callback callback) {
      callback.succeeded();
    }

    @Override
    public void onClosed(CloseStatus status, Callback callback) {
      callback.succeeded();
    }
  }
}
