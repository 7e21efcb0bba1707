package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restart that is rehearsed with {@code chat-cli drill restart}. */
final class DrillTest {
  private static Process drill(int port, String... more) throws IOException {
    List<String> command =
        ServerProcess.command(
            List.of(),
            "drill",
            "restart",
            "http://localhost:" + port,
            "--clients",
            "40",
            "--rooms",
            "4");
    command.addAll(List.of(more));
    return ServerProcess.start(Map.of(), command);
  }

  private static ServerProcess again(Path folder, int port) throws IOException {
    return ServerProcess.await(
        ServerProcess.start(
            Map.of(),
            ServerProcess.command(
                List.of(), "serve", "--port", "" + port, "--data", folder.toString())));
  }

  @Test
  void allComeBackWithEverything(@TempDir Path folder) throws Exception {
    ServerProcess first = ServerProcess.serve("--data", folder.toString());
    Process drill = drill(first.port(), "--for", "5s");
    try (BufferedReader said = drill.inputReader()) {
      assertEquals("40 clients in 4 rooms talk for 5 s: restart the server now.", said.readLine());
      first.terminate();
      try (ServerProcess second = again(folder, first.port())) {
        String report = String.join("\n", said.lines().toList());
        assertEquals(0, drill.waitFor(), report);
        assertTrue(
            report.contains("of which 40 were told to come back, 0 were cut off, 0 are not"),
            report);
        assertTrue(report.contains("{exact=40}"), report);
        assertTrue(report.matches("(?s).*messages +[1-9]\\d+ acknowledged, 0 unsettled.*"), report);
        assertTrue(report.endsWith("lost         0, doubled 0, out of order 0"), report);
        second.terminate();
      }
    }
  }

  @Test
  void aLogThatIsGoneIsNoticed(@TempDir Path folder, @TempDir Path empty) throws Exception {
    ServerProcess first = ServerProcess.serve("--data", folder.toString());
    Process drill = drill(first.port(), "--for", "5s");
    try (BufferedReader said = drill.inputReader()) {
      said.readLine();
      first.kill();
      try (ServerProcess second = again(empty, first.port())) {
        String report = String.join("\n", said.lines().toList());
        assertEquals(1, drill.waitFor(), report);
        assertTrue(report.contains("40 were cut off"), report);
        assertTrue(report.contains("{reset=40}"), report);
        second.terminate();
      }
    }
  }

  @Test
  void whereNobodyGetsInThatIsSaid(@TempDir Path folder) throws Exception {
    ServerProcess.Outcome nothing = drill("http://localhost:1");
    assertEquals(1, nothing.exitCode());
    assertTrue(nothing.err().startsWith("chat-cli: 0 of 4 clients get in at "), nothing.err());
    assertTrue(nothing.err().endsWith(": nothing answers there"), nothing.err());

    Path rules = Files.writeString(folder.resolve("rules.json"), "[]");
    try (ServerProcess server =
        ServerProcess.serve("--data", "memory", "--rules", rules.toString())) {
      ServerProcess.Outcome refused = drill("http://localhost:" + server.port());
      assertEquals(1, refused.exitCode());
      assertTrue(
          refused.err().endsWith(": closed with 4503 not allowed in this room"), refused.err());
    }
  }

  private static ServerProcess.Outcome drill(String url) throws Exception {
    return ServerProcess.run("drill", "restart", url, "--clients", "4", "--rooms", "1");
  }

  @Test
  void withoutARestartItIsNoDrill(@TempDir Path folder) throws Exception {
    try (ServerProcess server = ServerProcess.serve("--data", folder.toString())) {
      Process drill = drill(server.port(), "--for", "1s", "--json");
      JsonObject report;
      try (BufferedReader said = drill.inputReader()) {
        report = JsonParser.parseString(said.readLine()).getAsJsonObject();
      }
      assertEquals(1, drill.waitFor());
      assertEquals(0, report.get("lostWithBye").getAsInt());
      assertEquals(0, report.get("missing").getAsInt());
      assertTrue(report.get("acknowledged").getAsInt() > 10, report::toString);
    }
  }
}
