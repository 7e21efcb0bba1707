package io.durablechat.cli;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Rehearses what should not be met for the first time when it is meant. */
@Command(
    name = "drill",
    description = "Rehearses what a server goes through, and reports what its clients saw.",
    mixinStandardHelpOptions = true,
    versionProvider = ChatCli.Version.class,
    synopsisSubcommandLabel = "COMMAND")
final class DrillCommand implements Runnable {
  @Spec private CommandSpec spec;

  DrillCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a drill is missing: restart");
  }

  @Command(
      description =
          "Has clients talk while you restart their server, or one of several behind a balancer:"
              + " all should come back within the time that they are told, with everything, once"
              + " and in order. Exit code 1 if not.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int restart(
      @Parameters(
              paramLabel = "URL",
              description = "http://HOST:PORT (or https), by the way that clients take.")
          String url,
      @Option(
              names = "--clients",
              paramLabel = "N",
              defaultValue = "200",
              description = "How many. Default: ${DEFAULT-VALUE}.")
          int clients,
      @Option(
              names = "--rooms",
              paramLabel = "R",
              defaultValue = "20",
              description = "New rooms that they are dealt out to. Default: ${DEFAULT-VALUE}.")
          int rooms,
      @Option(
              names = "--rate",
              paramLabel = "RATE",
              defaultValue = "50",
              description = "Messages a second of all together. Default: ${DEFAULT-VALUE}.")
          int rate,
      @Option(
              names = "--for",
              paramLabel = "TIME",
              defaultValue = "60s",
              converter = Age.class,
              description = "For how long they talk. Default: ${DEFAULT-VALUE}.")
          Duration time,
      @Mixin TrustOption trust,
      @Option(names = "--json", description = "Print one JSON object instead of lines.")
          boolean json)
      throws IOException, InterruptedException {
    atLeast("--rooms", rooms, 1);
    atLeast("--clients", clients, rooms);
    atLeast("--rate", rate, 1);
    PrintWriter out = spec.commandLine().getOut();
    Runnable onBegun =
        () -> {
          if (!json) {
            out.printf(
                Locale.ROOT,
                "%d clients in %d rooms talk for %d s: restart the server now.%n",
                clients,
                rooms,
                time.toSeconds());
            out.flush();
          }
        };
    DrillReport report =
        new Drill(target(url, rooms).rooms(), trust.http().build(), clients, rate, time)
            .run(onBegun);
    if (json) {
      out.println(new Gson().toJson(report));
    } else {
      report.print(out);
    }
    out.flush();
    return report.isSound() && report.isDrill() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private BenchTarget target(String url, int rooms) {
    try {
      return BenchTarget.of(url, rooms);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private void atLeast(String option, int value, int least) {
    if (value < least) {
      throw wrong(
          String.format(Locale.ROOT, "%s must be at least %d, not %d", option, least, value));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.subcommands().get("restart"), message);
  }
}
