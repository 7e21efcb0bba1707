package io.durablechat.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A file that an option names, such as one with a secret. */
final class TextFile {
  private TextFile() {}

  /**
   * What is in it, without white space around.
   *
   * @throws ParameterException if it cannot be read
   */
  static String read(CommandSpec spec, String option, Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), option + ": not a file of text that can be read: " + file, e);
    }
  }
}
