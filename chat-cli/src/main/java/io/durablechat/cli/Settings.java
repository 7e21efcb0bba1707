package io.durablechat.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Where options come from that are not on the command line: the environment ({@code --max-message}
 * is {@code CHAT_MAX_MESSAGE}), then the properties file ({@code max-message}), then the default.
 */
final class Settings implements IDefaultValueProvider {
  private final CommandLine command;
  private final Map<String, String> environment;
  private final Properties file;

  private Settings(CommandLine command, Map<String, String> environment, Properties file) {
    this.command = command;
    this.environment = environment;
    this.file = file;
  }

  /**
   * The settings of a command.
   *
   * @param file the settings file, if one is named
   * @throws ParameterException if the file cannot be read or names what is no option
   */
  static Settings of(CommandLine command, Map<String, String> environment, Optional<Path> file) {
    Settings settings =
        new Settings(
            command, environment, file.map(f -> load(command, f)).orElseGet(Properties::new));
    file.ifPresent(settings::refuseUnknown);
    return settings;
  }

  private static Properties load(CommandLine command, Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
      return properties;
    } catch (IOException | IllegalArgumentException e) {
      throw new ParameterException(command, "cannot read the settings file " + file, e);
    }
  }

  private void refuseUnknown(Path from) {
    Set<String> known =
        command.getCommandSpec().options().stream()
            .filter(option -> !option.usageHelp() && !option.versionHelp())
            .map(Settings::key)
            .filter(key -> !ConfigFile.OPTION.endsWith(key))
            .collect(Collectors.toSet());
    Set<String> unknown = new TreeSet<>(file.stringPropertyNames());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new ParameterException(
          command, "unknown setting in " + from + ": " + String.join(", ", unknown));
    }
  }

  @Override
  public String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    String key = key(option);
    String variable = "CHAT_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
    // Set, but empty, is how a setting is left out in many a unit or compose file.
    return Stream.of(environment.get(variable), file.getProperty(key))
        .filter(value -> value != null && !value.isBlank())
        .map(String::strip)
        .findFirst()
        .orElse(null);
  }

  private static String key(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }
}
