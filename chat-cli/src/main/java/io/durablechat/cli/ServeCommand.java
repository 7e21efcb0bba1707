package io.durablechat.cli;

import io.durablechat.core.Broadcaster;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Moderation;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.SettingNames;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.jetty.AdminServer;
import io.durablechat.jetty.ChatServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a chat server until it is told to stop. */
@Command(
    name = "serve",
    description = "Runs a chat server until it is told to stop (Ctrl-C, SIGTERM).",
    mixinStandardHelpOptions = true,
    versionProvider = ChatCli.Version.class,
    sortOptions = false,
    footer = {
      "",
      "Every option can also be set in the environment (--max-message as",
      "CHAT_MAX_MESSAGE) or in the settings file (max-message=64K). The command line",
      "comes first, then the environment, then the file."
    })
final class ServeCommand implements Callable<Integer> {
  private static final String PAGE = "/io/durablechat/page/";
  private static final SettingNames OPTIONS =
      new SettingNames("--allow-origin", "--trusted-proxy", "--admin-token-file");
  private static final Duration DRAIN = Duration.ofSeconds(2);
  private static final Duration FAREWELL = Duration.ofMillis(1500);
  private static final int MAX_PORT = 65_535;

  @Spec private CommandSpec spec;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "" + ChatServer.DEFAULT_PORT,
      description = "Port to listen on; 0 takes a free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = ListenAddress.LOCALHOST,
      description =
          "Address to listen on. Default: ${DEFAULT-VALUE}, this machine only, by IPv4 and IPv6;"
              + " 0.0.0.0 opens the server to the network.")
  private String host;

  @Option(
      names = "--static",
      paramLabel = "DIR",
      description = "Folder of files to serve. Default: the page that is built in.")
  private Path page;

  @Mixin private LogOptions log;

  @Option(
      names = "--max-message",
      paramLabel = "SIZE",
      defaultValue = "1M",
      converter = ByteSize.class,
      description = "Largest message, in bytes, or with K or M. Default: ${DEFAULT-VALUE}.")
  private int maxMessage;

  @Option(
      names = "--write-stall",
      paramLabel = "TIME",
      defaultValue = "60s",
      converter = Age.class,
      description =
          "For how long a peer may take no byte of what is sent to it before it is cut off. Default:"
              + " ${DEFAULT-VALUE}.")
  private Duration writeStall;

  @Option(
      names = "--public-rooms",
      paramLabel = "ROOM",
      split = ",",
      converter = ListedRoom.class,
      description = "Rooms that GET /rooms names, with commas between. Default: none.")
  private List<RoomName> publicRooms = List.of();

  @Mixin private AccessOptions access;

  @Mixin private AdminOptions admin;

  @Option(
      names = "--limits",
      paramLabel = "FILE|off",
      description =
          "How much is let through, in a file of limits in place of the standard ones (see"
              + " docs/security.md); off: everything, for load tests.")
  private Optional<String> limits;

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      defaultValue = "text",
      converter = LogFormatConverter.class,
      description = "How lines on standard error look. Default: ${DEFAULT-VALUE}.")
  private LogFormat logFormat;

  @Option(
      names = "--jakarta",
      description =
          "Take WebSockets by the Jakarta API, as applications do that mount the endpoint: to"
              + " compare.")
  private boolean jakarta;

  @SuppressWarnings("unused") // ConfigFile has read it before the others could be parsed.
  @Option(
      names = ConfigFile.OPTION,
      paramLabel = "FILE",
      description = "Settings file, in the form of Java properties.")
  private Path config;

  ServeCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    Logging.tellOfServer(logFormat);
    Settings.notes(spec.commandLine()).forEach(Logging::warn);
    ListenAddress address = listenAddress();
    // Before anything is opened: what is wrong with them is said at once.
    EndpointSettings endpoint =
        admin.of(
            access
                .of(
                    EndpointSettings.DEFAULT
                        .settingNames(OPTIONS)
                        .writeStall(writeStall)
                        .publicRooms(publicRooms))
                .limits(limits()));
    Broadcaster broadcaster = log.open();
    RoomDirectory rooms;
    ChatServer server;
    Optional<AdminServer> operators;
    try {
      rooms =
          RoomDirectory.on(broadcaster)
              .moderation(moderation(broadcaster))
              .maxMessageBytes(maxMessage)
              .open();
      server = server(rooms, address, withSecret(endpoint));
      start(server);
      operators = startAdmin(server, rooms);
    } catch (IOException | ParameterException e) {
      broadcaster.close();
      throw e;
    }
    HeldLogManager.hold();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> stop(server, operators, rooms, broadcaster), "chat-stop"));
    spec.commandLine()
        .getOut()
        .println(
            address.readyLine(server.port(), access.isSecure())
                + ", "
                + log.place()
                + operators.map(AdminOptions::place).orElse(""));
    spec.commandLine().getOut().flush();
    Logging.info("Ready on port {0}, {1}", "" + server.port(), log.place());
    // Until the process is told to end; then the hook above ends it in order.
    new CountDownLatch(1).await();
    return 0;
  }

  private Moderation moderation(Broadcaster broadcaster) throws IOException {
    try {
      return Moderation.open(broadcaster, log.clock()).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new IOException(
          "what moderators decided cannot be read from the log, which may be damaged: chat-cli"
              + " verify --data says how much of it",
          e);
    }
  }

  private EndpointSettings withSecret(EndpointSettings settings) throws IOException {
    return log.folder().isPresent()
        ? settings.serverSecret(SecretFile.in(log.folder().get()))
        : settings;
  }

  private ChatServer server(RoomDirectory rooms, ListenAddress address, EndpointSettings endpoint) {
    ChatServer.Builder settings =
        access.of(ChatServer.of(rooms).port(port).addresses(address.addresses()));
    settings.endpoint(endpoint);
    if (jakarta) {
      settings.jakarta();
    }
    return Optional.ofNullable(page)
        .map(settings::files)
        .orElseGet(() -> settings.filesFromClassPath(PAGE))
        .build();
  }

  private Optional<AdminServer> startAdmin(ChatServer server, RoomDirectory rooms)
      throws IOException {
    try {
      return admin.start(server, rooms, log.folder());
    } catch (IOException e) {
      server.close();
      throw new IOException(Words.ofListening(e, "--admin-port and --admin-host"), e);
    }
  }

  private static void start(ChatServer server) throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      throw new IOException(Words.ofListening(e, "--port and --host"), e);
    }
  }

  private void check() {
    if (port < 0 || port > MAX_PORT) {
      throw wrong("--port must be 0 to " + MAX_PORT + ", not " + port);
    }
    if (page != null && page.toString().isBlank()) {
      // Not the folder we happen to be in, which an empty path means to Java.
      throw wrong("--static names no folder");
    }
    if (page != null && !Files.isDirectory(page)) {
      throw wrong(
          "--static: " + (Files.exists(page) ? "not a folder: " : "no such folder: ") + page);
    }
    log.check();
    admin.check();
  }

  private Limits limits() {
    if (limits.isEmpty()) {
      return Limits.DEFAULT;
    }
    if (limits.get().equals("off")) {
      return Limits.OFF;
    }
    try {
      SettingsFile given = SettingsFile.read(Path.of(limits.get()));
      Map<String, String> values = new TreeMap<>();
      given.keys().forEach(key -> values.put(key, given.value(key).orElseThrow()));
      return Limits.of(values);
    } catch (IOException e) {
      throw wrong("--limits: not a file of limits that can be read: " + limits.get());
    } catch (IllegalArgumentException e) {
      throw wrong("--limits: " + e.getMessage() + ", in " + limits.get());
    }
  }

  private ListenAddress listenAddress() {
    try {
      return ListenAddress.of(host);
    } catch (IOException e) {
      throw wrong("--host: no such address: " + host);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** What was accepted is kept and answered; then everybody is told to come back. */
  private static void stop(
      ChatServer server,
      Optional<AdminServer> operators,
      RoomDirectory rooms,
      Broadcaster broadcaster) {
    Logging.info("Stopping: {0} connections are told to come back", "" + server.connections());
    server.markUnready();
    inOrder(() -> drain(rooms));
    inOrder(() -> server.stop(CloseReason.RESTART, FAREWELL));
    inOrder(broadcaster::close);
    // Last: until then it tells that the server is not ready.
    operators.ifPresent(admin -> inOrder(admin::close));
    Logging.info("Stopped");
    HeldLogManager.release();
  }

  private static void drain(RoomDirectory rooms) {
    try {
      rooms
          .drain(CloseReason.RESTART)
          .toCompletableFuture()
          .get(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      Logging.debug("Stopping with messages not settled", e);
    }
  }

  /** What stops comes to its end, whatever becomes of the others. */
  private static void inOrder(Runnable stop) {
    try {
      stop.run();
    } catch (RuntimeException | LinkageError e) {
      // Java takes classes from the program's file when it first needs them, to the end.
      Logging.info("Not stopped in order; was the file of the program written over as it ran?");
      Logging.debug("Stopped out of order", e);
    }
  }
}
