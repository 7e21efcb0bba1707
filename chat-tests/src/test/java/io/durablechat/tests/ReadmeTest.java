package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the documents point to is there; their programs are run by {@link ExampleProgramsTest}. */
final class ReadmeTest {
  private static final Pattern LINK = Pattern.compile("]\\(((?!https?:|#)[^)#]+)");

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    for (String document :
        List.of("README.md", "CONTRIBUTING.md", "docs/protocol.md", "docs/embedding.md")) {
      Path file = ProjectFiles.root().resolve(document);
      Matcher link = LINK.matcher(Files.readString(file));
      while (link.find()) {
        Path target = file.resolveSibling(link.group(1));
        assertTrue(Files.exists(target), document + " links to " + link.group(1));
      }
    }
  }
}
