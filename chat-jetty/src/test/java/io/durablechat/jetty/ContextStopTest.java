package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.jetty.RawWebSocket.Frame;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rooms in an application's own Jetty, which stops. */
final class ContextStopTest {
  private static final Logger LOG = LoggerFactory.getLogger(ContextStopTest.class);

  private final LocalBroadcaster log = LocalBroadcaster.inMemory();
  private final RoomDirectory rooms = RoomDirectory.open(log);
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);
  private final ServletContextHandler context = new ServletContextHandler("/");

  enum What {
    SERVER,
    SERVER_IN_PEACE,
    CONTEXT,
    CONNECTOR
  }

  @BeforeEach
  void start() throws Exception {
    server.setHandler(context);
    ChatEndpoint.mount(context, rooms, EndpointSettings.DEFAULT.limits(Limits.OFF));
    server.start();
    // As Spring Boot does it, whose connectors come when all else has started.
    server.addConnector(connector);
    connector.start();
  }

  @AfterEach
  void stopAll() throws Exception {
    server.stop();
    rooms.close();
    log.close();
  }

  private void stop(What what) throws Exception {
    try {
      switch (what) {
        case SERVER -> server.stop();
        case SERVER_IN_PEACE -> {
          server.setStopTimeout(5000);
          server.stop();
        }
        case CONTEXT -> context.stop();
        case CONNECTOR -> connector.stop();
      }
    } catch (TimeoutException e) {
      LOG.debug("Stopped with connections open", e);
    }
  }

  private int port() {
    return connector.getLocalPort();
  }

  @ParameterizedTest
  @EnumSource(What.class)
  void everybodyIsAnsweredAndToldWhenToComeBack(What what) throws Exception {
    try (RawWebSocket plain = RawWebSocket.plain(port(), "r");
        RawWebSocket ann = RawWebSocket.chatV1(port(), "r")) {
      plain.send("here");
      assertEquals("here", plain.receiveText());
      ann.send("{\"type\":\"hello\"}");
      assertTrue(ann.receiveText().contains("\"welcome\""));
      ann.send("{\"type\":\"publish\",\"id\":\"1\",\"text\":\"said\"}");
      assertEquals("said", plain.receiveText());
      stop(what);
      StringBuilder told = new StringBuilder();
      Frame frame = ann.receive();
      while (frame.opCode() == RawWebSocket.TEXT) {
        told.append(frame.text()).append('\n');
        frame = ann.receive();
      }
      assertEquals(1001, frame.closeCode(), told::toString);
      assertTrue(told.indexOf("\"type\":\"ok\",\"id\":\"1\"") >= 0, told.toString());
      String bye = told.substring(told.lastIndexOf("\n", told.length() - 2) + 1);
      JsonClient.assertFields(
          JsonParser.parseString(bye).getAsJsonObject(), "{'type':'bye','reconnect':true}");
      assertTrue(bye.contains("\"after\":["), bye);
      assertEquals(1001, plain.receive().closeCode());
    }
  }

  @Test
  void aContextThatStartsAgainHasTheRoomsAgain() throws Exception {
    try (RawWebSocket before = RawWebSocket.plain(port(), "r")) {
      before.send("here");
      assertEquals("here", before.receiveText());
      context.stop();
      assertEquals(1001, before.receive().closeCode());
    }
    context.start();
    try (RawWebSocket after = RawWebSocket.plain(port(), "r")) {
      after.send("again");
      assertEquals("again", after.receiveText());
      assertFalse(server.isStopping());
    }
  }
}
