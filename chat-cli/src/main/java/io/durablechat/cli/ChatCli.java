package io.durablechat.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The command {@code chat-cli}. Exit codes: 0 done, 1 it could not be done, 2 it was asked for
 * wrongly. What goes wrong is said in one line on standard error.
 */
@Command(
    name = "chat-cli",
    description = "Real-time chat rooms that keep every message.",
    subcommands = ServeCommand.class,
    mixinStandardHelpOptions = true,
    versionProvider = ChatCli.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Try: chat-cli serve", "Help on a command: chat-cli COMMAND --help"})
public final class ChatCli implements Runnable {
  @Spec private CommandSpec spec;

  ChatCli() {}

  /**
   * Runs the command line and ends the process.
   *
   * @param args the arguments
   */
  public static void main(String[] args) {
    StandardStreams.hold();
    // By name: to touch the class would have the JDK make its own log manager first.
    System.getProperties()
        .putIfAbsent("java.util.logging.manager", "io.durablechat.cli.HeldLogManager");
    Logging.configure();
    OutOfMemory.endsTheProcess();
    boolean isServe = args.length > 0 && args[0].equals("serve");
    // To read the options of all the others would be a tenth of the time until a server is ready.
    System.exit(exitCode(isServe ? serving() : commandLine(), args));
  }

  private static int exitCode(CommandLine command, String... args) {
    try {
      int exitCode = execute(command, System.getenv(), args);
      command.getOut().flush();
      if (exitCode == CommandLine.ExitCode.OK && System.out.checkError()) {
        System.err.println("chat-cli: what it has to say could not be written to standard output");
        return CommandLine.ExitCode.SOFTWARE;
      }
      return exitCode;
    } catch (OutOfMemoryError e) {
      System.err.println(
          "chat-cli: not enough memory: give Java more, such as CHAT_JAVA_OPTS=-Xmx1g");
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  static CommandLine commandLine() {
    CommandLine command = serving();
    Stream.of(
            new ExportCommand(),
            new ImportCommand(),
            new VerifyCommand(),
            new BackupCommand(),
            new BenchCommand(),
            new AdminCommand(),
            new DoctorCommand(),
            new DrillCommand())
        .forEach(command::addSubcommand);
    // For those that were added since, too.
    return withHandlers(command);
  }

  private static CommandLine serving() {
    return withHandlers(new CommandLine(new ChatCli()));
  }

  private static CommandLine withHandlers(CommandLine command) {
    return command
        .setParameterExceptionHandler(ChatCli::onWrongUse)
        .setExecutionExceptionHandler(ChatCli::onFailure);
  }

  /** Runs the command line in this process, and returns its exit code. */
  static int execute(CommandLine command, Map<String, String> environment, String... args) {
    command
        .getSubcommands()
        .values()
        .forEach(c -> c.setDefaultValueProvider(Settings.of(c, environment, Optional.empty())));
    if (List.of(args).contains("--help") || List.of(args).contains("-h")) {
      // Asked for because something is wrong, perhaps with the settings.
      return command.execute(args);
    }
    try {
      use(command, environment, args);
    } catch (ParameterException e) {
      return onWrongUse(e, args);
    }
    return command.execute(args);
  }

  private static void use(CommandLine command, Map<String, String> environment, String... args) {
    CommandLine serve = command.getSubcommands().get("serve");
    Settings settings = Settings.of(serve, environment, ConfigFile.named(args, environment));
    serve.setDefaultValueProvider(settings);
    if (args.length == 0 || !command.getSubcommands().containsKey(args[0])) {
      return;
    }
    if (args[0].equals("serve")) {
      settings.checkEnvironment(ChatCli::commandLine);
    } else {
      Settings.of(command, environment, Optional.empty()).checkEnvironment(ChatCli::commandLine);
    }
  }

  /** Without a command there is nothing to do but to say which there are. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing, such as serve");
  }

  private static int onWrongUse(ParameterException e, String[] args) {
    String help = e.getCommandLine().getCommandSpec().qualifiedName() + " --help";
    e.getCommandLine()
        .getErr()
        .println("chat-cli: " + oneLine(e.getMessage()) + sources(e, args) + " (see " + help + ")");
    return CommandLine.ExitCode.USAGE;
  }

  /** Where the options that a message is about were set, of those that are not in front of one. */
  private static String sources(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    return command.getCommandSpec().options().stream()
        .filter(option -> names(e.getMessage(), option.longestName()))
        .filter(option -> Stream.of(args).noneMatch(arg -> isFor(option.longestName(), arg)))
        .flatMap(
            option ->
                Settings.source(command, option)
                    .map(place -> "; " + option.longestName() + " is set " + place)
                    .stream())
        .collect(Collectors.joining());
  }

  private static boolean names(String message, String option) {
    return Pattern.compile("(?<![\\w-])" + Pattern.quote(option) + "(?![\\w-])")
        .matcher(String.valueOf(message))
        .find();
  }

  private static boolean isFor(String option, String argument) {
    return argument.equals(option) || argument.startsWith(option + "=");
  }

  private static int onFailure(Exception e, CommandLine command, ParseResult parsed) {
    command.getErr().println("chat-cli: " + Words.withAdvice(oneLine(Words.of(e))));
    Logging.debug("The command failed", e);
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static String oneLine(String message) {
    return String.valueOf(message)
        .replaceAll("\\s*\\R\\s*", " ")
        // Java's words for it.
        .replaceFirst(" is not an? (int|long|double)$", " is not a number");
  }

  /** The version this was built as. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      Properties built = new Properties();
      try (InputStream in = ChatCli.class.getResourceAsStream("version.properties")) {
        built.load(in);
      }
      return new String[] {
        "chat-cli " + built.getProperty("version"), "Java " + Runtime.version().feature()
      };
    }
  }
}
