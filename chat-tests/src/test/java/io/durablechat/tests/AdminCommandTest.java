package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Moderating a running server by the command line, across a crash. */
final class AdminCommandTest {
  private static final Pattern ADMIN_PORT = Pattern.compile(".*admin port (\\d+).*");

  @TempDir private Path folder;
  private Path token;

  @BeforeEach
  void writeToken() throws IOException {
    token = Files.writeString(folder.resolve("token"), "an operator's secret\n");
  }

  private ServerProcess serve() throws IOException {
    return ServerProcess.serve(
        "--data",
        folder.resolve("data").toString(),
        "--admin-port",
        "0",
        "--admin-token-file",
        token.toString());
  }

  private ServerProcess.Outcome run(ServerProcess server, String... arguments)
      throws IOException, InterruptedException {
    return ServerProcess.run(command(server, arguments));
  }

  private String[] command(ServerProcess server, String... arguments) {
    Matcher port = ADMIN_PORT.matcher(server.readyLine());
    assertTrue(port.matches(), server.readyLine());
    List<String> command = new ArrayList<>(List.of("admin"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--admin-port", port.group(1), "--admin-token-file", token.toString()));
    return command.toArray(String[]::new);
  }

  private String admin(ServerProcess server, String... arguments)
      throws IOException, InterruptedException {
    ServerProcess.Outcome outcome = run(server, arguments);
    assertEquals("", outcome.err());
    assertEquals(0, outcome.exitCode());
    return outcome.out();
  }

  @Test
  void whatIsDecidedHoldsAtOnceAndAfterACrash() throws Exception {
    String bob;
    try (ServerProcess server = serve()) {
      try (ChatV1Client client = new ChatV1Client(server.port(), "kitchen")) {
        client.hello("bob-0123456789abcdefghijkl", Optional.empty());
        client.next("live");
        // So long that SQLite keeps a part of it on pages of its own.
        client.publish("1", "what nobody should read".repeat(2000));
        client.next("ok");
        assertEquals("1\tkitchen", admin(server, "rooms"));
        bob = admin(server, "members", "kitchen").strip();

        admin(server, "delete", "kitchen", "1", "--reason", "rude");
        client.next("deleted");
        admin(server, "slow", "kitchen", "30s");
        admin(server, "lock", "kitchen");
        admin(server, "ban", bob, "--for", "1h", "--address", "--reason", "spam");
        assertEquals(4511, client.next("bye").get("code").getAsInt());
      }
      // A second server must not find the folder held.
      server.kill();
    }
    try (ServerProcess server = serve()) {
      assertEquals("locked, one message in 30 s", admin(server, "show", "kitchen"));
      String sanctions = admin(server, "show");
      assertTrue(sanctions.contains("ban " + bob + " and 1 address(es) in all rooms"), sanctions);
      assertTrue(sanctions.endsWith(": spam"), sanctions);
      try (ChatV1Client client = new ChatV1Client(server.port(), "elsewhere")) {
        JsonObject hello = ChatV1Client.object("hello");
        hello.addProperty("key", "somebody-else-at-the-same-address");
        client.say(hello);
        assertEquals(4511, client.next("bye").get("code").getAsInt());
      }
      admin(server, "unban", bob);
      try (ChatV1Client client = new ChatV1Client(server.port(), "kitchen")) {
        client.hello("bob-0123456789abcdefghijkl", Optional.empty());
        client.next("live");
      }
      String log = admin(server, "log");
      assertEquals(5, log.lines().count(), log);
      assertTrue(
          log.lines().findFirst().orElseThrow().contains("delete message 1 in kitchen: rude"));
      server.terminate();
      String file = Files.readString(folder.resolve("data/chat.db"), ISO_8859_1);
      assertFalse(file.contains("what nobody should read"), "it is still in the file");
    }
  }

  @Test
  void aRoomCanBeWatched() throws Exception {
    try (ServerProcess server = serve()) {
      Process trace =
          ServerProcess.start(
              Map.of(), ServerProcess.command(List.of(), command(server, "trace", "--room", "r")));
      try (ChatV1Client client = new ChatV1Client(server.port(), "r");
          BufferedReader watched = trace.inputReader()) {
        client.hello("bob-0123456789abcdefghijkl", Optional.empty());
        client.next("live");
        // It begins to watch at some time from now on.
        for (int i = 0; !watched.ready(); i++) {
          client.publish("" + i, "secret");
          client.next("ok");
        }
        String line = watched.readLine();
        assertTrue(line.matches(".* r guest:.*: published \\d+, 6 bytes"), line);
      } finally {
        trace.destroyForcibly();
      }
    }
  }

  /** By any of the commands, what is no admin port is said to be none. */
  private void assertNotAdmin(int port) throws IOException, InterruptedException {
    for (String command :
        List.of("rooms", "members r", "show", "log", "lock r", "trace --room r")) {
      List<String> line = new ArrayList<>(List.of("admin"));
      line.addAll(List.of(command.split(" ", -1)));
      line.addAll(
          List.of("--admin-port", "" + port, "--admin-token-file", folder.resolve("token") + ""));
      ServerProcess.Outcome outcome = ServerProcess.run(line.toArray(String[]::new));
      assertTrue(outcome.exitCode() > 0, command);
      assertTrue(outcome.err().contains("--admin-port"), outcome.err());
      assertEquals(1, outcome.err().lines().count(), outcome.err());
    }
  }

  @Test
  void whatIsWrongIsSaidInOneLine() throws Exception {
    try (ServerProcess server = serve()) {
      ServerProcess.Outcome none = run(server, "delete", "r", "7");
      assertEquals(1, none.exitCode());
      assertEquals("chat-cli: there is no such message, or not any more", none.err());
      Files.writeString(token, "another secret 123");
      ServerProcess.Outcome refused = run(server, "rooms");
      assertEquals(1, refused.exitCode());
      assertEquals(
          "chat-cli: the token is not believed there: is it the one in the server's"
              + " --admin-token-file, and the port its --admin-port?",
          refused.err());
      Files.writeString(token, "a token\nof two lines, both secret");
      ServerProcess.Outcome twoLines = run(server, "rooms");
      assertEquals(2, twoLines.exitCode());
      assertFalse(twoLines.err().contains("secret"), twoLines.err());
      Files.writeString(token, "an operator's secret");
      assertNotAdmin(server.port());
      assertNotAdmin(70_000);
      server.terminate();
      ServerProcess.Outcome gone = run(server, "rooms");
      assertEquals(1, gone.exitCode());
      assertTrue(gone.err().startsWith("chat-cli: nothing listens on 127.0.0.1"), gone.err());
      assertEquals(2, run(server, "dance").exitCode());
      ServerProcess.Outcome cut = run(server, "ban", "guest:cut-off");
      assertEquals(2, cut.exitCode());
      assertTrue(cut.err().contains("'guest:cut-off' is no identity"), cut.err());
      assertEquals(2, run(server, "slow", "r", "soon").exitCode());
    }
  }
}
