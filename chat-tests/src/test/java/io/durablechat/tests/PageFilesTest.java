package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page's files as they are, without a browser. */
final class PageFilesTest {
  private static final Pattern LISTED =
      Pattern.compile(
          "\"file\": \"([^\"]+)\",\\s+\"path\": \"[^\"]+\",\\s+\"sha384\": \"([^\"]+)\"");
  private static final Pattern IMPORT = Pattern.compile("from '([^']+)'|import\\('([^']+)'\\)");
  private static final Pattern READS_HTML =
      Pattern.compile(
          "innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\\.write"
              + "|createContextualFragment|srcdoc|DOMParser|\\beval\\(|new Function");

  /** What it has: see decision 7. */
  private static final long MOST_BYTES = 102_000;

  private static final Path VENDOR = ProjectFiles.frontend().resolve("vendor");

  private static List<Path> own(String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(ProjectFiles.frontend())) {
      return files
          .filter(file -> file.toString().endsWith(suffix) && !file.startsWith(VENDOR))
          .sorted()
          .toList();
    }
  }

  private static String sha384(Path file) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-384").digest(Files.readAllBytes(file));
    return Base64.getEncoder().encodeToString(hash);
  }

  @Test
  void vendoredFilesAreWhatTheirManifestSays() throws Exception {
    Map<String, String> listed = new TreeMap<>();
    String manifest = Files.readString(VENDOR.resolve("manifest.json"));
    for (MatchResult file : LISTED.matcher(manifest).results().toList()) {
      listed.put(file.group(1), file.group(2));
    }
    Map<String, String> there = new TreeMap<>();
    try (Stream<Path> files = Files.list(VENDOR)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        // The types are our own description of what we use.
        if (!name.equals("manifest.json") && !name.endsWith(".d.ts")) {
          there.put(name, sha384(file));
        }
      }
    }
    assertEquals(listed, there);
  }

  @Test
  void modulesNameEachOtherByRelativePathsThatExist() throws IOException {
    for (Path module : own(".js")) {
      IMPORT
          .matcher(Files.readString(module).replaceAll("/\\*\\*?[\\s\\S]*?\\*/", ""))
          .results()
          .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
          .forEach(
              name -> {
                assertTrue(name.startsWith("./") || name.startsWith("../"), module + ": " + name);
                assertTrue(Files.exists(module.resolveSibling(name)), module + ": " + name);
              });
    }
  }

  @Test
  void nothingReadsTextAsHtml() throws IOException {
    for (Path module : own(".js")) {
      assertFalse(READS_HTML.matcher(Files.readString(module)).find(), module.toString());
    }
  }

  @Test
  void thePageBringsItsOwnStrictPolicyAndAsksNobodyElse() throws IOException {
    String html = Files.readString(ProjectFiles.frontend().resolve("index.html"));
    for (String rule :
        List.of(
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self' ws: wss:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types shell")) {
      assertTrue(html.contains(rule), rule);
    }
    assertFalse(html.contains("//"), "an address of somebody else's");
    assertFalse(html.contains("unsafe"), "a hole in the policy");
  }

  @Test
  void thePageIsSmallEnoughToBeRead() throws IOException {
    long bytes = 0;
    for (Path file : Stream.concat(own(".js").stream(), own(".css").stream()).toList()) {
      bytes += Files.size(file);
    }
    assertTrue(bytes <= MOST_BYTES, bytes + " bytes of JavaScript and CSS");
  }

  /** Skipped without TypeScript, and said so; in CI that is a failure. */
  @Test
  void typesHold() throws IOException, InterruptedException {
    Path bin = ProjectFiles.root().resolve("node_modules/.bin").toAbsolutePath();
    Optional<Path> checker =
        Stream.concat(Stream.of(bin), Stream.of(System.getenv("PATH").split(":", -1)).map(Path::of))
            .map(folder -> folder.resolve("tsc"))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(checker.isPresent() || System.getenv("CI") != null, "needs tsc: ./test installs it");
    Path project = ProjectFiles.root().resolve("chat-tests/src/test/js/tsconfig.json");
    Process tsc =
        new ProcessBuilder(checker.orElseThrow().toString(), "-p", project.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(tsc.getInputStream().readAllBytes(), UTF_8);
    assertTrue(tsc.waitFor(120, TimeUnit.SECONDS), output);
    assertEquals(0, tsc.exitValue(), output);
  }
}
