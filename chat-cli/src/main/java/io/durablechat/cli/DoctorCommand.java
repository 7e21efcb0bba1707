package io.durablechat.cli;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Looks whether a machine will do for a server. */
@Command(
    name = "doctor",
    description =
        "Looks whether this machine will do for a server, and says line by line what is well, what"
            + " will do (warn) and what will not (fail). It changes nothing. Exit code 1 if"
            + " something fails.",
    mixinStandardHelpOptions = true,
    versionProvider = ChatCli.Version.class,
    sortOptions = false)
final class DoctorCommand implements Callable<Integer> {
  private static final int MAX_PORT = 65_535;

  @Spec private CommandSpec spec;
  @Mixin private DataOption data;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8787",
      description = "Port that the server will listen on. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = ListenAddress.LOCALHOST,
      description = "Address that it will listen on. Default: ${DEFAULT-VALUE}.")
  private String host;

  @Option(
      names = "--sessions",
      paramLabel = "NUMBER",
      defaultValue = "10000",
      description = "How many sessions it is to hold. Default: ${DEFAULT-VALUE}.")
  private int sessions;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "Certificate whose dates to look at.")
  private Optional<Path> certificate;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "A running server, by the way its clients take, such as https://chat.example: whether a"
              + " session comes through.")
  private Optional<String> url;

  @Option(
      names = "--quiet",
      paramLabel = "TIME",
      defaultValue = "1s",
      converter = Age.class,
      description =
          "For how long that session says nothing, to find out whether a proxy cuts it: 80s is"
              + " enough. Default: ${DEFAULT-VALUE}.")
  private Duration quiet;

  @Mixin private TrustOption trust;

  @Option(names = "--json", description = "For programs: a list of grade, about and text.")
  private boolean json;

  DoctorCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    if (port < 0 || port > MAX_PORT) {
      throw new ParameterException(
          spec.commandLine(), "--port must be 0 to " + MAX_PORT + ", not " + port);
    }
    if (sessions < 1) {
      throw new ParameterException(
          spec.commandLine(), "--sessions must be at least 1, not " + sessions);
    }
    Instant now = Instant.now();
    // Before anything is looked at.
    Optional<BenchTarget> target = url.map(this::target);
    HttpClient http = trust.http().build();
    Stream<Finding> machine =
        Stream.of(
            MachineChecks.java(),
            MachineChecks.descriptors(sessions),
            MachineChecks.heap(sessions),
            DiskChecks.files(data.folder()),
            DiskChecks.sync(data.folder()),
            DiskChecks.room(data.folder()),
            DiskChecks.log(data.folder()),
            DiskChecks.clock(data.folder(), now),
            port());
    Stream<Finding> dates = certificate.map(file -> CertificateChecks.file(file, now)).stream();
    Stream<Finding> line =
        target.isPresent()
            ? Stream.of(LineChecks.line(target.get().rooms().get(0), quiet, http))
            : Stream.empty();
    return tell(Stream.of(machine, dates, line).flatMap(findings -> findings).toList());
  }

  private BenchTarget target(String typed) {
    try {
      return BenchTarget.of(typed, 1);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--url: " + e.getMessage());
    }
  }

  private Finding port() {
    try {
      return MachineChecks.port(ListenAddress.of(host).addresses().get(0), port);
    } catch (IOException e) {
      return Finding.fail("host", String.format(Locale.ROOT, "no such address: %s", host));
    }
  }

  private int tell(Iterable<Finding> findings) {
    PrintWriter out = spec.commandLine().getOut();
    int exitCode = ExitCode.OK;
    JsonArray list = new JsonArray();
    for (Finding finding : findings) {
      list.add(new Gson().toJsonTree(finding));
      if (!json) {
        out.println(finding);
      }
      if (finding.grade() == Finding.Grade.FAIL) {
        exitCode = ExitCode.SOFTWARE;
      }
    }
    if (json) {
      out.println(list);
    }
    return exitCode;
  }
}
