package io.durablechat.jetty;

import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.component.Container;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * Tells a {@link ChatService} in a servlet context of Jetty's that an end is near, before Jetty
 * itself closes anything: when the context stops, when its server does, or when one of its
 * connectors does, as in Spring Boot, where they stop first. Apart from its users, so that an
 * application in another container can do without Jetty's server.
 */
class StopListener implements LifeCycle.Listener, Container.Listener {
  private final ContextHandler context;
  private final ChatService service;

  private StopListener(ContextHandler context, ChatService service) {
    this.context = context;
    this.service = service;
  }

  static void listen(ContextHandler context, ChatService service) {
    context.addEventListener(new StopListener(context, service));
  }

  /** Listens from within the context, which is being started, until it has stopped. */
  static void listen(ChatService service) {
    ContextHandler context = ContextHandler.getCurrentContextHandler();
    StopListener listener =
        new StopListener(context, service) {
          @Override
          public void lifeCycleStopped(LifeCycle event) {
            super.lifeCycleStopped(event);
            if (event.equals(context)) {
              context.removeEventListener(this);
            }
          }
        };
    context.addEventListener(listener);
    context.getServer().addEventListener(listener);
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
      service.letGo();
    } else {
      service.stopTakingIn();
      service.letGo();
    }
  }

  @Override
  public void lifeCycleStopped(LifeCycle event) {
    if (event.equals(context)) {
      context.getServer().removeEventListener(this);
    }
  }
}
