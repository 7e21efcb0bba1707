package io.durablechat.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A file that an option names, such as one with a secret. */
final class TextFile {
  /** What some editors put before text in UTF-8. */
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private TextFile() {}

  /**
   * All that is in it, without a byte order mark.
   *
   * @throws IOException if it cannot be read, or is not UTF-8
   */
  static String content(Path file) throws IOException {
    String content = Files.readString(file);
    return content.startsWith(BYTE_ORDER_MARK) ? content.substring(1) : content;
  }

  /**
   * What is in it, without white space around.
   *
   * @throws ParameterException if it cannot be read
   */
  static String read(CommandSpec spec, String option, Path file) {
    try {
      return content(file).strip();
    } catch (NoSuchFileException | AccessDeniedException e) {
      throw new ParameterException(spec.commandLine(), option + ": " + Words.of(e), e);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), option + ": not a file of text that can be read: " + file, e);
    }
  }

  /**
   * The same, of what is shown in a header.
   *
   * @throws ParameterException if it cannot be read, or not be shown
   */
  static String token(CommandSpec spec, String option, Path file) {
    String token = read(spec, option, file);
    if (token.isEmpty() || !token.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw new ParameterException(
          spec.commandLine(), option + ": the token must be one line of ASCII characters: " + file);
    }
    return token;
  }
}
