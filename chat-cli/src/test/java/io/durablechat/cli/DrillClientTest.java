package io.durablechat.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client of a drill, whose server is the test. */
@Timeout(60)
final class DrillClientTest {
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong now = new AtomicLong(1);

  @AfterEach
  void stop() {
    thread.shutdownNow();
  }

  @Test
  void aRecordOfAnUnknownKindMovesTheCursor() throws Exception {
    try (ServerSocket listener = listener()) {
      DrillClient client = client(listener);
      thread.execute(client::connect);
      try (Line first = new Line(listener.accept())) {
        assertEquals(false, first.hears().has("cursor"));
        first.says(
            """
            {"type":"welcome","session":"s","you":{"id":"guest:g"},"may":["join","read","publish"],\
            "room":"r","head":0,"cursor":"c0","resume":"fresh",\
            "limits":{"message":1024,"waiting":1024,"waitingBytes":1048576},"count":1,"version":1,\
            "durability":"memory","retryWindow":120000,"heartbeat":25000}
            {"type":"live","head":0}
            {"type":"message","seq":1,"prev":0,"from":{"id":"guest:g"},"at":0,"kind":"message",\
            "text":"one"}
            {"type":"reaction","seq":2,"prev":1,"cursor":"c2"}
            {"type":"hint","cursor":"none"}
            {"type":"bye","code":1001,"reconnect":true,"after":[0,0],"reason":"later"}""");
        first.closes();
      }
      try (Line second = new Line(listener.accept())) {
        assertEquals("c2", second.hears().get("cursor").getAsString());
      }
      thread.submit(client::leave).get();
    }
  }

  @Test
  void comesBackWhenNothingIsHeard() throws Exception {
    try (ServerSocket listener = listener()) {
      DrillClient client = client(listener);
      thread.execute(client::connect);
      try (Line first = new Line(listener.accept())) {
        first.hears();
        thread.submit(client::onTick).get();
        now.addAndGet(DrillClient.QUIET.toNanos() + 1);
        thread.submit(client::onTick).get();
        try (Line second = new Line(listener.accept())) {
          assertEquals("hello", second.hears().get("type").getAsString());
        }
      }
      thread.submit(client::leave).get();
    }
  }

  private static ServerSocket listener() throws IOException {
    return new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
  }

  private DrillClient client(ServerSocket listener) {
    return new DrillClient(
        URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/room/r/websocket"),
        "key",
        HttpClient.newHttpClient(),
        thread,
        new DrillTally(),
        now::get);
  }

  /** The server's end of a WebSocket, for short messages. */
  private static final class Line implements AutoCloseable {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final Socket socket;
    private final DataInputStream in;

    Line(Socket socket) throws Exception {
      this.socket = socket;
      in = new DataInputStream(socket.getInputStream());
      String key = "";
      for (String line = line(); !line.isEmpty(); line = line()) {
        if (line.regionMatches(true, 0, "Sec-WebSocket-Key:", 0, 18)) {
          key = line.substring(18).strip();
        }
      }
      byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(ISO_8859_1));
      String answer =
          String.join(
              "\r\n",
              "HTTP/1.1 101 Switching Protocols",
              "Upgrade: websocket",
              "Connection: Upgrade",
              "Sec-WebSocket-Protocol: chat.v1",
              "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(hash),
              "",
              "");
      socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
        line.append((char) c);
      }
      return line.toString().strip();
    }

    JsonObject hears() throws IOException {
      in.readUnsignedByte();
      byte[] payload = new byte[in.readUnsignedByte() & 0x7f];
      byte[] mask = in.readNBytes(4);
      in.readFully(payload);
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= mask[i % 4];
      }
      return JsonParser.parseString(new String(payload, UTF_8)).getAsJsonObject();
    }

    void says(String text) throws IOException {
      byte[] payload = text.getBytes(UTF_8);
      byte[] head = {(byte) 0x81, 126, (byte) (payload.length >> 8), (byte) payload.length};
      socket.getOutputStream().write(head);
      socket.getOutputStream().write(payload);
    }

    /** With a close frame: to come back later. */
    void closes() throws IOException {
      socket.getOutputStream().write(new byte[] {(byte) 0x88, 2, 1001 >> 8, (byte) 1001});
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
