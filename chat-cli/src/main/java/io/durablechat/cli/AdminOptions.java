package io.durablechat.cli;

import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.jetty.AdminServer;
import io.durablechat.jetty.ChatServer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of a server that say how an operator looks into it. */
final class AdminOptions {
  private static final int MAX_PORT = 65_535;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--admin-port",
      paramLabel = "PORT",
      description =
          "Port for /metrics (Prometheus), /healthz and /readyz; 0 takes a free one. Default: none.")
  private Optional<Integer> port;

  @Option(
      names = "--admin-token-file",
      paramLabel = "FILE",
      description =
          "File with a secret of at least 16 characters: who shows it there may see who is in the"
              + " rooms, and moderate them, as \"chat-cli admin\" does. Default: nobody may.")
  private Optional<Path> tokenFile;

  /** What is in that file. */
  private Optional<String> token = Optional.empty();

  @Option(
      names = "--admin-host",
      paramLabel = "ADDRESS",
      description = "Address that the admin port is on. Default: 127.0.0.1.")
  private Optional<String> host;

  private InetAddress address;

  /** Made only for who asks: it would be a good part of the time that the server needs to start. */
  private PrometheusMeterRegistry registry;

  AdminOptions() {}

  void check() {
    if (port.isPresent() && (port.get() < 0 || port.get() > MAX_PORT)) {
      throw new ParameterException(
          spec.commandLine(), "--admin-port must be 0 to " + MAX_PORT + ", not " + port.get());
    }
    if (tokenFile.isPresent() && port.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--admin-token-file needs --admin-port");
    }
    if (host.isPresent() && port.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--admin-host needs --admin-port");
    }
    address = ListenAddress.first(spec, "--admin-host", host.orElse(ListenAddress.LOOPBACK));
    token = tokenFile.map(file -> TextFile.token(spec, "--admin-token-file", file));
    if (token.isPresent() && token.get().length() < AdminServer.MIN_TOKEN) {
      throw new ParameterException(
          spec.commandLine(),
          "--admin-token-file: the secret must have at least "
              + AdminServer.MIN_TOKEN
              + " characters");
    }
  }

  /** The settings with meters in them, if somebody may ask for them. */
  EndpointSettings of(EndpointSettings settings) {
    if (port.isEmpty()) {
      return settings;
    }
    registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    return settings.meters(registry);
  }

  /**
   * Starts to listen, if that was asked for.
   *
   * @param data where messages are kept, if that is a folder
   */
  Optional<AdminServer> start(ChatServer server, RoomDirectory rooms, Optional<Path> data)
      throws IOException {
    if (port.isEmpty()) {
      return Optional.empty();
    }
    binders(data).forEach(binder -> binder.bindTo(registry));
    AdminServer admin = new AdminServer(address, port.get(), server, registry::scrape);
    token.ifPresent(secret -> admin.moderate(rooms, secret));
    admin.start();
    return Optional.of(admin);
  }

  private static List<MeterBinder> binders(Optional<Path> data) {
    List<MeterBinder> binders =
        new ArrayList<>(
            List.of(
                new ClassLoaderMetrics(),
                new JvmMemoryMetrics(),
                new JvmThreadMetrics(),
                new ProcessorMetrics(),
                new FileDescriptorMetrics(),
                new UptimeMetrics()));
    data.ifPresent(folder -> binders.add(new DiskSpaceMetrics(folder.toFile())));
    return binders;
  }

  /** How to say where it listens, after the line that says that the server is ready. */
  static String place(AdminServer admin) {
    return ", admin port " + admin.port();
  }
}
