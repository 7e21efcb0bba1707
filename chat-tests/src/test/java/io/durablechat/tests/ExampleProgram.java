package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/**
 * A program that a document shows, compiled as it stands there, in a process of its own that has
 * nothing on its class path but what the program needs.
 */
final class ExampleProgram implements AutoCloseable {
  private static final String PORT = "8787";
  private static final Pattern ADDRESS = Pattern.compile("ws://localhost:(\\d+)/");
  private static final Pattern JAR = Pattern.compile("<include>[^:<]+:([^:<]+)[^<]*</include>");

  private final Process process;
  private final BufferedReader said;

  private ExampleProgram(Process process) {
    this.process = process;
    this.said = process.inputReader(UTF_8);
  }

  /** What an application that embeds the server has on its class path, by the name of the jar. */
  static Set<String> jarsOfServer() throws IOException {
    // The build fails where chat-jetty brings another than it names here.
    String build = Files.readString(ProjectFiles.root().resolve("chat-jetty/pom.xml"));
    Set<String> jars = new TreeSet<>(Set.of("chat-jetty"));
    JAR.matcher(build).results().map(jar -> jar.group(1)).forEach(jars::add);
    return jars;
  }

  /**
   * Starts a program. One that would listen on the port that a server of this project has by
   * default listens on one that is free.
   *
   * @param document where it stands, in a block of Java below a comment with its file name
   * @param folder where it is compiled, and runs
   */
  static ExampleProgram start(String document, String name, Set<String> jars, Path folder)
      throws IOException {
    List<String> classPath = classPath(jars);
    Path source =
        Files.writeString(
            folder.resolve(name + ".java"), source(document, name).replace(PORT, "0"));
    ByteArrayOutputStream complaints = new ByteArrayOutputStream();
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                complaints,
                "-cp",
                String.join(File.pathSeparator, classPath),
                source.toString());
    assertEquals(0, compiled, () -> complaints.toString(UTF_8));
    classPath.add(folder.toString());
    return new ExampleProgram(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(File.pathSeparator, classPath),
                name)
            .directory(folder.toFile())
            .redirectError(folder.resolve(name + ".err").toFile())
            .start());
  }

  private static String source(String document, String name) throws IOException {
    Matcher block =
        Pattern.compile(
                "<!-- " + name + "\\.java: a test [^>]*-->\n```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(ProjectFiles.root().resolve(document)));
    assertTrue(block.find(), document + " shows no " + name);
    return block.group(1);
  }

  /** The names of all programs that a document shows. */
  static List<String> in(String document) throws IOException {
    return Pattern.compile("<!-- (\\w+)\\.java: ")
        .matcher(Files.readString(ProjectFiles.root().resolve(document)))
        .results()
        .map((MatchResult program) -> program.group(1))
        .toList();
  }

  private static List<String> classPath(Set<String> jars) {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (jars.contains(jar(Path.of(entry)))) {
        entries.add(entry);
      }
    }
    return entries;
  }

  /** The jar's name without its version; of a module that was not packaged, its folder's. */
  private static String jar(Path entry) {
    return entry.endsWith("target/classes")
        ? entry.getParent().getParent().getFileName().toString()
        : entry.getFileName().toString().replaceFirst("-[0-9][^-]*\\.jar$", "");
  }

  /** The next line it says. */
  String line() throws IOException {
    return said.readLine();
  }

  /** The port in the next line it says. */
  int port() throws IOException {
    String line = line();
    Matcher address = ADDRESS.matcher("" + line);
    assertTrue(address.find(), line);
    return Integer.parseInt(address.group(1));
  }

  /** Presses Enter. */
  void enter() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  /** Waits until it has ended by itself, in order, having said nothing more. */
  void awaitEnd() throws IOException, InterruptedException {
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it goes on");
    assertEquals(null, said.readLine());
    assertEquals(0, process.exitValue());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
