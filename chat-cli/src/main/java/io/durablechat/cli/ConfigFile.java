package io.durablechat.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The settings file that a command line names. It must be known before the command line is parsed,
 * since parsing asks it for the options that are missing.
 */
final class ConfigFile {
  /** The option that names it. */
  static final String OPTION = "--config";

  private static final String VARIABLE = "CHAT_CONFIG";

  private ConfigFile() {}

  static Optional<Path> named(String[] args, Map<String, String> environment) {
    Optional<String> file =
        Optional.ofNullable(environment.get(VARIABLE)).filter(name -> !name.isBlank());
    for (int i = 0; i < args.length; i++) {
      if (args[i].startsWith(OPTION + "=")) {
        file = Optional.of(args[i].substring(OPTION.length() + 1));
      } else if (args[i].equals(OPTION) && i + 1 < args.length) {
        file = Optional.of(args[i + 1]);
      }
    }
    return file.map(Path::of);
  }
}
