package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.jetty.RawWebSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that runs out of what the machine gives it. */
final class ExhaustionTest {
  private static final int DESCRIPTORS = 200;
  private static final int CONNECTIONS = 400;
  private static final int LARGE = 1 << 20;
  private static final int LARGE_MESSAGES = 200;
  private static final String KEY = "somebody-0123456789abcdef";

  private static void assertChats(int port, String room) {
    try (ChatV1Client client = new ChatV1Client(port, room)) {
      client.hello(KEY, Optional.empty());
      client.next("live");
      client.publish("1", "hello");
      client.next("ok");
    }
  }

  private static void assertNothingOfTheInside(ServerProcess server)
      throws IOException, InterruptedException {
    server.terminate();
    String log = server.log();
    assertTrue(!log.contains("\tat ") && !log.contains("OutOfMemory"), log);
  }

  @Test
  void withoutDescriptorsItWaitsAndGoesOn(@TempDir Path folder) throws Exception {
    List<String> serve =
        ServerProcess.command(
            List.of(), "serve", "--port", "0", "--limits", "off", "--data", folder.toString());
    List<String> limited =
        new ArrayList<>(
            List.of("bash", "-c", "ulimit -n " + DESCRIPTORS + "; exec \"$@\"", "serve"));
    limited.addAll(serve);
    try (ServerProcess server = ServerProcess.await(ServerProcess.start(Map.of(), limited))) {
      assertChats(server.port(), "before");
      List<Socket> held = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: loc".getBytes(US_ASCII));
        held.add(socket);
      }
      for (Socket socket : held) {
        socket.close();
      }
      assertChats(server.port(), "after");
      try (ChatV1Client back = new ChatV1Client(server.port(), "before")) {
        back.hello(KEY, Optional.empty());
        back.next("live");
      }
      assertNothingOfTheInside(server);
    }
  }

  @Test
  void aSmallHeapHoldsWhatManySendAtOnce(@TempDir Path folder) throws Exception {
    try (ServerProcess server =
        ServerProcess.serve(List.of("-Xmx128m"), "--data", folder.toString())) {
      String text = "x".repeat(LARGE - 1000);
      List<RawWebSocket> readers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        readers.add(RawWebSocket.plain(server.port(), "large"));
      }
      try (ChatV1Client sender = new ChatV1Client(server.port(), "large")) {
        sender.hello(KEY, Optional.empty());
        sender.next("live");
        int kept = 0;
        for (int i = 0; i < LARGE_MESSAGES; i++) {
          sender.publish("" + i, text);
          if (sender.next("ok").get("seq").getAsLong() > 0) {
            kept++;
          }
        }
        assertEquals(LARGE_MESSAGES, kept);
      }
      // They have read nothing of it so far, and are given all of it from the log.
      for (int i = 0; i < LARGE_MESSAGES; i++) {
        assertEquals(text.length(), readers.get(0).receiveText().length());
      }
      readers.forEach(RawWebSocket::close);
      assertChats(server.port(), "other");
      assertNothingOfTheInside(server);
    }
  }
}
