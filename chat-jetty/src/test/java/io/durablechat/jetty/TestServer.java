package io.durablechat.jetty;

import io.durablechat.core.Keep;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.RoomDirectory;
import java.io.IOException;
import java.util.function.UnaryOperator;

/** A server on a free port, with rooms in memory. */
final class TestServer implements AutoCloseable {
  private final LocalBroadcaster broadcaster = LocalBroadcaster.inMemory();
  private final RoomDirectory rooms;
  private final ChatServer server;

  private TestServer(
      UnaryOperator<RoomDirectory.Builder> roomSettings,
      UnaryOperator<ChatServer.Builder> serverSettings)
      throws IOException {
    rooms = roomSettings.apply(RoomDirectory.on(broadcaster)).open();
    server = serverSettings.apply(ChatServer.of(rooms).port(0)).build();
    server.start();
  }

  static TestServer start() throws IOException {
    return start(settings -> settings, settings -> settings);
  }

  static TestServer start(
      UnaryOperator<RoomDirectory.Builder> roomSettings,
      UnaryOperator<ChatServer.Builder> serverSettings)
      throws IOException {
    return new TestServer(roomSettings, serverSettings);
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
