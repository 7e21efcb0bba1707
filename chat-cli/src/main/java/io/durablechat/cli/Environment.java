package io.durablechat.cli;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The variables of the environment that begin with {@code CHAT_}, in any case. */
final class Environment {
  private static final String PREFIX = "CHAT_";

  /** Read by the script that starts Java. */
  private static final String JAVA_OPTIONS = PREFIX + "JAVA_OPTS";

  /** What Kubernetes sets in every container for a service that is called chat, or chat-admin. */
  private static final Pattern SERVICE =
      Pattern.compile(
          "CHAT_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_\\w+)?)");

  private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");
  private static final int FEW_LETTERS = 4;
  private static final int MANY_TYPOS = 2;

  private final Map<String, String> variables;

  private Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  static Environment of(Map<String, String> environment) {
    return new Environment(
        environment.entrySet().stream()
            .filter(e -> e.getKey().toUpperCase(Locale.ROOT).startsWith(PREFIX))
            .filter(e -> !e.getKey().equals(JAVA_OPTIONS))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /** The variable that sets an option, such as {@code CHAT_MAX_MESSAGE} for max-message. */
  static String variable(String key) {
    return PREFIX + key.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** What is set for an option; a service's address is not. */
  Optional<String> value(String key) {
    String name = variable(key);
    return Optional.ofNullable(variables.get(name)).filter(value -> !isService(name, value));
  }

  private static boolean isService(String name, String value) {
    return SERVICE.matcher(name).matches()
        || (name.endsWith("_PORT") && SERVICE_ADDRESS.matcher(value).matches());
  }

  /** The names of variables that describe a service of Kubernetes. */
  Set<String> services() {
    return variables.entrySet().stream()
        .filter(e -> isService(e.getKey(), e.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The names of variables that are neither a service's nor set one of these options. */
  Set<String> unknown(Set<String> keys) {
    Set<String> known = keys.stream().map(Environment::variable).collect(Collectors.toSet());
    Set<String> unknown = new TreeSet<>(variables.keySet());
    unknown.removeAll(known);
    unknown.removeAll(services());
    return unknown;
  }

  /** Which of these options a variable is likely to have been meant for. */
  static Optional<String> meant(String name, Set<String> keys) {
    String written = name.toUpperCase(Locale.ROOT).replace('-', '_').substring(PREFIX.length());
    return keys.stream()
        .filter(key -> isNear(written, variable(key).substring(PREFIX.length())))
        .min(
            Comparator.comparingInt(
                key -> typos(written, variable(key).substring(PREFIX.length()))))
        .map(Environment::variable);
  }

  private static boolean isNear(String written, String known) {
    int typos = written.length() <= FEW_LETTERS ? 1 : MANY_TYPOS;
    return typos(written, known) <= typos
        || isBeginning(written, known)
        || isBeginning(known, written);
  }

  /** As ADMIN_TOKEN is of ADMIN_TOKEN_FILE, and HOST of HOSTNAME. */
  private static boolean isBeginning(String part, String whole) {
    return whole.startsWith(part)
        && whole.length() > part.length()
        && (part.length() >= FEW_LETTERS || whole.charAt(part.length()) == '_');
  }

  /** How many letters must be put in, left out, replaced or exchanged with the next. */
  private static int typos(String a, String b) {
    int[][] typos = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          typos[i][j] = i + j;
          continue;
        }
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = Math.min(typos[i - 1][j], typos[i][j - 1]) + 1;
        typos[i][j] = Math.min(least, typos[i - 1][j - 1] + same);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          typos[i][j] = Math.min(typos[i][j], typos[i - 2][j - 2] + 1);
        }
      }
    }
    return typos[a.length()][b.length()];
  }
}
