package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code chat-cli doctor} says about this machine, and about worse ones. */
final class DoctorTest {
  @TempDir private Path folder;

  private ServerProcess.Outcome doctor(String... arguments)
      throws IOException, InterruptedException {
    return ServerProcess.run(
        Stream.concat(Stream.of("doctor", "--data", folder.toString()), Stream.of(arguments))
            .toArray(String[]::new));
  }

  private static Map<String, String> grades(ServerProcess.Outcome outcome) {
    Map<String, String> grades = new TreeMap<>();
    for (JsonElement finding : JsonParser.parseString(outcome.out()).getAsJsonArray()) {
      grades.put(
          finding.getAsJsonObject().get("about").getAsString(),
          finding.getAsJsonObject().get("grade").getAsString());
    }
    return grades;
  }

  @Test
  void looksAtAMachineAndAServerAndLeavesNothing() throws Exception {
    try (ServerProcess server = ServerProcess.serve("--data", folder.toString())) {
      String url = "http://localhost:" + server.port();
      ServerProcess.Outcome outcome =
          doctor("--sessions", "10", "--url", url, "--port", "" + server.port());
      assertEquals(0, outcome.exitCode(), outcome.out() + outcome.err());
      assertEquals("", outcome.err());
      List<String> lines = outcome.out().lines().toList();
      assertEquals(10, lines.size(), outcome.out());
      assertTrue(
          lines.get(1).matches("ok {4}descriptors +\\d+, enough for 10 sessions"), lines.get(1));
      assertTrue(lines.get(3).startsWith("ok    data"), lines.get(3));
      assertTrue(lines.get(4).matches("(ok|warn) +sync .*: a sync takes .* ms.*"), lines.get(4));
      assertTrue(lines.get(8).startsWith("warn  port"), lines.get(8));
      assertTrue(lines.get(9).startsWith("ok    line"), lines.get(9));
      try (Stream<Path> files = Files.list(folder)) {
        assertFalse(files.anyMatch(file -> file.toString().contains("doctor")));
      }
    }
  }

  @Test
  void saysWhatIsTooLittle() throws Exception {
    Map<String, String> grades =
        grades(doctor("--json", "--sessions", "2000000000", "--port", "0"));
    assertEquals("warn", grades.get("descriptors"));
    assertEquals("warn", grades.get("heap"));
    assertEquals("ok", grades.get("port"));
  }

  @Test
  void whatFailsIsSaidByTheExitCode() throws Exception {
    Path none = Files.writeString(folder.resolve("cert.pem"), "nothing");
    ServerProcess.Outcome outcome = doctor("--json", "--tls-cert", none.toString());
    assertEquals(1, outcome.exitCode());
    assertEquals("fail", grades(outcome).get("certificate"));
    ServerProcess.Outcome missing = doctor("--tls-cert", "nowhere.pem");
    assertTrue(missing.out().contains("there is no file nowhere.pem"), missing.out());
    ServerProcess.Outcome gone = doctor("--url", "http://localhost:1");
    assertEquals(1, gone.exitCode());
    assertTrue(gone.out().contains("nothing answers there"), gone.out());
    assertEquals(2, doctor("--url", "localhost").exitCode());
    assertEquals(2, doctor("--url", "http://localhost:70000").exitCode());
    assertEquals(2, doctor("--port", "70000").exitCode());
    assertEquals(2, doctor("--sessions", "0").exitCode());
    // Of a network that is for documents (RFC 5737).
    assertEquals("fail", grades(doctor("--json", "--host", "203.0.113.5")).get("port"));
    ServerProcess.Outcome file =
        ServerProcess.run("doctor", "--data", none.resolve("data").toString());
    assertEquals(1, file.exitCode());
    assertTrue(file.out().contains(none + " is no folder"), file.out());
  }

  @Test
  void findsOutBeforeTheFirstStartThatSqliteCannotBeLoaded() throws Exception {
    // As little as from a folder that is mounted noexec.
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    Path data = folder.resolve("new");
    Process doctor =
        ServerProcess.start(
            Map.of(),
            ServerProcess.command(
                List.of("-Dorg.sqlite.tmpdir=" + file.resolve("below")),
                "doctor",
                "--data",
                data.toString(),
                "--port",
                "0"));
    String found = new String(doctor.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(1, doctor.waitFor(), found);
    assertTrue(found.contains("fail  sqlite       cannot load SQLite from " + file), found);
    assertEquals(0, doctor("--port", "0").exitCode());
    assertEquals(List.of(file), files());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void aServerThatLetsNobodyInIsNotTakenForAProxyThatCuts() throws Exception {
    Path rules = Files.writeString(folder.resolve("rules.json"), "[]");
    try (ServerProcess server =
        ServerProcess.serve("--data", "memory", "--rules", rules.toString())) {
      ServerProcess.Outcome outcome = doctor("--url", "http://localhost:" + server.port());
      assertEquals(1, outcome.exitCode());
      assertTrue(outcome.out().contains("no session is let in (closed with 4503 "), outcome.out());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "426, a proxy must pass on Upgrade and Connection",
    "429, 'that is over its limits, see --limits'"
  })
  void saysWhatAnotherAnswerThanAHandshakeMeans(int status, String meaning) throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread answers =
          new Thread(
              () -> {
                try (Socket socket = proxy.accept()) {
                  socket
                      .getOutputStream()
                      .write(
                          String.format(
                                  Locale.ROOT,
                                  "HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n",
                                  status)
                              .getBytes(StandardCharsets.US_ASCII));
                  socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      answers.start();
      ServerProcess.Outcome outcome = doctor("--url", "http://127.0.0.1:" + proxy.getLocalPort());
      assertEquals(1, outcome.exitCode());
      assertTrue(outcome.out().contains("with " + status + ": " + meaning), outcome.out());
      answers.join();
    }
  }
}
