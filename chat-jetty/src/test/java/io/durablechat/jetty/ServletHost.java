package io.durablechat.jetty;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.websocket.server.WsSci;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;

/** An application in some container, on a free port, with one servlet and perhaps filters. */
final class ServletHost implements AutoCloseable {
  /** The containers. */
  enum Kind {
    TOMCAT,
    JETTY_EE10,
    JETTY_EE11
  }

  private final Runnable stopContext;
  private final Runnable stop;
  private final int port;

  private ServletHost(int port, Runnable stopContext, Runnable stop) {
    this.port = port;
    this.stopContext = stopContext;
    this.stop = stop;
  }

  /** What is to run. */
  static final class Builder {
    private final Servlet servlet;
    private final List<String> patterns = new ArrayList<>();
    private final List<Filter> filters = new ArrayList<>();
    private String contextPath = "";
    private boolean isAsync = true;

    private Builder(Servlet servlet) {
      this.servlet = servlet;
    }

    Builder at(String... urlPatterns) {
      patterns.addAll(List.of(urlPatterns));
      return this;
    }

    Builder contextPath(String path) {
      contextPath = path;
      return this;
    }

    /** All requests pass this first. */
    Builder behind(Filter filter) {
      filters.add(filter);
      return this;
    }

    /** The filters are registered without support for answers that take longer. */
    Builder withoutAsyncFilters() {
      isAsync = false;
      return this;
    }

    ServletHost start(Kind kind) {
      try {
        return switch (kind) {
          case TOMCAT -> tomcat();
          case JETTY_EE10 -> ee10();
          case JETTY_EE11 -> ee11();
        };
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    private ServletHost tomcat() throws Exception {
      Path folder = Files.createTempDirectory("tomcat");
      Tomcat tomcat = new Tomcat();
      tomcat.setBaseDir(folder.toString());
      tomcat.setPort(0);
      tomcat.getConnector();
      Context context = tomcat.addContext(contextPath, folder.toString());
      context.addServletContainerInitializer(new WsSci(), null);
      for (int i = 0; i < filters.size(); i++) {
        FilterDef definition = new FilterDef();
        definition.setFilterName("filter" + i);
        definition.setFilter(filters.get(i));
        definition.setAsyncSupported("" + isAsync);
        context.addFilterDef(definition);
        FilterMap map = new FilterMap();
        map.setFilterName("filter" + i);
        map.addURLPattern("/*");
        context.addFilterMap(map);
      }
      Wrapper wrapper = Tomcat.addServlet(context, "rooms", servlet);
      wrapper.setAsyncSupported(true);
      wrapper.setLoadOnStartup(1);
      patterns.forEach(pattern -> context.addServletMapping(pattern, "rooms"));
      tomcat.start();
      return new ServletHost(
          tomcat.getConnector().getLocalPort(),
          () -> run(context::stop),
          () ->
              run(
                  () -> {
                    tomcat.stop();
                    tomcat.destroy();
                    delete(folder);
                  }));
    }

    private ServletHost ee10() throws Exception {
      org.eclipse.jetty.ee10.servlet.ServletContextHandler context =
          new org.eclipse.jetty.ee10.servlet.ServletContextHandler();
      org.eclipse.jetty.ee10.websocket.jakarta.server.config
          .JakartaWebSocketServletContainerInitializer.configure(context, null);
      for (Filter filter : filters) {
        org.eclipse.jetty.ee10.servlet.FilterHolder holder =
            new org.eclipse.jetty.ee10.servlet.FilterHolder(filter);
        holder.setAsyncSupported(isAsync);
        context.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST));
      }
      org.eclipse.jetty.ee10.servlet.ServletHolder holder =
          new org.eclipse.jetty.ee10.servlet.ServletHolder("rooms", servlet);
      holder.setAsyncSupported(true);
      holder.setInitOrder(1);
      patterns.forEach(pattern -> context.addServlet(holder, pattern));
      return jetty(context);
    }

    private ServletHost ee11() throws Exception {
      org.eclipse.jetty.ee11.servlet.ServletContextHandler context =
          new org.eclipse.jetty.ee11.servlet.ServletContextHandler();
      org.eclipse.jetty.ee11.websocket.jakarta.server.config
          .JakartaWebSocketServletContainerInitializer.configure(context, null);
      for (Filter filter : filters) {
        org.eclipse.jetty.ee11.servlet.FilterHolder holder =
            new org.eclipse.jetty.ee11.servlet.FilterHolder(filter);
        holder.setAsyncSupported(isAsync);
        context.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST));
      }
      org.eclipse.jetty.ee11.servlet.ServletHolder holder =
          new org.eclipse.jetty.ee11.servlet.ServletHolder("rooms", servlet);
      holder.setAsyncSupported(true);
      holder.setInitOrder(1);
      patterns.forEach(pattern -> context.addServlet(holder, pattern));
      return jetty(context);
    }

    private ServletHost jetty(ContextHandler context) throws Exception {
      Server server = new Server();
      ServerConnector connector = new ServerConnector(server);
      server.addConnector(connector);
      context.setContextPath(contextPath.isEmpty() ? "/" : contextPath);
      server.setHandler(context);
      server.start();
      return new ServletHost(
          connector.getLocalPort(), () -> run(context::stop), () -> run(server::stop));
    }
  }

  static Builder of(Servlet servlet) {
    return new Builder(servlet);
  }

  /** Something of a container's. */
  private interface Step {
    void run() throws Exception;
  }

  private static void run(Step step) {
    try {
      step.run();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  void stopContext() {
    stopContext.run();
  }

  @Override
  public void close() {
    stop.run();
  }
}
