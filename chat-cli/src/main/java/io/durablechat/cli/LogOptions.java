package io.durablechat.cli;

import io.durablechat.core.Broadcaster;
import io.durablechat.core.Durability;
import io.durablechat.core.Keep;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.MemoryMessageLog;
import io.durablechat.core.SteadyClock;
import io.durablechat.sqlite.LogUnavailableException;
import io.durablechat.sqlite.SqliteMessageLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of a server that say where messages are kept, and how. */
final class LogOptions {
  /** The folder that is used unless another is named. */
  static final String FOLDER = "chat-data";

  private static final String MEMORY = "memory";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR|memory",
      defaultValue = FOLDER,
      description =
          "Folder that messages are kept in, made if there is none. Default: ${DEFAULT-VALUE}."
              + " memory: the last 10,000 of each room, for as long as the server runs.")
  private String data;

  @Option(
      names = "--durability",
      paramLabel = "commit|relaxed",
      description =
          "commit: on stable storage before anybody sees it. relaxed: within about a second; a"
              + " crash may lose what was seen. Default: commit.")
  private Optional<String> durability;

  @Option(
      names = "--keep",
      paramLabel = "AGE|NUMBER|forever",
      defaultValue = "forever",
      converter = KeepRule.class,
      description =
          "How much of each room is kept: an age, such as 30d, or a number of messages, such as"
              + " 10000. Default: ${DEFAULT-VALUE}.")
  private Keep keep;

  @Option(
      names = "--retry-window",
      paramLabel = "TIME",
      converter = Age.class,
      description =
          "For how long a message with an id may be sent again and is kept once. Default: 7d; with"
              + " --data memory two minutes.")
  private Optional<Duration> retryWindow;

  private final SteadyClock clock = SteadyClock.system();

  @Option(
      names = "--accept-damage",
      description =
          "Start although a part of what was kept is damaged, without that part; clients are told to"
              + " begin anew.")
  private boolean acceptsDamage;

  LogOptions() {}

  /** What the server goes by: one for all, so that a jump is told once. */
  SteadyClock clock() {
    return clock;
  }

  void check() {
    if (data.isBlank()) {
      throw wrong("--data names no folder");
    }
    durability
        .filter(d -> !d.equals("commit") && !d.equals("relaxed"))
        .ifPresent(
            d -> {
              throw wrong("--durability must be commit or relaxed, not " + d);
            });
    if (isMemory() && (durability.isPresent() || retryWindow.isPresent() || acceptsDamage)) {
      String given = retryWindow.isPresent() ? "--retry-window" : "--accept-damage";
      throw wrong(
          (durability.isPresent() ? "--durability" : given)
              + " goes with a folder, not with --data memory");
    }
  }

  /** Chooses the engine and opens it. Call {@link #check} first. */
  Broadcaster open() throws IOException {
    LocalBroadcaster broadcaster = local();
    return keep.equals(Keep.FOREVER) ? broadcaster : broadcaster.keeping(room -> keep);
  }

  private LocalBroadcaster local() throws IOException {
    return isMemory()
        ? LocalBroadcaster.inMemory(MemoryMessageLog.of(clock))
        : LocalBroadcaster.on(file());
  }

  private SqliteMessageLog file() throws IOException {
    Path folder = Path.of(data);
    Durability kept = Durability.valueOf(durability.orElse("commit").toUpperCase(Locale.ROOT));
    Duration window = retryWindow.orElse(SqliteMessageLog.DEFAULT_RETRY_WINDOW);
    try {
      return acceptsDamage
          ? SqliteMessageLog.openDamaged(folder, kept, clock, window)
          : SqliteMessageLog.open(folder, kept, clock, window);
    } catch (LogUnavailableException e) {
      if (e.isDamaged()) {
        throw new IOException(
            e.getMessage() + ", or start once with --accept-damage, without what is lost", e);
      }
      throw e;
    }
  }

  private boolean isMemory() {
    return data.equals(MEMORY);
  }

  /** The folder that messages are in, unless they are in memory. */
  Optional<Path> folder() {
    return isMemory() ? Optional.empty() : Optional.of(Path.of(data));
  }

  /** Where messages are, in words. */
  String place() {
    return isMemory() ? "messages in memory" : "messages in " + Path.of(data);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
