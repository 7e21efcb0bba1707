package io.durablechat.jetty;

import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.Container;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * Tells a {@link ChatEndpoint} in a servlet context of Jetty's that an end is near, before Jetty
 * itself closes anything: when the context stops, when its server does, or when one of its
 * connectors does, as in Spring Boot, where they stop first.
 */
final class StopListener implements LifeCycle.Listener, Container.Listener {
  private final ServletContextHandler context;
  private final ChatEndpoint endpoint;

  private StopListener(ServletContextHandler context, ChatEndpoint endpoint) {
    this.context = context;
    this.endpoint = endpoint;
  }

  static void listen(ServletContextHandler context, ChatEndpoint endpoint) {
    context.addEventListener(new StopListener(context, endpoint));
  }

  @Override
  public void lifeCycleStarting(LifeCycle event) {
    if (event.equals(context)) {
      // Is told of its connectors, too: of those that are there, and of those that come.
      context.getServer().addEventListener(this);
    }
  }

  @Override
  public void beanAdded(Container parent, Object child) {
    if (parent instanceof Server && child instanceof Connector connector) {
      connector.addEventListener(this);
    }
  }

  @Override
  public void beanRemoved(Container parent, Object child) {
    if (parent instanceof Server && child instanceof Connector connector) {
      connector.removeEventListener(this);
    }
  }

  @Override
  public void lifeCycleStopping(LifeCycle event) {
    if (event instanceof Connector) {
      endpoint.letGo();
    } else {
      endpoint.stopTakingIn();
      endpoint.letGo();
    }
  }

  @Override
  public void lifeCycleStopped(LifeCycle event) {
    if (event.equals(context)) {
      context.getServer().removeEventListener(this);
    }
  }
}
