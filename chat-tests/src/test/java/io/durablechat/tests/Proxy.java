package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The proxies that the documents have a configuration for, started with just that. */
enum Proxy {
  NGINX("listen 443", "listen 127.0.0.1:%d") {
    @Override
    List<String> command(Path file) {
      return List.of("-e", "stderr", "-c", file.toString());
    }

    @Override
    String around(String documented, Path folder) {
      String user = "root".equals(System.getProperty("user.name")) ? "user root;\n" : "";
      StringBuilder whole = new StringBuilder(user);
      whole.append("daemon off;\nerror_log stderr;\nevents {}\n");
      whole.append("pid ").append(folder).append("/nginx.pid;\nhttp {\naccess_log off;\n");
      for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
        whole.append(kind).append("_temp_path ").append(folder).append("/nginx-").append(kind);
        whole.append(";\n");
      }
      return whole + documented + "}\n";
    }
  },

  HAPROXY("bind :443", "bind 127.0.0.1:%d") {
    @Override
    List<String> command(Path file) {
      return List.of("-db", "-f", file.toString());
    }
  },

  CADDY("chat.example {", "https://localhost:%d {\n  bind 127.0.0.1") {
    @Override
    List<String> command(Path file) {
      return List.of("run", "--adapter", "caddyfile", "--config", file.toString());
    }

    @Override
    String around(String documented, Path folder) {
      return "{\n  admin off\n  auto_https disable_redirects\n  storage file_system "
          + folder
          + "/caddy\n}\n"
          + documented;
    }
  };

  /** Set where the tests that need these programs must not be left out. */
  private static final String REQUIRED = "CHAT_TEST_PROXIES";

  /** Somebody else may take the port that was free. */
  private static final int ATTEMPTS = 5;

  private final String documentedPort;
  private final String otherPort;

  Proxy(String documentedPort, String otherPort) {
    this.documentedPort = documentedPort;
    this.otherPort = otherPort;
  }

  abstract List<String> command(Path file);

  /** The whole configuration: what the document leaves to the distribution is not for a test. */
  String around(String documented, Path folder) {
    return documented;
  }

  String program() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The configuration as the document shows it. */
  String documented() throws IOException {
    return documented("```" + program() + "\n(.*?)```");
  }

  /** What stands in this place of the document about running a server. */
  static String documented(String pattern) throws IOException {
    Matcher found =
        Pattern.compile(pattern, Pattern.DOTALL)
            .matcher(Files.readString(ProjectFiles.root().resolve("docs/operations.md")));
    assertTrue(found.find(), () -> "not in docs/operations.md: " + pattern);
    return found.group(1);
  }

  /** Puts one text in the place of another, which must be there. */
  static String replaced(String in, String what, String by) {
    assertTrue(in.contains(what), () -> what + " is not in " + in);
    return in.replace(what, by);
  }

  /** Leaves a test out where the program is not installed; fails it where it must be. */
  static Path require(String program) {
    // Debian keeps servers where only root looks.
    Optional<Path> found =
        Stream.of((System.getenv("PATH") + ":/usr/sbin").split(File.pathSeparator, -1))
            .map(folder -> Path.of(folder, program))
            .filter(Files::isExecutable)
            .findFirst();
    if (found.isEmpty() && System.getenv(REQUIRED) != null) {
      fail(REQUIRED + " is set, but " + program + " is not installed");
    }
    return found.orElseGet(() -> abort("needs " + program + ": ./test installs it"));
  }

  /**
   * Starts it in front of a server on this machine.
   *
   * @param configuration as documented, or changed
   * @param certificates the folder in the place of the documented one
   */
  Running start(String configuration, Path certificates, int serverPort)
      throws IOException, InterruptedException {
    Path program = require(program());
    String documented = replaced(configuration, "127.0.0.1:8787", "127.0.0.1:" + serverPort);
    documented = replaced(documented, "/etc/ssl/chat", certificates.toString());
    documented = documented.replace("server_name chat.example", "server_name localhost");
    Path said = certificates.resolve(program() + ".log");
    for (int i = 0; i < ATTEMPTS; i++) {
      int port = freePort();
      String ours =
          replaced(documented, documentedPort, String.format(Locale.ROOT, otherPort, port));
      Path file =
          Files.writeString(
              certificates.resolve(program() + ".conf"), around(ours, certificates) + "\n");
      List<String> command = new ArrayList<>(List.of(program.toString()));
      command.addAll(command(file));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      if (listens(process, port)) {
        return new Running(process, port);
      }
    }
    throw new AssertionError(program + " does not start: " + Files.readString(said));
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static boolean listens(Process process, int port) throws InterruptedException {
    while (!process.waitFor(20, TimeUnit.MILLISECONDS)) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return socket.isConnected();
      } catch (IOException e) {
        // Not yet; if never, it ends, or the test's time does.
      }
    }
    return false;
  }

  /** A proxy that runs. */
  record Running(Process process, int port) implements AutoCloseable {
    @Override
    public void close() {
      // The children, too: those of nginx would live on. It goes first, or it would start others.
      List<ProcessHandle> all =
          Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
      all.forEach(ProcessHandle::destroyForcibly);
      process.onExit().join();
    }
  }
}
