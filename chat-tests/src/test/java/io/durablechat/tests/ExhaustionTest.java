package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.jetty.RawWebSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that runs out of what the machine gives it. */
final class ExhaustionTest {
  private static final int DESCRIPTORS = 200;
  private static final int CONNECTIONS = 400;
  private static final int LARGE = 1 << 20;
  private static final int LARGE_MESSAGES = 200;

  /** The longest frame there may be, for a text that is as long as it may be. */
  private static final int LARGEST_JSON = 6 * LARGE;

  private static final int MANY = 40;
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

  /** What somebody sends who wants all the memory there is. */
  private static void sendInVain(RawWebSocket socket, boolean isWhole, String text) {
    try {
      socket.send(isWhole, RawWebSocket.TEXT, text.getBytes(US_ASCII));
    } catch (UncheckedIOException e) {
      // It was cut off.
    }
  }

  @Test
  void manyUnfinishedMessagesFindNoRoom(@TempDir Path folder) throws Exception {
    try (ServerProcess server =
        ServerProcess.serve(List.of("-Xmx128m"), "--data", folder.toString())) {
      List<RawWebSocket> senders = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        senders.add(RawWebSocket.chatV1(server.port(), "large"));
        sendInVain(senders.get(i), false, "x".repeat(LARGEST_JSON));
      }
      assertChats(server.port(), "other");
      JsonObject bye =
          JsonParser.parseString(senders.get(MANY - 1).receiveText()).getAsJsonObject();
      assertEquals(1013, bye.get("code").getAsInt());
      senders.forEach(RawWebSocket::close);
      assertNothingOfTheInside(server);
    }
  }

  @Test
  void manyLinesInAFrameTakeNoMoreThanTheFrame(@TempDir Path folder) throws Exception {
    List<String> serve =
        ServerProcess.command(
            List.of("-Xmx128m"), "serve", "--port", "0", "--data", folder.toString());
    // With the limits that hold by default: they are what has many lines wait.
    try (ServerProcess server = ServerProcess.await(ServerProcess.start(Map.of(), serve))) {
      String lines = "{}\n".repeat(LARGEST_JSON / 3);
      for (int i = 0; i < MANY; i++) {
        RawWebSocket sender = RawWebSocket.chatV1(server.port(), "lines");
        sender.send("{\"type\":\"hello\"}");
        sendInVain(sender, true, lines);
        sender.close();
      }
      assertChats(server.port(), "other");
      assertNothingOfTheInside(server);
    }
  }

  @Test
  void manyMembersInAnObjectAreNotKept(@TempDir Path folder) throws Exception {
    try (ServerProcess server =
        ServerProcess.serve(List.of("-Xmx128m"), "--data", folder.toString())) {
      String members =
          IntStream.range(0, LARGEST_JSON / 12)
              .mapToObj(i -> String.format(Locale.ROOT, "\"%06x\":0", i))
              .collect(Collectors.joining(",", "{", "}"));
      List<RawWebSocket> senders = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        senders.add(RawWebSocket.chatV1(server.port(), "members"));
        sendInVain(senders.get(i), true, members);
      }
      assertChats(server.port(), "other");
      senders.forEach(RawWebSocket::close);
      assertNothingOfTheInside(server);
    }
  }

  @Test
  void whatManyDoNotTakeIsNotHeldForAll(@TempDir Path folder) throws Exception {
    try (ServerProcess server =
        ServerProcess.serve(List.of("-Xmx128m"), "--data", folder.toString())) {
      // Six times as long in JSON.
      String text = "\u0001".repeat(LARGE - 1000);
      try (ChatV1Client author = new ChatV1Client(server.port(), "large")) {
        author.hello(KEY, Optional.empty());
        author.next("live");
        author.publish("1", text);
        author.next("ok");
      }
      List<RawWebSocket> readers = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        RawWebSocket reader = RawWebSocket.chatV1(server.port(), "large");
        reader.send("{\"type\":\"hello\",\"history\":1}");
        readers.add(reader);
        readers.add(RawWebSocket.open(server.port(), "/room/large/websocket?history=1", List.of()));
        readers.add(
            RawWebSocket.request(
                server.port(),
                List.of("GET /room/large/events?history=1 HTTP/1.1", "Host: localhost")));
      }
      assertChats(server.port(), "other");
      // Whoever reads is given it, when its turn has come.
      RawWebSocket last = readers.remove(readers.size() - 2);
      for (RawWebSocket reader : readers) {
        reader.close();
      }
      assertEquals(text, last.receiveText());
      last.close();
      assertNothingOfTheInside(server);
    }
  }
}
