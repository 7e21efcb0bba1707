package io.durablechat.gateway.http;

import java.util.ArrayList;
import java.util.List;

/** Lists in headers: elements with commas between them, some in quotes (RFC 9110, section 5.6). */
public final class HeaderList {
  private HeaderList() {}

  /** Returns the elements of all lines of a header, as they are written. */
  public static List<String> elements(List<String> lines) {
    List<String> elements = new ArrayList<>();
    for (String line : lines) {
      boolean isQuoted = false;
      int begin = 0;
      for (int i = 0; i < line.length(); i++) {
        char c = line.charAt(i);
        if (c == '\\' && isQuoted) {
          i++;
        } else if (c == '"') {
          isQuoted = !isQuoted;
        } else if (c == ',' && !isQuoted) {
          add(line.substring(begin, i), elements);
          begin = i + 1;
        }
      }
      add(line.substring(begin), elements);
    }
    return elements;
  }

  private static void add(String element, List<String> elements) {
    if (!element.isBlank()) {
      elements.add(element.strip());
    }
  }

  /** Returns the elements, those in quotes without them. */
  public static List<String> unquoted(List<String> lines) {
    return elements(lines).stream().map(HeaderList::unquoted).toList();
  }

  private static String unquoted(String element) {
    return element.replaceAll("\"((?:[^\"\\\\]|\\\\.)*)\"", "$1").replaceAll("\\\\(.)", "$1");
  }

  /** Returns whether one of the elements is this token, whatever its case. */
  public static boolean contains(List<String> lines, String token) {
    return elements(lines).stream().anyMatch(token::equalsIgnoreCase);
  }
}
