package io.durablechat.jetty;

import io.durablechat.core.Keep;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.limits.Limits;
import java.io.IOException;
import java.util.function.UnaryOperator;

/** A server on a free port, with rooms in memory. */
final class TestServer implements AutoCloseable {
  /** Whether these tests are to go by the Jakarta API: all hold for both. */
  private static final boolean JAKARTA = Boolean.getBoolean("chat.test.jakarta");

  private final LocalBroadcaster broadcaster;
  private final RoomDirectory rooms;
  private final ChatServer server;

  private TestServer(
      LocalBroadcaster broadcaster,
      UnaryOperator<RoomDirectory.Builder> roomSettings,
      UnaryOperator<ChatServer.Builder> serverSettings)
      throws IOException {
    this.broadcaster = broadcaster;
    rooms = roomSettings.apply(RoomDirectory.on(broadcaster)).open();
    // Most tests are in a hurry that the limits are there to stop.
    ChatServer.Builder unlimited =
        ChatServer.of(rooms).port(0).endpoint(EndpointSettings.DEFAULT.limits(Limits.OFF));
    ChatServer.Builder settings = serverSettings.apply(unlimited);
    server = (JAKARTA ? settings.jakarta() : settings).build();
    server.start();
  }

  static TestServer start() throws IOException {
    return start(settings -> settings, settings -> settings);
  }

  static TestServer start(
      UnaryOperator<RoomDirectory.Builder> roomSettings,
      UnaryOperator<ChatServer.Builder> serverSettings)
      throws IOException {
    return start(LocalBroadcaster.inMemory(), roomSettings, serverSettings);
  }

  static TestServer start(
      LocalBroadcaster broadcaster,
      UnaryOperator<RoomDirectory.Builder> roomSettings,
      UnaryOperator<ChatServer.Builder> serverSettings)
      throws IOException {
    return new TestServer(broadcaster, roomSettings, serverSettings);
  }

  int port() {
    return server.port();
  }

  ChatServer server() {
    return server;
  }

  RoomDirectory rooms() {
    return rooms;
  }

  void trim(Keep keep) {
    broadcaster.trim(room -> keep);
  }

  RawWebSocket plain(String room) {
    return RawWebSocket.plain(port(), room);
  }

  RawWebSocket chatV1(String room) {
    return RawWebSocket.chatV1(port(), room);
  }

  @Override
  public void close() {
    server.close();
    rooms.close();
    broadcaster.close();
  }
}
