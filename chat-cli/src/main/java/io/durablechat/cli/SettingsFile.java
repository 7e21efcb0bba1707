package io.durablechat.cli;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A file of settings in the form of Java properties, which knows in which line each is. */
final class SettingsFile {
  /** An odd number of backslashes at its end has a line go on in the next. */
  private static final Pattern GOES_ON = Pattern.compile(".*(?<!\\\\)(\\\\\\\\)*\\\\");

  private final Path path;
  private final Map<String, Line> lines;

  /** A setting, and the number of the line that it begins in. */
  record Line(String value, int number) {}

  private SettingsFile(Path path, Map<String, Line> lines) {
    this.path = path;
    this.lines = lines;
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it is malformed
   */
  static SettingsFile read(Path path) throws IOException {
    List<String> natural = TextFile.content(path).lines().toList();
    Map<String, Line> lines = new TreeMap<>();
    for (int i = 0; i < natural.size(); i++) {
      int begin = i;
      StringBuilder logical = new StringBuilder(natural.get(i));
      while (!isComment(natural.get(begin))
          && GOES_ON.matcher(natural.get(i)).matches()
          && i + 1 < natural.size()) {
        logical.append('\n').append(natural.get(++i));
      }
      Properties one = new Properties();
      one.load(new StringReader(logical.toString()));
      one.stringPropertyNames()
          .forEach(key -> lines.put(key, new Line(one.getProperty(key), begin + 1)));
    }
    return new SettingsFile(path, lines);
  }

  private static boolean isComment(String line) {
    String text = line.stripLeading();
    return text.startsWith("#") || text.startsWith("!");
  }

  Set<String> keys() {
    return lines.keySet();
  }

  Optional<String> value(String key) {
    return Optional.ofNullable(lines.get(key)).map(Line::value);
  }

  /** Where a setting that is in the file is. */
  String place(String key) {
    return path + ", line " + lines.get(key).number();
  }
}
