package io.durablechat.tests;

import static io.durablechat.tests.ServerProcess.serve;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.durablechat.jetty.RawWebSocket;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server as a process of its own. */
final class ServeTest {
  private static RawWebSocket get(int port, String path) {
    return RawWebSocket.request(
        port, List.of("GET " + path + " HTTP/1.1", "Host: localhost:" + port));
  }

  @Test
  void servesItsOwnPageAndRoomsAndStopsInOrder() throws Exception {
    try (ServerProcess server = serve("--data", "memory")) {
      assertTrue(server.readyLine().contains("--host 0.0.0.0"), server.readyLine());
      try (RawWebSocket page = get(server.port(), "/")) {
        assertEquals(Files.readString(ProjectFiles.frontend().resolve("index.html")), page.body());
      }
      assertEquals(200, get(server.port(), "/app.js").status());
      assertEquals(200, get(server.port(), "/net/connection.js").status());
      assertEquals(403, get(server.port(), "/net/").status());
      assertEquals(200, get(server.port(), "/healthz").status());

      // What a client may send is no news for the operator.
      assertEquals(
          400,
          RawWebSocket.request(server.port(), List.of("GET / HTTP/1.1", "Host: a b")).status());
      assertEquals(400, RawWebSocket.request(server.port(), List.of("NONSENSE")).status());

      RawWebSocket client = RawWebSocket.plain(server.port(), "general");
      client.send("hello");
      assertEquals("hello", client.receiveText());
      assertEquals(143, server.terminate());
      assertEquals(1012, client.receive().closeCode());
      assertEquals("", server.restOfOutput());
      assertEquals("", server.errors());
    }
  }

  @Test
  void tellsWhatIsNoteworthyInLinesForPrograms(@TempDir Path folder) throws Exception {
    Path limits = Files.writeString(folder.resolve("limits"), "joins-per-address=1/min burst 1");
    try (ServerProcess server =
        ServerProcess.serve(
            "--data", "memory", "--log-format", "json", "--limits", limits.toString())) {
      RawWebSocket.plain(server.port(), "general").close();
      assertEquals(
          429,
          RawWebSocket.handshake(server.port(), "/room/general/websocket", List.of()).status());
      server.terminate();
      List<String> said =
          server
              .log()
              .lines()
              .map(line -> JsonParser.parseString(line).getAsJsonObject())
              .map(o -> o.get("level").getAsString() + " " + o.get("message").getAsString())
              .toList();
      assertEquals("INFO Ready on port " + server.port() + ", messages in memory", said.get(0));
      assertEquals(
          "INFO Over the limit joins-per-address (1 since the last such line)", said.get(1));
      assertTrue(said.get(2).startsWith("INFO Stopping: "), said::toString);
      assertEquals("INFO Stopped", said.get(3));
      assertEquals(4, said.size());
    }
  }

  @Test
  void isOneExecutableFile(@TempDir Path elsewhere) throws Exception {
    Path alone = Files.copy(ProjectFiles.executable(), elsewhere.resolve("chat-cli"));
    assertTrue(alone.toFile().setExecutable(true));
    Map<String, String> environment =
        Map.of("CHAT_PORT", "0", "CHAT_DATA", elsewhere.resolve("data").toString());
    try (ServerProcess server =
        ServerProcess.await(ServerProcess.start(environment, List.of(alone.toString(), "serve")))) {
      assertEquals(200, get(server.port(), "/").status());
      assertEquals(143, server.terminate());
    }
  }

  @Test
  void takesOptionsForJavaInQuotes() throws Exception {
    List<String> version = List.of(ProjectFiles.executable().toString(), "--version");
    Process quoted =
        ServerProcess.start(
            Map.of("CHAT_JAVA_OPTS", "\"-Xmx64m\" -Da='b \"c\"; $(exit 9) d' -Xss1m"), version);
    String out = new String(quoted.getInputStream().readAllBytes(), UTF_8);
    assertEquals("", new String(quoted.getErrorStream().readAllBytes(), UTF_8));
    assertTrue(out.startsWith("chat-cli "), out);
    Process open = ServerProcess.start(Map.of("CHAT_JAVA_OPTS", "-Da='b"), version);
    assertEquals(
        "chat-cli: CHAT_JAVA_OPTS: a quote is not closed: -Da='b\n",
        new String(open.getErrorStream().readAllBytes(), UTF_8));
    assertEquals(2, open.waitFor());
  }

