package io.durablechat.jetty;

import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.Reception;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.handler.ContextHandler;

/**
 * Puts a {@link ChatEndpoint} into contexts of Jetty's. Apart from it, so that an application in
 * another container can do without Jetty's server.
 */
final class JettyContexts {
  private JettyContexts() {}

  /** By the Jakarta API. */
  static void mount(
      ServletContextHandler context, ChatEndpoint endpoint, EndpointSettings settings) {
    List<ServerEndpointConfig> endpoints = endpoint.gated();
    Reception reception = endpoint.reception();
    JakartaWebSocketServletContainerInitializer.configure(
        context,
        (servletContext, container) -> {
          for (ServerEndpointConfig config : endpoints) {
            container.addEndpoint(config);
          }
          RoomEndpoint.listenTo(container);
          HandshakeRequest.wrapIn(servletContext, reception.dialects().rooms());
        });
    ChatService service = endpoint.service();
    context.insertHandler(new GateHandler(service.gate()));
    context.insertHandler(new ApiHandler(service.api()));
    context.addBean(endpoint.ticking());
    StopListener.listen(context, service);
  }

  /** By Jetty's own. */
  static void mount(ContextHandler context, ChatEndpoint endpoint, EndpointSettings settings) {
    ChatService service = endpoint.service();
    GateHandler gate = new GateHandler(service.gate());
    gate.setHandler(new CoreUpgrade(service.reception()));
    ApiHandler api = new ApiHandler(service.api());
    api.setHandler(gate);
    context.setHandler(api);
    context.addBean(endpoint.ticking());
  }
}
