package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Room;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows works as it stands there. */
final class ReadmeTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("<!-- (\\w+\\.java):[^>]*-->\\n```java\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("]\\(((?!https?:|#)[^)#]+)");

  @Test
  void theEmbeddingExampleCompilesAgainstCoreAloneAndRuns(@TempDir Path folder)
      throws IOException, InterruptedException, URISyntaxException {
    Matcher example = EXAMPLE.matcher(Files.readString(ProjectFiles.root().resolve("README.md")));
    assertTrue(example.find(), "no example in the README");
    Path source = Files.writeString(folder.resolve(example.group(1)), example.group(2));
    Path core = Path.of(Room.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", core.toString(), source.toString());
    assertEquals(0, compiled);

    String name = example.group(1).replace(".java", "");
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                core + File.pathSeparator + folder,
                name)
            .redirectErrorStream(true)
            .start();
    assertEquals("Hello, room\n", new String(program.getInputStream().readAllBytes(), UTF_8));
    assertTrue(program.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, program.exitValue());
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    for (String document : List.of("README.md", "CONTRIBUTING.md", "docs/protocol.md")) {
      Path file = ProjectFiles.root().resolve(document);
      Matcher link = LINK.matcher(Files.readString(file));
      while (link.find()) {
        Path target = file.resolveSibling(link.group(1));
        assertTrue(Files.exists(target), document + " links to " + link.group(1));
      }
    }
  }
}
