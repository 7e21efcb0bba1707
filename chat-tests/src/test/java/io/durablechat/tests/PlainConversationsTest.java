package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.jetty.RawWebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recorded conversations by plain WebSockets. */
final class PlainConversationsTest {
  private static final String[] SMALL = {"--data", "memory", "--max-message", "1K"};

  @Test
  void framesGoOutAsTheyCame() throws Exception {
    Conversation.playTwice("plain-frames", PlainConversationsTest::frames, SMALL);
  }

  private static void frames(Conversation all) {
    PlainVoice ann = all.plain("ann", "general", "");
    ann.saysAndHears("hello");
    ann.saysAndHears("Gr\u00fc\u00dfe, \ud83d\ude42");
    ann.saysAndHears("");
    all.note("Two in a room hear the same in the same order, their own words included.");
    PlainVoice bob = all.plain("bob", "general", "");
    bob.saysAndHears("bob is here");
    ann.hears();
    ann.saysAndHears("welcome");
    bob.hears();
    all.note("Binary stays binary.");
    ann.says(true, RawWebSocket.BINARY, (byte) 0, (byte) 0xff, (byte) 10).hears();
    bob.hears();
    ann.says(true, RawWebSocket.BINARY).hears();
    bob.hears();
    all.note("What comes in pieces goes out whole; a ping between them is answered.");
    ann.says(false, RawWebSocket.TEXT, "Hel".getBytes(UTF_8));
    ann.says(true, RawWebSocket.PING, "are you there?".getBytes(UTF_8)).hears();
    ann.says(false, RawWebSocket.CONTINUATION)
        .says(true, RawWebSocket.CONTINUATION, "lo".getBytes(UTF_8));
    ann.hears();
    bob.hears();
    all.note("A pong that nobody asked for means nothing.");
    ann.says(true, RawWebSocket.PONG, (byte) 'x').saysAndHears("after the pong");
    bob.hears();
    all.note("Rooms hear nothing of each other.");
    PlainVoice eve = all.plain("eve", "kitchen", "");
    eve.saysAndHears("anybody?");
    ann.saysAndHears("not of the kitchen");
    bob.hears();
    all.note("The largest message.");
    bob.says("x".repeat(1024)).hears();
    ann.hears();
    all.note("They leave.");
    eve.closes(1000, "");
    bob.closes(4321, "enough");
    ann.says(true, RawWebSocket.CLOSE).hears();
  }

  @Test
  void historyIsReplayed() throws Exception {
    Conversation.playTwice("plain-history", PlainConversationsTest::history, SMALL);
  }

  private static void history(Conversation all) {
    PlainVoice ann = all.plain("ann", "K%C3%BCche", "?history=10");
    ann.saysAndHears("one");
    ann.says(true, RawWebSocket.BINARY, (byte) 2).hears();
    ann.saysAndHears("three");
    all.note("The newest, and what is said from then on; the room by another spelling.");
    PlainVoice bob = all.plain("bob", "Ku%CC%88che", "?history=2");
    bob.hears();
    bob.hears();
    bob.saysAndHears("four");
    ann.hears();
    all.note("More than there are; and none.");
    PlainVoice eve = all.plain("eve", "K%C3%BCche", "?history=10000");
    for (int i = 0; i < 4; i++) {
      eve.hears();
    }
    all.plain("dan", "K%C3%BCche", "?history=0").saysAndHears("five");
    eve.hears();
  }

  @Test
  void whatIsNotRelayedEndsTheConnection() throws Exception {
    Conversation.play("plain-closes", PlainConversationsTest::closes, SMALL);
  }

  @Test
  void byTheJakartaApiTheWordsOfSomeClosesAreJettys() throws Exception {
    Conversation.play(
        "plain-closes-jakarta",
        PlainConversationsTest::closes,
        "--data",
        "memory",
        "--max-message",
        "1K",
        "--jakarta");
  }

  private static void closes(Conversation all) {
    all.note("Too big, whole and in pieces.");
    all.plain("ann", "general", "").says("x".repeat(1025)).hears();
    PlainVoice pieces = all.plain("ann", "general", "");
    pieces.says(false, RawWebSocket.TEXT, new byte[1000]);
    pieces.says(true, RawWebSocket.CONTINUATION, new byte[1000]).hears();
    all.note("No UTF-8.");
    all.plain("ann", "general", "").says(true, RawWebSocket.TEXT, (byte) 0xff).hears();
    all.note("No WebSocket frames.");
    all.plain("ann", "general", "").says(true, 3).hears();
    all.plain("ann", "general", "").says(true, RawWebSocket.CONTINUATION).hears();
    all.plain("ann", "general", "").says(false, RawWebSocket.PING).hears();
    all.plain("ann", "general", "").says(true, RawWebSocket.CLOSE, (byte) 3).hears();
    all.plain("ann", "general", "").says(true, RawWebSocket.CLOSE, (byte) 0, (byte) 1).hears();
    all.note("Nothing of it was kept.");
    all.plain("bob", "general", "?history=10").saysAndHears("all is quiet");
  }

  @Test
  void whoIsTooFastIsClosed(@TempDir Path folder) throws Exception {
    Path limits =
        Files.writeString(folder.resolve("limits"), "publishes-per-session=1/min burst 2\n");
    Conversation.playTwice(
        "plain-limits",
        all -> {
          PlainVoice ann = all.plain("ann", "general", "");
          ann.saysAndHears("one");
          ann.saysAndHears("two");
          ann.says("three").hears();
        },
        "--data",
        "memory",
        "--limits",
        limits.toString());
  }

  @Test
  void handshakesThatCannotBeAreAnswered() throws Exception {
    Conversation.playTwice("handshakes", PlainConversationsTest::handshakes, SMALL);
  }

  private static void handshakes(Conversation all) {
    String path = "/room/general/websocket";
    all.note("One that is taken.");
    all.handshake("ann", path);
    all.note("The dialect is chosen among those offered.");
    all.handshake("ann", path, "Sec-WebSocket-Protocol: chat.v1");
    all.handshake("ann", path, "Sec-WebSocket-Protocol: soap, chat.v1");
    all.handshake("ann", path, "Sec-WebSocket-Protocol: soap");
    all.note("Extensions are not taken.");
    all.handshake("ann", path, "Sec-WebSocket-Extensions: permessage-deflate");
    all.note("Paths, names and numbers that cannot be.");
    all.handshake("ann", "/room/general/socket");
    all.handshake("ann", "/room/a%2Fb/websocket");
    all.handshake("ann", "/room//websocket");
    all.handshake("ann", "/room/" + "x".repeat(129) + "/websocket");
    all.handshake("ann", path + "?history=abc");
    all.handshake("ann", path + "?history=10001");
    all.note("Pages of elsewhere.");
    all.handshake("ann", path, "Origin: http://page.example");
    all.handshake("ann", path, "Origin: null");
    all.note("Not a handshake.");
    all.ask("ann", "GET " + path);
    all.ask(
        "ann",
        "GET " + path,
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 12",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    all.ask(
        "ann",
        "GET " + path,
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: short");
    all.ask(
        "ann",
        "GET " + path,
        "Host: elsewhere.example",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
  }
}
