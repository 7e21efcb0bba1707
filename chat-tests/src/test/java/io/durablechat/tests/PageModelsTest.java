package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The parts of the page that know no browser, in Node.js's own test runner. */
final class PageModelsTest {
  @Test
  void theirTestsPass() throws IOException, InterruptedException {
    ProcessBuilder node =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of(Chromium.node().toString(), "--test"),
                        tests().stream().map(Path::toString))
                    .toList())
            .redirectErrorStream(true);
    node.environment().put("CHAT_FRONTEND", ProjectFiles.frontend().toAbsolutePath().toString());
    Process process = node.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(true, process.waitFor(60, TimeUnit.SECONDS), output);
    assertEquals(0, process.exitValue(), output);
  }

  private static List<Path> tests() throws IOException {
    try (Stream<Path> files = Files.list(ProjectFiles.root().resolve("chat-tests/src/test/js"))) {
      return files.filter(file -> file.toString().endsWith(".test.mjs")).sorted().toList();
    }
  }
}
