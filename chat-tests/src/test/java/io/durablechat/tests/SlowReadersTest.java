package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.durablechat.jetty.RawWebSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hundred clients that read nothing while 20 MB pass, in front of a server with little memory.
 */
final class SlowReadersTest {
  private static final int READERS = 100;
  private static final int MESSAGES = 2000;
  private static final int SENT_AT_A_TIME = 20;
  private static final String TEXT = "x".repeat(10_000);

  @TempDir private Path folder;

  @Test
  void getEverythingInOrderOnTheSameConnection() throws Exception {
    try (ServerProcess server =
        ServerProcess.serve(List.of("-Xmx128m"), "--data", folder.toString())) {
      List<RawWebSocket> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        // With history: a handshake is answered before its session has joined.
        readers.add(
            RawWebSocket.open(server.port(), "/room/general/websocket?history=10000", List.of()));
      }
      try (RawWebSocket sender = RawWebSocket.plain(server.port(), "general")) {
        for (int i = 0; i < MESSAGES; i += SENT_AT_A_TIME) {
          for (int j = i; j < i + SENT_AT_A_TIME; j++) {
            sender.send(j + TEXT);
          }
          for (int j = i; j < i + SENT_AT_A_TIME; j++) {
            assertEquals(j + TEXT, sender.receiveText());
          }
        }
        for (RawWebSocket reader : readers) {
          for (int i = 0; i < MESSAGES; i++) {
            assertEquals(i + TEXT, nextText(reader));
          }
        }
        sender.send("after");
        for (RawWebSocket reader : readers) {
          assertEquals("after", nextText(reader));
          reader.close();
        }
      }
      assertEquals(143, server.terminate());
      assertEquals("", server.errors());
    }
  }

  /** Whoever has read nothing for 25 s has been pinged meanwhile. */
  private static String nextText(RawWebSocket reader) {
    RawWebSocket.Frame frame = reader.receive();
    while (frame.opCode() == RawWebSocket.PING) {
      frame = reader.receive();
    }
    assertEquals(RawWebSocket.TEXT, frame.opCode());
    return frame.text();
  }
}
