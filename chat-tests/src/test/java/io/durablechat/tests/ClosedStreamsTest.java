package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands whose standard streams are closed, full, or bring what is no end of. */
final class ClosedStreamsTest {
  private static final String ROOM =
      """
      {"export":1,"room":"r","trimmedThrough":0,"last":1,"lastAt":1,"messages":1}
      {"seq":1,"prev":0,"at":1,"from":{"id":"x:y"},"kind":"message","text":"a"}
      """;

  @TempDir private Path folder;

  /** Runs a command with a redirection of the shell's, and something to read. */
  private ServerProcess.Outcome run(
      List<String> program, String redirection, String input, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" " + redirection, "sh"));
    command.addAll(program);
    command.addAll(List.of(arguments));
    Process process = ServerProcess.start(Map.of(), command);
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(UTF_8));
    } catch (IOException e) {
      // It has not read it.
    }
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    String errors = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new ServerProcess.Outcome(process.waitFor(), printed.strip(), errors.strip());
  }

  private static List<String> program(boolean isScript) {
    return isScript
        ? List.of(ProjectFiles.executable().toString())
        : ServerProcess.command(List.of());
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aCommandWhoseStreamIsClosedSaysSoAndHarmsNothing(boolean isScript) throws Exception {
    List<String> program = program(isScript);
    String data = folder.resolve("data").toString();
    assertEquals(
        new ServerProcess.Outcome(
            1, "", "chat-cli: cannot read the export: standard input is closed"),
        run(program, "<&-", "", "import", "--data", data));
    assertEquals(1, run(program, "<&- >&- 2>&-", "", "import", "--data", data).exitCode());
    assertEquals(0, run(program, "2>&-", ROOM, "import", "--data", data).exitCode());
    assertEquals(
        new ServerProcess.Outcome(
            1, "", "chat-cli: cannot write the export: standard output is closed"),
        run(program, ">&-", "", "export", "--data", data, "--room", "r"));
    for (String closed : List.of("<&-", "<&- 2>&-")) {
      assertEquals(
          new ServerProcess.Outcome(0, "1 rooms, 1 messages: all whole", ""),
          run(program, closed, "", "verify", "--data", data));
    }
    String backup = folder.resolve("backup").toString();
    assertEquals(
        0, run(program, "<&- 2>&-", "", "backup", "--data", data, "--to", backup).exitCode());
    assertEquals(
        ROOM.strip(), run(program, "<&-", "", "export", "--data", data, "--room", "r").out());
  }

  @ParameterizedTest
  @CsvSource({">&-", ">/dev/full"})
  void whatCouldNotBeSaidIsNotTakenForDone(String redirection) throws Exception {
    String data = folder.resolve("data").toString();
    assertEquals(0, run(program(false), "", ROOM, "import", "--data", data).exitCode());
    ServerProcess.Outcome outcome = run(program(false), redirection, "", "verify", "--data", data);
    assertEquals(
        new ServerProcess.Outcome(
            1, "", "chat-cli: what it has to say could not be written to standard output"),
        outcome);
  }

  @Test
  void aLineWithoutEndIsRefusedInLittleMemory() throws Exception {
    Process process =
        ServerProcess.start(
            Map.of(),
            ServerProcess.command(
                List.of("-Xmx64m"), "import", "--data", folder.resolve("data").toString()));
    byte[] chunk = "x".repeat(1 << 20).getBytes(UTF_8);
    try (OutputStream in = process.getOutputStream()) {
      in.write(ROOM.lines().findFirst().orElseThrow().getBytes(UTF_8));
      in.write("\n{\"seq\":1,\"text\":\"".getBytes(UTF_8));
      for (int i = 0; i < 300; i++) {
        in.write(chunk);
      }
    } catch (IOException e) {
      // It has seen enough.
    }
    String errors = new String(process.getErrorStream().readAllBytes(), UTF_8).strip();
    assertEquals(1, process.waitFor());
    assertTrue(errors.startsWith("chat-cli: line 2: longer than"), errors);
    assertEquals(1, Stream.of(errors.split("\n", -1)).count(), errors);
  }
}
