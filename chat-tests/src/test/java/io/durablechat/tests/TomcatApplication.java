package io.durablechat.tests;

import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.jetty.ChatEndpoint;
import io.durablechat.jetty.RawWebSocket;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;

/**
 * An application on Tomcat with rooms, in a process of its own, in which one client is heard by
 * another and told of the end.
 */
final class TomcatApplication {
  private static final RoomDirectory ROOMS = RoomDirectory.open(LocalBroadcaster.inMemory());

  private TomcatApplication() {}

  /** Made by Tomcat. */
  public static final class Mounting implements ServletContextListener {
    @Override
    public void contextInitialized(ServletContextEvent event) {
      ChatEndpoint.mountIn(event.getServletContext(), ROOMS, EndpointSettings.DEFAULT);
    }
  }

  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("tomcat");
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(folder.toString());
    tomcat.setPort(0);
    tomcat.getConnector();
    Context context = tomcat.addContext("", folder.toString());
    Tomcat.addServlet(context, "default", new DefaultServlet());
    context.addServletMapping("/", "default");
    context.addServletContainerInitializer(new WsSci(), null);
    context.addApplicationListener(Mounting.class.getName());
    tomcat.start();
    int port = tomcat.getConnector().getLocalPort();
    try (RawWebSocket ann = RawWebSocket.plain(port, "r");
        RawWebSocket bob = RawWebSocket.chatV1(port, "r")) {
      bob.send("{\"type\":\"hello\"}");
      bob.receiveText();
      ann.send("hello");
      System.out.println("heard " + ann.receiveText());
      context.stop();
      System.out.println("closed " + ann.receive().closeCode());
    }
    tomcat.stop();
    tomcat.destroy();
    ROOMS.close();
  }
}
