package io.durablechat.cli;

import io.durablechat.sqlite.LogFile;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Checks a log. */
@Command(
    name = "verify",
    description =
        "Checks that every room is whole: sequences rise, each message names the one before, ids"
            + " agree with their messages, and the file is sound. May run beside a server. Exit"
            + " code 1, and the place, if something is wrong.",
    mixinStandardHelpOptions = true,
    versionProvider = ChatCli.Version.class,
    sortOptions = false)
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataOption data;

  VerifyCommand() {}

  @Override
  public Integer call() {
    try (LogFile file = LogFile.open(data.folder())) {
      long messages = file.records();
      List<String> findings = findings(file, messages);
      if (findings.isEmpty()) {
        spec.commandLine()
            .getOut()
            .printf(Locale.ROOT, "%d rooms, %d messages: all whole%n", file.rooms(), messages);
        return ExitCode.OK;
      }
      findings.forEach(finding -> spec.commandLine().getErr().println("chat-cli: " + finding));
      return ExitCode.SOFTWARE;
    }
  }

  private static List<String> findings(LogFile file, long messages) {
    try (Progress progress = Progress.of("Verifying", messages)) {
      return file.verify(progress::at);
    }
  }
}