  @Test
  void stopsWithoutATraceWhenItsFileWasWrittenOver(@TempDir Path folder) throws Exception {
    Path jar = Files.copy(ProjectFiles.runnableJar(), folder.resolve("chat-cli.jar"));
    List<String> command = List.of(ServerProcess.JAVA, "-jar", jar.toString(), "serve");
    Map<String, String> environment =
        Map.of("CHAT_PORT", "0", "CHAT_DATA", folder.resolve("data").toString());
    try (ServerProcess server = ServerProcess.await(ServerProcess.start(environment, command))) {
      try (OutputStream over = Files.newOutputStream(jar, StandardOpenOption.WRITE)) {
        over.write(new byte[(int) Files.size(jar)]);
      }
      assertEquals(143, server.terminate());
      String log = server.log();
      assertTrue(log.contains("was the file of the program written over as it ran?"), log);
      assertFalse(log.contains("Exception") || log.contains("\tat "), log);
    }
  }

  @Test
  void servesAnotherPage(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("index.html"), "mine");
    try (ServerProcess server = serve("--data", "memory", "--static", folder.toString())) {
      try (RawWebSocket page = get(server.port(), "/")) {
        assertEquals("mine", page.body());
      }
      assertEquals(404, get(server.port(), "/app.js").status());
    }
  }

  @Test
  void saysWhoCanReachIt() throws Exception {
    try (ServerProcess server = serve("--data", "memory", "--host", "0.0.0.0")) {
      assertFalse(server.readyLine().contains("this machine only"), server.readyLine());
    }
  }

  @Test
  void refusalsNameTheOptionsThatAllowIt() throws Exception {
    try (ServerProcess server = serve("--data", "memory", "--admin-port", "0")) {
      String room = "/room/general/websocket";
      try (RawWebSocket page =
          RawWebSocket.handshake(server.port(), room, List.of("Origin: http://page.example"))) {
        assertEquals(403, page.status());
        String body = page.body();
        assertTrue(body.contains("; --allow-origin http://page.example lets them"), body);
      }
      String admin = server.readyLine().replaceFirst(".*, admin port ", "");
      try (RawWebSocket closed = get(Integer.parseInt(admin), "/rooms")) {
        String body = closed.body();
        assertTrue(body.contains("this server was started without --admin-token-file"), body);
      }
    }
  }

  @Test
  void aTakenPortIsOneLineAndExitCodeOne() throws Exception {
    try (ServerProcess first = serve("--data", "memory")) {
      Process second =
          ServerProcess.start(
              Map.of("CHAT_PORT", "" + first.port()),
              ServerProcess.command(List.of(), "serve", "--data", "memory"));
      String err = new String(second.getErrorStream().readAllBytes(), UTF_8);
      assertEquals(1, second.waitFor());
      assertEquals(
          "chat-cli: cannot listen on 127.0.0.1, port "
              + first.port()
              + ": Address already in use; --port and --host choose another",
          err.strip());
    }
  }

  @Test
  void messagesOverItsLimitAreTooBig() throws Exception {
    try (ServerProcess server =
            serve("--data", "memory", "--max-message", "1K", "--limits", "off");
        RawWebSocket client = RawWebSocket.plain(server.port(), "general")) {
      client.send("x".repeat(1024));
      client.receiveText();
      client.send("x".repeat(1025));
      assertEquals(1009, client.receive().closeCode());
    }
  }

  @Test
  void keepsMessagesInAFolderOverARestart(@TempDir Path folder) throws Exception {
    String data = folder.resolve("data").toString();
    try (ServerProcess server = serve("--data", data);
        RawWebSocket client = RawWebSocket.plain(server.port(), "general")) {
      assertTrue(server.readyLine().endsWith(", messages in " + data), server.readyLine());
      client.send("hello");
      assertEquals("hello", client.receiveText());

      ServerProcess.Outcome second = ServerProcess.run("serve", "--port", "0", "--data", data);
      assertEquals(1, second.exitCode());
      assertEquals(
          "chat-cli: another process uses " + data + ": stop it, or use another folder",
          second.err());
      assertEquals(143, server.terminate());
      assertEquals("", server.errors());
    }
    try (ServerProcess server = serve("--data", data, "--durability", "relaxed");
        RawWebSocket client =
            RawWebSocket.open(server.port(), "/room/general/websocket?history=10", List.of())) {
      assertEquals("hello", client.receiveText());
    }
  }

  @Test
  void aDamagedFileIsOneLineAndLeftAsItIs(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("chat.db"), "no database ".repeat(1000));
    ServerProcess.Outcome outcome =
        ServerProcess.run("serve", "--port", "0", "--data", folder.toString());
    assertEquals(1, outcome.exitCode());
    assertTrue(outcome.err().startsWith("chat-cli: cannot open " + file), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertTrue(Files.readString(file).startsWith("no database no database"));
  }

  @Test
  void aFolderThatSqliteCannotBeLoadedFromIsOneLine(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "not a folder");
    Process process =
        ServerProcess.start(
            Map.of(),
            ServerProcess.command(
                List.of("-Dorg.sqlite.tmpdir=" + file.resolve("below")),
                "serve",
                "--port",
                "0",
                "--data",
                folder.resolve("data").toString()));
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8).strip();
    assertEquals(1, process.waitFor());
    assertTrue(err.startsWith("chat-cli: cannot load SQLite from " + file), err);
    assertEquals(1, err.lines().count(), err);
  }

  @Test
  void looksAfterTheMessagesBesideAServer(@TempDir Path folder) throws Exception {
    String data = folder.resolve("data").toString();
    Path export = folder.resolve("general.jsonl");
    Path again = folder.resolve("again.jsonl");
    Path backup = Files.createDirectories(folder.resolve("copy")).resolve("chat.db");
    try (ServerProcess server = serve("--data", data);
        RawWebSocket client = RawWebSocket.plain(server.port(), "general")) {
      for (int i = 0; i < 50; i++) {
        client.send("message \u2028 " + i);
        client.receiveText();
        client.send(new byte[] {0, (byte) i});
        client.receive();
      }
      assertDone("1 rooms, 100 messages: all whole", "verify", "--data", data);
      assertDone("", "export", "--data", data, "--room", "general", "--to", export.toString());
      assertDone(Files.readString(export).strip(), "export", "--data", data, "--room", "general");
      assertEquals(
          0, ServerProcess.run("backup", "--data", data, "--to", backup.toString()).exitCode());
      assertFailed(
          "chat-cli: another process uses",
          "import",
          "--data",
          data,
          "--room",
          "other",
          "--from",
          export.toString());
    }
    String copy = backup.getParent().toString();
    assertDone("1 rooms, 100 messages: all whole", "verify", "--data", copy);
    assertFailed(
        "chat-cli: room general is not empty: nothing was imported",
        "import",
        "--data",
        copy,
        "--from",
        export.toString());
    String fresh = folder.resolve("fresh").toString();
    assertDone(
        "room general: 100 messages", "import", "--data", fresh, "--from", export.toString());
    assertDone("1 rooms, 100 messages: all whole", "verify", "--data", fresh);
    assertDone("", "export", "--data", fresh, "--room", "general", "--to", again.toString());
    assertEquals(Files.readString(export), Files.readString(again));
  }

  private static void assertDone(String expected, String... command) throws Exception {
    ServerProcess.Outcome outcome = ServerProcess.run(command);
    assertEquals(new ServerProcess.Outcome(0, expected, ""), outcome);
  }

  private static void assertFailed(String expected, String... command) throws Exception {
    ServerProcess.Outcome outcome = ServerProcess.run(command);
    assertEquals(1, outcome.exitCode());
    // A copy that is opened for the first time says so, in a line of its own.
    List<String> said =
        outcome.err().lines().filter(line -> !line.contains("may lack messages")).toList();
    assertEquals(1, said.size(), outcome.err());
    assertTrue(said.get(0).startsWith(expected), outcome.err());
  }
}
