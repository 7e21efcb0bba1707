package io.durablechat.jetty;

import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketContainer;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketSession;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketSessionListener;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;

/**
 * What is below Jakarta's sessions and containers where they are Jetty's. Apart from their users,
 * so that an application in another container can do without Jetty's.
 */
final class JettySessions {
  private JettySessions() {}

  static WebSocketCoreSession core(Session session) {
    return (WebSocketCoreSession) ((JakartaWebSocketSession) session).getCoreSession();
  }

  /** Tells the endpoint of each WebSocket of this container that it has ended. */
  static void listenTo(ServerContainer container) {
    ((JakartaWebSocketContainer) container)
        .addSessionListener(
            new JakartaWebSocketSessionListener() {
              @Override
              public void onJakartaWebSocketSessionClosed(JakartaWebSocketSession session) {
                if (session.getEndpoint() instanceof RoomEndpoint room) {
                  room.onEnded();
                }
              }
            });
  }
}
