package io.durablechat.cli;

import io.durablechat.sqlite.LogFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Copies a log. */
@Command(
    name = "backup",
    description =
        "Writes a copy of all rooms as they stand at one moment, also while a server runs. To serve it,"
            + " put it into a folder of its own as chat.db: clients that saw more are told to begin"
            + " anew.",
    mixinStandardHelpOptions = true,
    versionProvider = ChatCli.Version.class,
    sortOptions = false)
final class BackupCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataOption data;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      required = true,
      description = "File to write; it must not exist.")
  private Path to;

  BackupCommand() {}

  @Override
  public Integer call() throws IOException {
    try (LogFile file = LogFile.open(data.folder())) {
      long messages = file.records();
      try (Progress progress = Progress.of("Copying", messages)) {
        file.backUp(to);
        progress.at(messages);
      }
    }
    spec.commandLine().getOut().printf(Locale.ROOT, "%s: %d bytes%n", to, Files.size(to));
    return ExitCode.OK;
  }
}
