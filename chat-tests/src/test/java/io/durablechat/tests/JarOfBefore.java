package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The runnable jar of an earlier commit, built from the repository's history, once. */
final class JarOfBefore {
  private static final long BUILD_MINUTES = 10;

  private JarOfBefore() {}

  /**
   * Returns the jar of a commit, which may take as long as a build does. Where there is no history,
   * as in a source archive, the test is skipped; with {@code CHAT_TEST_HISTORY} set it fails.
   */
  static Path of(String commit) throws IOException, InterruptedException {
    Path folder = ProjectFiles.root().resolve("chat-tests/target/before");
    Path jar = folder.resolve("chat-cli-" + commit + ".jar");
    if (!Files.exists(jar)) {
      needHistoryOf(commit);
      Files.createDirectories(folder);
      Path sources = Files.createTempDirectory(folder, commit + "-");
      unpack(commit, sources);
      build(sources);
      // Whole, or not at all: another run may look for it meanwhile.
      Files.move(
          sources.resolve("chat-cli/target/chat-cli.jar"), jar, StandardCopyOption.ATOMIC_MOVE);
      delete(sources);
    }
    return jar;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static void needHistoryOf(String commit) throws IOException, InterruptedException {
    boolean known =
        Files.exists(ProjectFiles.root().resolve(".git"))
            && git("cat-file", "-e", commit + "^{commit}").waitFor() == 0;
    String reason = "no history with commit " + commit + ": nothing of before to build";
    if (System.getenv("CHAT_TEST_HISTORY") == null) {
      assumeTrue(known, reason);
    } else {
      assertTrue(known, reason);
    }
  }

  private static Process git(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("git", "-c", "safe.directory=*", "-C"));
    command.add(ProjectFiles.root().toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static void unpack(String commit, Path folder) throws IOException, InterruptedException {
    Process archive = git("archive", "--format=zip", commit);
    try (ZipInputStream zip = new ZipInputStream(archive.getInputStream())) {
      for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
        Path file = folder.resolve(entry.getName());
        // The tests of before have been run; to compile them takes most of a build.
        if (!entry.isDirectory() && !entry.getName().contains("/src/test/")) {
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
        }
      }
      // The list of contents at the end, or git could not write it.
      archive.getInputStream().transferTo(OutputStream.nullOutputStream());
    }
    assertEquals(0, archive.waitFor());
  }

  /**
   * Without the network if all is there that it needs, as it is where the dependencies are ours.
   */
  private static void build(Path sources) throws IOException, InterruptedException {
    Outcome offline = maven(sources, "--offline");
    if (offline.exitCode() != 0) {
      Outcome online = maven(sources);
      assertEquals(0, online.exitCode(), () -> offline.printed() + online.printed());
    }
  }

  private record Outcome(int exitCode, String printed) {}

  private static Outcome maven(Path sources, String... options)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("mvn", "-B", "-q", "-DskipTests", "-Dspotless.check.skip=true"));
    command.addAll(List.of(options));
    // Surefire says which repository the build itself uses.
    Optional.ofNullable(System.getProperty("localRepository"))
        .ifPresent(repository -> command.add("-Dmaven.repo.local=" + repository));
    command.addAll(List.of("--projects", "chat-cli", "--also-make", "package"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(sources.toFile()).redirectErrorStream(true);
    builder.environment().putAll(Map.of("JAVA_HOME", System.getProperty("java.home")));
    // What the build outside says to Maven is about the sources of today.
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("MAVEN_") || name.startsWith("MVN"));
    Process process = builder.start();
    process.getOutputStream().close();
    try (InputStream printed = process.getInputStream()) {
      String text = new String(printed.readAllBytes(), UTF_8);
      assertTrue(process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES));
      return new Outcome(process.exitValue(), text);
    }
  }
}
