package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.jetty.RawWebSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server as a process of its own. */
final class ServeTest {
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final Pattern READY =
      Pattern.compile("Durable Chat is ready: http://localhost:(\\d+)/.*");

  /** A started server. */
  private record Serving(Process process, BufferedReader out, String readyLine, int port)
      implements AutoCloseable {
    int terminate() throws InterruptedException {
      // By handle: Process.destroy() would close the streams that are still to be read.
      process.toHandle().destroy();
      assertTrue(process.waitFor(5, TimeUnit.SECONDS), "still running 5 s after SIGTERM");
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private static Process start(Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("CHAT_"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static Serving serve(Map<String, String> environment, List<String> command)
      throws IOException {
    Process process = start(environment, command);
    BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    String line = out.readLine();
    if (line == null) {
      throw new AssertionError(new String(process.getErrorStream().readAllBytes(), UTF_8));
    }
    Matcher ready = READY.matcher(line);
    assertTrue(ready.matches(), line);
    return new Serving(process, out, line, Integer.parseInt(ready.group(1)));
  }

  private static Serving serve(String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(JAVA, "-jar", ProjectFiles.runnableJar().toString(), "serve", "--port", "0"));
    command.addAll(List.of(options));
    return serve(Map.of(), command);
  }

  private static RawWebSocket get(int port, String path) {
    return RawWebSocket.request(
        port, List.of("GET " + path + " HTTP/1.1", "Host: localhost:" + port));
  }

  @Test
  void servesItsOwnPageAndRoomsAndStopsInOrder() throws Exception {
    try (Serving server = serve()) {
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
      assertEquals(null, server.out().readLine());
      assertEquals("", new String(server.process().getErrorStream().readAllBytes(), UTF_8));
    }
  }

  @Test
  void isOneExecutableFile(@TempDir Path elsewhere) throws Exception {
    Path alone = Files.copy(ProjectFiles.executable(), elsewhere.resolve("chat-cli"));
    assertTrue(alone.toFile().setExecutable(true));
    try (Serving server = serve(Map.of("CHAT_PORT", "0"), List.of(alone.toString(), "serve"))) {
      assertEquals(200, get(server.port(), "/").status());
      assertEquals(143, server.terminate());
    }
  }

  @Test
  void servesAnotherPage(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("index.html"), "mine");
    try (Serving server = serve("--static", folder.toString())) {
      try (RawWebSocket page = get(server.port(), "/")) {
        assertEquals("mine", page.body());
      }
      assertEquals(404, get(server.port(), "/app.js").status());
    }
  }

  @Test
  void saysWhoCanReachIt() throws Exception {
    try (Serving server = serve("--host", "0.0.0.0")) {
      assertFalse(server.readyLine().contains("this machine only"), server.readyLine());
    }
  }

  @Test
  void aTakenPortIsOneLineAndExitCodeOne() throws Exception {
    try (Serving first = serve()) {
      Process second =
          start(
              Map.of("CHAT_PORT", "" + first.port()),
              List.of(JAVA, "-jar", ProjectFiles.runnableJar().toString(), "serve"));
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
    try (Serving server = serve("--max-message", "1K", "--limits", "off");
        RawWebSocket client = RawWebSocket.plain(server.port(), "general")) {
      client.send("x".repeat(1024));
      client.receiveText();
      client.send("x".repeat(1025));
      assertEquals(1009, client.receive().closeCode());
    }
  }
}
