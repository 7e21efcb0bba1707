package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.jetty.RawWebSocket;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged program, started without Java's own option, when its memory runs out. */
final class OutOfMemoryTest {
  private static final int PATIENCE_SECONDS = 60;

  @ParameterizedTest
  @ValueSource(strings = {"dies", "keeps"})
  @Timeout(2 * PATIENCE_SECONDS)
  void endsAndIsNotLeftHalfAlive(String hog, @TempDir Path folder) throws Exception {
    List<String> command =
        List.of(
            ServerProcess.JAVA,
            "-Xmx64m",
            "-Dhog=" + hog,
            "-cp",
            ProjectFiles.runnableJar() + File.pathSeparator + classes(),
            MemoryHog.class.getName(),
            "serve",
            "--port",
            "0",
            "--data",
            folder.resolve("data").toString());
    Process process = ServerProcess.start(Map.of(), command);
    try (ServerProcess server = ServerProcess.await(process)) {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      // Who comes now takes memory in other threads than that one.
      while (!process.waitFor(1, TimeUnit.SECONDS)) {
        knock(server.port());
      }
      assertEquals(3, process.exitValue());
      String said = new String(process.getErrorStream().readAllBytes(), UTF_8);
      assertTrue(said.contains("chat-cli: out of memory; a larger -Xmx allows more\n"), said);
      assertTrue(said.lines().noneMatch(line -> line.startsWith("\tat ")), said);
    }
  }

  private static Path classes() throws Exception {
    return Path.of(MemoryHog.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static void knock(int port) {
    try {
      RawWebSocket.handshake(port, "/room/general/websocket", List.of()).close();
    } catch (RuntimeException | AssertionError e) {
      // It is ending, as it should.
    }
  }
}
