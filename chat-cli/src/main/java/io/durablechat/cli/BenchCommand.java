package io.durablechat.cli;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures a server. */
@Command(
    name = "bench",
    description =
        "Measures a running server with many connections, and checks that everybody receives every"
            + " message, once and in order. Exit code 1 if not.",
    mixinStandardHelpOptions = true,
    versionProvider = ChatCli.Version.class,
    sortOptions = false,
    footer = {
      "",
      "Both loops flatter a server, each in its own way. With --window the server",
      "sets the pace: one that is slow is asked for less, so that its latency looks",
      "better than what people would see; it shows how much can be delivered at best.",
      "With --rate messages are due by the clock, and latency counts from when they",
      "were due, so that no wait is left out; but below what the server can do it shows",
      "no limit. Raise the rate until latency does.",
      "",
      "Echo is a sender's own message back at it; delivery, any message at anybody.",
      "Messages that are not there 10 s after the end count as missing. The figures",
      "hold for server and client together: run them on two machines, or on cores of",
      "their own."
    })
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "URL",
      description =
          "ws://HOST:PORT/room/NAME/websocket (or wss) for a room that there is, or http://HOST:PORT"
              + " (or https) for a new one.")
  private String url;

  @Option(
      names = "--conns",
      paramLabel = "N",
      defaultValue = "10",
      description = "Connections. Default: ${DEFAULT-VALUE}.")
  private int conns;

  @Option(
      names = "--senders",
      paramLabel = "S",
      description = "How many of them send as well. Default: one in each room.")
  private Optional<Integer> senders;

  @Option(
      names = "--rooms",
      paramLabel = "R",
      defaultValue = "1",
      description =
          "New rooms that connections and senders are dealt out to. Default: ${DEFAULT-VALUE}.")
  private int rooms;

  @Option(
      names = "--rate",
      paramLabel = "RATE",
      description =
          "Open loop: messages a second of all senders together, sent when they are due. This or"
              + " --window is needed.")
  private Optional<Integer> rate;

  @Option(
      names = "--window",
      paramLabel = "W",
      description =
          "Closed loop: each sender has so many of its own messages under way, and sends another"
              + " when one comes back.")
  private Optional<Integer> window;

  @Option(
      names = "--dialect",
      paramLabel = "plain|chat.v1",
      defaultValue = "plain",
      description = "What is spoken. Default: ${DEFAULT-VALUE}.")
  private String dialect;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      defaultValue = "100",
      converter = ByteSize.class,
      description =
          "Size of a message, at least "
              + BenchMessage.MIN_BYTES
              + ", in bytes, or with K or M. Default: ${DEFAULT-VALUE}.")
  private int size;

  @Option(
      names = "--warmup",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = Age.class,
      description =
          "For how long messages are sent and checked, but not measured. Default: ${DEFAULT-VALUE}.")
  private Duration warmup;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = Age.class,
      description = "For how long it is measured. Default: ${DEFAULT-VALUE}.")
  private Duration duration;

  @Mixin private TrustOption trust;

  @Option(names = "--json", description = "Print one JSON object instead of a table.")
  private boolean json;

  BenchCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    BenchReport report = new BenchRun(plan(), trust.http()).run();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new Gson().toJson(report.named()));
    } else {
      new BenchTable(report, out).print();
    }
    out.flush();
    return report.isSound() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private BenchPlan plan() {
    check();
    try {
      return new BenchPlan(
          BenchTarget.of(url, rooms),
          conns,
          senders.orElse(rooms),
          rate,
          window,
          BenchDialect.named(dialect)
              .orElseThrow(() -> wrong("--dialect must be plain or chat.v1, not " + dialect)),
          size,
          warmup,
          duration);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private void check() {
    if (rate.isPresent() == window.isPresent()) {
      throw wrong(
          rate.isPresent()
              ? "--rate and --window exclude each other: an open loop, or a closed one"
              : "--rate or --window is needed: messages a second, or messages under way");
    }
    atLeast("--rooms", rooms, 1, "");
    atLeast("--conns", conns, rooms, "");
    atLeast("--senders", senders.orElse(rooms), rooms, ", one in each room");
    if (senders.orElse(rooms) > conns) {
      throw wrong("--senders must be at most --conns, which is " + conns);
    }
    rate.ifPresent(r -> atLeast("--rate", r, 1, ""));
    window.ifPresent(w -> atLeast("--window", w, 1, ""));
    atLeast("--size", size, BenchMessage.MIN_BYTES, " bytes, to hold what is checked");
  }

  private void atLeast(String option, int value, int least, String why) {
    if (value < least) {
      throw wrong(
          String.format(
              Locale.ROOT, "%s must be at least %d%s, not %d", option, least, why, value));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
