package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.jetty.ChatEndpoint;
import io.durablechat.jetty.RawWebSocket;
import io.durablechat.jetty.RawWebSocket.Frame;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.catalina.Context;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rooms in a Jakarta container that is not Jetty's: Tomcat's. */
final class OtherContainerTest {
  private static final EndpointSettings SETTINGS = EndpointSettings.DEFAULT.limits(Limits.OFF);

  private final LocalBroadcaster log = LocalBroadcaster.inMemory();
  private final RoomDirectory rooms = RoomDirectory.open(log);
  private final AtomicReference<ChatEndpoint> endpoint = new AtomicReference<>();
  private final Tomcat tomcat = new Tomcat();
  private Context context;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    tomcat.setBaseDir(folder.toString());
    tomcat.setPort(0);
    tomcat.getConnector();
    context = tomcat.addContext("", folder.toString());
    Tomcat.addServlet(context, "default", new DefaultServlet());
    context.addServletMapping("/", "default");
    context.addServletContainerInitializer(new WsSci(), null);
    context.addApplicationListener(Mounting.class.getName());
    Mounting.mount.set(this::mount);
    tomcat.start();
  }

  private void mount(ServletContext context) {
    endpoint.set(ChatEndpoint.mountIn(context, rooms, SETTINGS));
  }

  /** Made by Tomcat, when endpoints may be added. */
  public static final class Mounting implements ServletContextListener {
    private static final AtomicReference<Consumer<ServletContext>> mount = new AtomicReference<>();

    @Override
    public void contextInitialized(ServletContextEvent event) {
      mount.get().accept(event.getServletContext());
    }
  }

  @AfterEach
  void stop() throws Exception {
    endpoint.get().close();
    tomcat.stop();
    tomcat.destroy();
    rooms.close();
    log.close();
  }

  private int port() {
    return tomcat.getConnector().getLocalPort();
  }

  @Test
  void plainClientsChat() {
    try (RawWebSocket ann = RawWebSocket.plain(port(), "caf%C3%A9");
        RawWebSocket bob = RawWebSocket.plain(port(), "caf%C3%A9")) {
      bob.send("here");
      assertEquals("here", bob.receiveText());
      byte[] data = new byte[100_000];
      data[99_999] = 7;
      for (int i = 0; i < 300; i++) {
        ann.send("text " + i);
      }
      ann.send(data);
      for (int i = 0; i < 300; i++) {
        assertEquals("text " + i, bob.receiveText());
      }
      Frame binary = bob.receive();
      assertEquals(RawWebSocket.BINARY, binary.opCode());
      assertEquals(ByteBuffer.wrap(data), binary.payload());
      bob.send(true, RawWebSocket.PING, new byte[] {1});
      assertEquals(RawWebSocket.PONG, bob.receive().opCode());
      bob.send(true, RawWebSocket.CLOSE, new byte[] {3, (byte) 0xe8});
      assertEquals(1000, bob.receive().closeCode());
    }
  }

  @Test
  void pagesOfElsewhereAreTurnedAway() {
    List<String> own = List.of("Origin: http://localhost:" + port());
    RawWebSocket.open(port(), "/room/r/websocket", own).close();
    assertTurnedAway("Origin: http://evil.example");
    assertTurnedAway(own.get(0), "Origin: http://evil.example");
  }

  private void assertTurnedAway(String... headers) {
    try (RawWebSocket foreign = RawWebSocket.open(port(), "/room/r/websocket", List.of(headers))) {
      assertEquals(1008, foreign.receive().closeCode());
    }
  }

  @Test
  void chatV1IsSpoken() {
    try (RawWebSocket ann = RawWebSocket.chatV1(port(), "r")) {
      ann.send("{\"type\":\"hello\",\"name\":\"Ann\"}");
      String first = ann.receiveText();
      assertTrue(first.contains("\"type\":\"welcome\""), first);
      ann.send("{\"type\":\"publish\",\"id\":\"1\",\"text\":\"hello\"}");
      StringBuilder said = new StringBuilder(first);
      while (said.indexOf("\"type\":\"ok\"") < 0 || said.indexOf("\"type\":\"message\"") < 0) {
        said.append('\n').append(ann.receiveText());
      }
      assertTrue(said.indexOf("\"text\":\"hello\"") > 0, said.toString());
    }
  }

  @Test
  void aNameThatCannotBeEndsInAClose() {
    try (RawWebSocket client = RawWebSocket.plain(port(), "a%01b")) {
      Frame close = client.receive();
      assertEquals(1008, close.closeCode());
      assertTrue(close.closeText().contains("control character"), close.closeText());
    }
  }

  @Test
  void allAreToldWhenItCloses() {
    try (RawWebSocket client = RawWebSocket.plain(port(), "r")) {
      client.send("here");
      assertEquals("here", client.receiveText());
      endpoint.get().close();
      assertEquals(1001, client.receive().closeCode());
    }
  }

  @Test
  void allAreAnsweredAndToldWhenToComeBackWhenTheContextStops() throws Exception {
    try (RawWebSocket plain = RawWebSocket.plain(port(), "r");
        RawWebSocket ann = RawWebSocket.chatV1(port(), "r")) {
      plain.send("here");
      assertEquals("here", plain.receiveText());
      ann.send("{\"type\":\"hello\"}");
      assertTrue(ann.receiveText().contains("\"type\":\"welcome\""));
      ann.send("{\"type\":\"publish\",\"id\":\"1\",\"text\":\"said\"}");
      assertEquals("said", plain.receiveText());
      context.stop();
      StringBuilder told = new StringBuilder();
      Frame frame = ann.receive();
      while (frame.opCode() == RawWebSocket.TEXT) {
        told.append(frame.text()).append('\n');
        frame = ann.receive();
      }
      assertEquals(1001, frame.closeCode(), told::toString);
      assertTrue(told.indexOf("\"type\":\"ok\",\"id\":\"1\"") >= 0, told.toString());
      assertTrue(told.indexOf("\"type\":\"bye\"") >= 0, told.toString());
      assertTrue(told.indexOf("\"after\":[") >= 0, told.toString());
      assertEquals(1001, plain.receive().closeCode());
    }
  }

  /** What README says an application on Tomcat may leave out. */
  @Test
  void jettysServerIsNotNeeded() throws Exception {
    Set<String> needed =
        Set.of("jetty-util", "jetty-io", "jetty-http", "jetty-websocket-core-common");
    List<String> kept = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      String name = Path.of(entry).getFileName().toString().replaceFirst("-[0-9].*", "");
      boolean isLeft =
          (name.startsWith("jetty-") && !needed.contains(name)) || name.equals("chat-cli");
      (isLeft ? left : kept).add(entry);
    }
    assertTrue(left.stream().anyMatch(entry -> entry.contains("jetty-server")), left::toString);
    Process application =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(File.pathSeparator, kept),
                TomcatApplication.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(application.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, application.waitFor(), said);
    assertTrue(said.contains("heard hello"), said);
    assertTrue(said.contains("closed 1001"), said);
    assertFalse(said.contains("Exception"), said);
    assertFalse(said.contains("Error"), said);
  }
}
