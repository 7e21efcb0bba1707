package io.durablechat.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
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
  private final Environment environment;
  private final Optional<SettingsFile> file;
  private final List<String> notes = new ArrayList<>();

  private Settings(CommandLine command, Environment environment, Optional<SettingsFile> file) {
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
        new Settings(command, Environment.of(environment), file.map(f -> load(command, f)));
    file.ifPresent(settings::refuseUnknown);
    return settings;
  }

  private static SettingsFile load(CommandLine command, Path file) {
    try {
      return SettingsFile.read(file);
    } catch (IOException | IllegalArgumentException e) {
      throw new ParameterException(command, "cannot read the settings file " + file, e);
    }
  }

  private void refuseUnknown(Path from) {
    Set<String> known = keys(command);
    known.removeIf(ConfigFile.OPTION::endsWith);
    Set<String> unknown = new TreeSet<>(file.orElseThrow().keys());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new ParameterException(
          command, "unknown setting in " + from + ": " + String.join(", ", unknown));
    }
  }

  /**
   * Refuses variables that are misspelt, and notes others that set nothing.
   *
   * @param all all commands there are; asked for only if a variable is none of this command's
   * @throws ParameterException naming the variable that was likely meant
   */
  void checkEnvironment(Supplier<CommandLine> all) {
    Set<String> services = environment.services();
    if (!services.isEmpty()) {
      notes.add(
          "Passed over, as they describe a service of Kubernetes: " + String.join(", ", services));
    }
    Set<String> mine = keys(command);
    Set<String> unknown = environment.unknown(mine);
    if (unknown.isEmpty()) {
      return;
    }
    unknown.forEach(name -> refuseMisspelt(name, mine));
    Set<String> others = keys(all.get());
    Set<String> nobodys = environment.unknown(others);
    nobodys.forEach(name -> refuseMisspelt(name, others));
    nobodys.forEach(name -> notes.add(name + " in the environment is no setting: it does nothing"));
  }

  private void refuseMisspelt(String name, Set<String> keys) {
    Environment.meant(name, keys)
        .ifPresent(
            meant -> {
              throw new ParameterException(
                  command,
                  name + " in the environment is no setting: " + meant + " is, if that is meant");
            });
  }

  /** What an operator should know of the environment of this command. */
  static List<String> notes(CommandLine command) {
    return command.getDefaultValueProvider() instanceof Settings settings
        ? settings.notes
        : List.of();
  }

  /** Where an option of a command is set, if not on the command line. */
  static Optional<String> source(CommandLine command, OptionSpec option) {
    return command.getDefaultValueProvider() instanceof Settings settings
        ? settings.source(key(option))
        : Optional.empty();
  }

  private Optional<String> source(String key) {
    if (isSet(environment.value(key))) {
      return Optional.of("by " + Environment.variable(key) + " in the environment");
    }
    return file.filter(f -> isSet(f.value(key))).map(f -> "in " + f.place(key));
  }

  @Override
  public String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || !isSetting(option)) {
      return null;
    }
    String key = key(option);
    return Stream.of(environment.value(key), file.flatMap(f -> f.value(key)))
        .filter(Settings::isSet)
        .map(value -> value.orElseThrow().strip())
        .findFirst()
        .orElse(null);
  }

  /** Set, but empty, is how a setting is left out in many a unit or compose file. */
  private static boolean isSet(Optional<String> value) {
    return value.isPresent() && !value.get().isBlank();
  }

  /** The options of a command, and of those below it. */
  private static Set<String> keys(CommandLine command) {
    return Stream.concat(
            command.getCommandSpec().options().stream()
                .filter(Settings::isSetting)
                .map(Settings::key),
            command.getSubcommands().values().stream().flatMap(c -> keys(c).stream()))
        .collect(Collectors.toSet());
  }

  private static boolean isSetting(OptionSpec option) {
    return !option.usageHelp() && !option.versionHelp();
  }

  private static String key(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }
}
