package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.CloseReason;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.EndpointSettings;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

final class ChatServerTest {
  private static RawWebSocket get(int port, String path) {
    return RawWebSocket.request(
        port, List.of("GET " + path + " HTTP/1.1", "Host: localhost:" + port));
  }

  @Test
  void tellsWhetherItLivesAndWantsClients() throws IOException {
    try (TestServer server = TestServer.start()) {
      for (String path : List.of("/healthz", "/readyz")) {
        try (RawWebSocket answer = get(server.port(), path)) {
          assertEquals(200, answer.status());
          assertEquals("ok\n", answer.body());
        }
      }
      server.server().markUnready();
      assertEquals(200, get(server.port(), "/healthz").status());
      assertEquals(503, get(server.port(), "/readyz").status());
    }
  }

  @Test
  void aWebSocketIsNotWatchedForItsRequest() throws IOException {
    try (TestServer server = TestServer.start()) {
      List<RawWebSocket> clients = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        RawWebSocket client = server.plain("r" + i);
        client.send("x");
        assertEquals("x", client.receiveText());
        clients.add(client);
      }
      assertEquals(0, server.server().watchedConnections());
      clients.forEach(RawWebSocket::close);
    }
  }

  @Test
  void stoppingTellsEveryoneWhy() throws IOException {
    TestServer server = TestServer.start();
    RawWebSocket plain = server.plain("r");
    RawWebSocket silent = server.chatV1("r");
    RawWebSocket joined = server.chatV1("r");
    joined.send("{\"type\":\"hello\"}");
    joined.receiveText();
    // Its connection may be there a moment later than its handshake is answered.
    silent.send("?");
    silent.receiveText();
    plain.send("x");
    assertEquals("x", plain.receiveText());
    assertEquals(3, server.server().connections());

    server.server().stop(CloseReason.RESTART, Duration.ofSeconds(5));
    assertEquals(1012, plain.receive().closeCode());
    for (RawWebSocket client : List.of(silent, joined)) {
      RawWebSocket.Frame frame = client.receive();
      while (!frame.text().contains("bye")) {
        frame = client.receive();
      }
      assertTrue(frame.text().contains("\"code\":1012,\"reconnect\":true,\"after\":[500,5000]"));
      assertEquals(1012, client.receive().closeCode());
    }
    assertEquals(0, server.server().connections());
    server.close();
  }

  @Test
  void aReaderThatStallsDoesNotHoldUpTheStop() throws IOException {
    TestServer server = TestServer.start();
    RawWebSocket stalled = server.plain("r");
    RawWebSocket sender = server.plain("r");
    String large = "x".repeat(1 << 20);
    for (int i = 0; i < 20; i++) {
      sender.send(large);
      sender.receiveText();
    }
    long start = System.nanoTime();
    server.server().stop(CloseReason.RESTART, Duration.ofMillis(200));
    assertTrue(System.nanoTime() - start < Duration.ofSeconds(10).toNanos());
    assertEquals(1012, sender.receive().closeCode());
    stalled.close();
    server.close();
  }

  @Test
  void aTakenPortIsSaidInOneLine() throws IOException {
    try (TestServer first = TestServer.start()) {
      RoomDirectory rooms = first.rooms();
      ChatServer second = ChatServer.of(rooms).port(first.port()).build();
      String message = assertThrows(IOException.class, second::start).getMessage();
      assertEquals(
          "cannot listen on 127.0.0.1, port " + first.port() + ": Address already in use", message);
    }
  }

  @Test
  void listensOnAllLoopbackAddresses() throws IOException {
    try (TestServer server = TestServer.start()) {
      for (InetAddress address : ChatServer.loopback()) {
        try (Socket socket = new Socket(address, server.port())) {
          assertTrue(socket.isConnected());
        }
      }
    }
  }

  @Test
  void refusesSettingsThatCannotBe() {
    try (RoomDirectory rooms = RoomDirectory.open(LocalBroadcaster.inMemory())) {
      ChatServer.Builder settings = ChatServer.of(rooms);
      assertThrows(IllegalArgumentException.class, () -> settings.port(65536));
      assertThrows(IllegalArgumentException.class, () -> settings.port(-1));
      assertThrows(IllegalArgumentException.class, () -> settings.addresses(List.of()));
      assertThrows(IllegalStateException.class, () -> settings.build().port());
    }
  }

  @Test
  void theEndpointMountsInAnApplicationsOwnContext() throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("localhost");
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler("/app");
    context.addServlet(
        new ServletHolder(
            new HttpServlet() {
              private static final long serialVersionUID = 1;

              @Override
              protected void doGet(HttpServletRequest request, HttpServletResponse response)
                  throws IOException {
                response.getWriter().print("the application's own");
              }
            }),
        "/*");
    try (RoomDirectory rooms = RoomDirectory.open(LocalBroadcaster.inMemory())) {
      ChatEndpoint endpoint = ChatEndpoint.mount(context, rooms);
      server.setHandler(context);
      server.start();
      int port = connector.getLocalPort();
      try (RawWebSocket client = RawWebSocket.open(port, "/app/room/r/websocket", List.of())) {
        client.send("hello");
        assertEquals("hello", client.receiveText());
        assertEquals(1, endpoint.connections());
        assertEquals(426, get(port, "/app/room/r/websocket").status());
        assertEquals(
            400, RawWebSocket.handshake(port, "/app/room/a;b/websocket", List.of()).status());
        try (RawWebSocket other = get(port, "/app/room/r")) {
          assertEquals("the application's own", other.body());
        }
        server.stop();
        assertFalse(client.isSilentFor(5000));
      }
    } finally {
      server.stop();
    }
  }

  @Test
  void aPeerThatSendsAndNeverReadsIsCutAfterTheWriteStall() throws IOException {
    try (TestServer server =
            TestServer.start(
                rooms -> rooms,
                settings ->
                    settings.endpoint(
                        EndpointSettings.DEFAULT.writeStall(Duration.ofMillis(500))));
        RawWebSocket deaf = server.plain("general");
        RawWebSocket ann = server.plain("general")) {
      byte[] large = new byte[1 << 20];
      for (int i = 0; i < 20; i++) {
        ann.send(large);
        ann.receive();
      }
      // It is alive, and says so, until it is cut.
      UncheckedIOException cut =
          assertThrows(
              UncheckedIOException.class,
              () -> {
                long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
                while (System.nanoTime() < deadline) {
                  deaf.send(true, RawWebSocket.PONG, new byte[100]);
                }
              });
      assertInstanceOf(SocketException.class, cut.getCause());
      ann.send("still here");
      assertEquals("still here", ann.receiveText());
    }
  }
}
