package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.RoomName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that a proxy in front might take for something else than we do (RFC 9112, section 11.2):
 * whatever is doubtful is refused, and nothing behind it is heard.
 */
final class SmugglingTest {
  /** What is to be smuggled in. */
  private static final String SECOND =
      "POST /room/smuggled/messages HTTP/1.1\r\nHost: localhost\r\n"
          + "Content-Type: text/plain\r\nContent-Length: 1\r\n\r\nx";

  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = TestServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String say(String bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private long posted() {
    return server
        .rooms()
        .room(RoomName.of("smuggled"))
        .history(io.durablechat.core.Range.last(10))
        .toCompletableFuture()
        .join()
        .entries()
        .size();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 6",
        "Content-Length: +5",
        "Content-Length: -1",
        "Content-Length: 0x5",
        "Content-Length: 99999999999999999999",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity, chunked, identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding:\u000bchunked",
        "Content-Length : 5",
        " Content-Length: 5",
        "X: y\r\n Content-Length: 5",
        "X\u0000: y",
        "X: y\u0000z",
        "Host: other.example"
      })
  void whatIsDoubtfulEndsTheConnection(String headers) throws IOException {
    String answers =
        say(
            "POST /room/r/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                + headers
                + "\r\n\r\n"
                + SECOND);
    assertTrue(answers.startsWith("HTTP/1.1 4") || answers.startsWith("HTTP/1.1 501"), answers);
    assertEquals(1, answers.split("HTTP/1.1 ", -1).length - 1, "one answer: " + answers);
    assertEquals(0, posted(), answers);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zz", "5;\n", "-1", "FFFFFFFFFFFFFFFFF", "5\n"})
  void chunksThatAreNoneEndTheConnection(String size) throws IOException {
    String answers =
        say(
            "POST /room/r/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + size
                + "\r\nhello\r\n0\r\n\r\n"
                + SECOND);
    assertTrue(!answers.contains(" 500 "), answers);
    assertTrue(posted() == 0 || answers.startsWith("HTTP/1.1 201"), answers);
  }

  @Test
  void whatFollowsAHandshakeIsNoRequest() throws IOException {
    try (RawWebSocket socket = server.plain("r")) {
      socket.send("here");
      assertEquals("here", socket.receiveText());
    }
    String answers =
        say(
            "GET /room/r/websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
                + SECOND);
    assertTrue(answers.startsWith("HTTP/1.1 101"), answers);
    assertEquals(0, posted(), answers);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 10",
        "Transfer-Encoding: chunked",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
      })
  void aHandshakeThatOthersMayReadOtherwiseIsRefused(String header) throws IOException {
    // A message of the WebSocket to whoever sees no body, and else a part of one.
    String frame = "\u0081\u0084\0\0\0\0text";
    String answers =
        say(
            "GET /room/smuggled/websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + header
                + "\r\n\r\n"
                + (header.startsWith("Transfer") ? "a\r\n" + frame + "\r\n0\r\n\r\n" : frame)
                + frame);
    assertTrue(answers.startsWith("HTTP/1.1 400"), answers);
    assertEquals(0, posted(), answers);
  }

  @Test
  void twoRequestsInOneBreathAreTwo() throws IOException {
    String answers =
        say(
            "GET /room/r/messages HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + SECOND.replace("Content-Length", "Connection: close\r\nContent-Length"));
    assertEquals(List.of("200", "201"), statuses(answers));
    assertEquals(1, posted());
  }

  private static List<String> statuses(String answers) {
    return answers
        .lines()
        .filter(line -> line.startsWith("HTTP/1.1 "))
        .map(line -> line.substring(9, 12))
        .toList();
  }
}
