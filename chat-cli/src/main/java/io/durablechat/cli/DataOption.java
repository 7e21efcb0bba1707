package io.durablechat.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The folder of a log, for the commands that look after it. */
final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = LogOptions.FOLDER,
      description = "Folder that the messages are in. Default: ${DEFAULT-VALUE}.")
  private Path folder;

  DataOption() {}

  Path folder() {
    return folder;
  }
}
