package io.durablechat.cli;

/**
 * Runs first, on any Java from 8 up, to say in one line which Java is needed if this is not it.
 * Everything else is compiled for that Java, and loaded only after the check.
 */
public final class Launcher {
  private static final int NEEDED = 17;

  private Launcher() {}

  /**
   * Starts the command line, and ends the process with its exit code.
   *
   * @param args what was typed after {@code chat-cli}
   * @throws ReflectiveOperationException if the jar is damaged
   */
  public static void main(String[] args) throws ReflectiveOperationException {
    String complaint = complaint(System.getProperty("java.specification.version"));
    if (complaint != null) {
      System.err.println(complaint);
      System.exit(1);
    }
    Class.forName("io.durablechat.cli.ChatCli")
        .getMethod("main", String[].class)
        .invoke(null, (Object) args);
  }

  /** What is wrong with this version of the Java platform; null if nothing is. */
  static String complaint(String specification) {
    // "1.8" until 8, then "9", "17", ...
    String feature = specification.startsWith("1.") ? specification.substring(2) : specification;
    return Integer.parseInt(feature) >= NEEDED
        ? null
        : "chat-cli: needs Java "
            + NEEDED
            + " or newer, but this is Java "
            + feature
            + "; install a newer JDK or set JAVA_HOME to one";
  }
}
