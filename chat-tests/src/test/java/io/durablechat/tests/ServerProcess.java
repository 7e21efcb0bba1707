package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The packaged server as a process of its own. */
final class ServerProcess implements AutoCloseable {
  static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final Pattern READY =
      Pattern.compile("Durable Chat is ready: https?://localhost:(\\d+)/.*");
  private static final Pattern USED_HEAP = Pattern.compile("used (\\d+)K");
  private static final int STOP_SECONDS = 10;

  private final Process process;
  private final BufferedReader out;
  private final String readyLine;
  private final int port;

  private ServerProcess(Process process, BufferedReader out, String readyLine, int port) {
    this.process = process;
    this.out = out;
    this.readyLine = readyLine;
    this.port = port;
  }

  /** Starts any command, with nothing of the settings of whoever runs the tests. */
  static Process start(Map<String, String> environment, List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("CHAT_"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** The command of the runnable jar, with options for Java itself before it. */
  static List<String> command(List<String> javaOptions, String... arguments) {
    return command(ProjectFiles.runnableJar(), javaOptions, arguments);
  }

  private static List<String> command(Path jar, List<String> javaOptions, String... arguments) {
    List<String> command = new ArrayList<>(List.of(JAVA));
    command.addAll(javaOptions);
    command.addAll(List.of("-jar", jar.toString()));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /** Starts a server, on a port that is free, and waits until it is ready. */
  static ServerProcess serve(String... options) throws IOException {
    return serve(List.of(), options);
  }

  static ServerProcess serve(List<String> javaOptions, String... options) throws IOException {
    return serve(ProjectFiles.runnableJar(), javaOptions, options);
  }

  /** The same with another runnable jar, such as one of before. */
  static ServerProcess serve(Path jar, List<String> javaOptions, String... options)
      throws IOException {
    List<String> command = command(jar, javaOptions, "serve", "--port", "0");
    command.addAll(List.of(options));
    if (!command.contains("--limits")) {
      // Most tests are in a hurry that the limits are there to stop.
      command.addAll(List.of("--limits", "off"));
    }
    return await(start(Map.of(), command));
  }

  /** Waits until a server that was started is ready. */
  static ServerProcess await(Process process) throws IOException {
    BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    String line = out.readLine();
    if (line == null) {
      throw new AssertionError(new String(process.getErrorStream().readAllBytes(), UTF_8));
    }
    Matcher ready = READY.matcher(line);
    assertTrue(ready.matches(), line);
    return new ServerProcess(process, out, line, Integer.parseInt(ready.group(1)));
  }

  /** Runs a command of the runnable jar to its end. */
  static Outcome run(String... arguments) throws IOException, InterruptedException {
    Process process = start(Map.of(), command(List.of(), arguments));
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    String errors = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new Outcome(process.waitFor(), printed.strip(), errors.strip());
  }

  /** What became of a command. */
  record Outcome(int exitCode, String out, String err) {}

  int port() {
    return port;
  }

  String readyLine() {
    return readyLine;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What is in use of its heap, once what is not has been collected. */
  long usedHeapBytes() throws IOException, InterruptedException {
    jcmd("GC.run");
    Matcher used = USED_HEAP.matcher(jcmd("GC.heap_info"));
    assertTrue(used.find());
    return Long.parseLong(used.group(1)) << 10;
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process asking = new ProcessBuilder(jcmd, "" + pid(), command).start();
    String said = new String(asking.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, asking.waitFor(), said);
    return said;
  }

  /** SIGTERM; returns the exit code. */
  int terminate() throws InterruptedException {
    // By handle: Process.destroy() would close the streams that are still to be read.
    process.toHandle().destroy();
    assertTrue(process.waitFor(STOP_SECONDS, TimeUnit.SECONDS), "still running long after SIGTERM");
    return process.exitValue();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    assertTrue(process.waitFor(STOP_SECONDS, TimeUnit.SECONDS), "still running after SIGKILL");
  }

  /** What it said after its ready line, once it has ended. */
  String restOfOutput() throws IOException {
    StringBuilder rest = new StringBuilder();
    for (String line; (line = out.readLine()) != null; ) {
      rest.append(line).append('\n');
    }
    return rest.toString();
  }

  /** What went wrong as it said on standard error, once it has ended. */
  String errors() throws IOException {
    return log().lines().filter(line -> !line.contains(" INFO ")).collect(Collectors.joining("\n"));
  }

  /** All it said on standard error, once it has ended. */
  String log() throws IOException {
    return new String(process.getErrorStream().readAllBytes(), UTF_8);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
