package io.durablechat.jetty;

import jakarta.servlet.Servlet;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import java.io.IOException;

/**
 * Opens a {@link ChatEndpoint} when its context has started, and closes it when that stops. It has
 * no path and serves nothing: it is a servlet because these end while WebSockets are still open.
 * Listeners of a context do so later than the WebSocket container, itself such a listener.
 */
final class MountingServlet implements Servlet {
  private static final String NAME = MountingServlet.class.getName();

  private final ChatEndpoint endpoint;
  private ServletConfig config;

  private MountingServlet(ChatEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  static void addTo(ServletContext context, ChatEndpoint endpoint) {
    ServletRegistration.Dynamic registration =
        context.addServlet(NAME, new MountingServlet(endpoint));
    if (registration == null) {
      throw new IllegalStateException("rooms are in this servlet context already");
    }
    registration.setLoadOnStartup(1);
  }

  @Override
  public void init(ServletConfig newConfig) throws ServletException {
    config = newConfig;
    Object container = newConfig.getServletContext().getAttribute(ServerContainer.class.getName());
    if (!(container instanceof ServerContainer webSockets)) {
      throw new ServletException(
          "no WebSockets in this servlet context: add what its server has for them, such as"
              + " tomcat-embed-websocket");
    }
    try {
      endpoint.openIn(webSockets);
    } catch (DeploymentException e) {
      throw new ServletException("the rooms cannot be opened: " + e.getMessage(), e);
    }
  }

  @Override
  public void destroy() {
    endpoint.close();
  }

  @Override
  public ServletConfig getServletConfig() {
    return config;
  }

  @Override
  public String getServletInfo() {
    return "chat rooms";
  }

  @Override
  public void service(ServletRequest request, ServletResponse response) throws IOException {
    if (response instanceof HttpServletResponse http) {
      http.sendError(HttpServletResponse.SC_NOT_FOUND);
    }
  }
}
