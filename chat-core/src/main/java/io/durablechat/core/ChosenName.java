package io.durablechat.core;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * A name as somebody chose it, made harmless for those who will read it. What makes two names look
 * the same, or one look like something else, is refused: characters that cannot be seen or that
 * turn the direction of writing (Unicode's {@code Cf}; RFC 8264 disallows them as well), marks
 * piled up, and letters of scripts that look alike mixed within a word (Unicode TR 39, section 5).
 */
final class ChosenName {
  /** Vietnamese and pointed Hebrew need two or three on a letter. */
  private static final int MAX_MARKS = 4;

  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;

  /** Letters and symbols by their kind, and nothing to the eye. */
  private static final Set<Integer> BLANK =
      Set.of(
          0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x2800, 0x3164, 0xFFA0);

  private static final Set<UnicodeScript> ALIKE =
      EnumSet.of(UnicodeScript.LATIN, UnicodeScript.CYRILLIC, UnicodeScript.GREEK);

  private ChosenName() {}

  /**
   * The name to go by: in NFC, with single spaces.
   *
   * @throws IllegalArgumentException saying in one line what is wrong with it
   */
  static String of(String chosen) {
    // A character is at least a byte: a megabyte is refused before anything else is done with it.
    String name = WellFormed.label("name", chosen.strip(), Member.MAX_NAME_BYTES);
    name = name.replaceAll("[\\p{Zs}\\p{Zl}\\p{Zp}]+", " ").strip();
    int[] points = name.codePoints().toArray();
    for (int i = 0; i < points.length; i++) {
      if (isUnseen(points, i)) {
        throw new IllegalArgumentException(
            "name holds a character that cannot be seen, U+%04X".formatted(points[i]));
      }
    }
    if (points.length == 0 || isMark(points[0])) {
      throw new IllegalArgumentException("name begins with nothing that can be seen");
    }
    if (longestRun(points, ChosenName::isMark) > MAX_MARKS) {
      throw new IllegalArgumentException(
          "name has more than %d marks on one character".formatted(MAX_MARKS));
    }
    for (String word : name.split("[^\\p{L}\\p{M}]+", -1)) {
      checkScripts(word);
    }
    return name;
  }

  private static boolean isUnseen(int[] points, int at) {
    int point = points[at];
    if (point == ZERO_WIDTH_JOINER || point == ZERO_WIDTH_NON_JOINER) {
      // Emoji and Persian are written with them; within ASCII they only hide.
      return at == 0
          || at == points.length - 1
          || points[at - 1] < 0x80
          || points[at + 1] < 0x80
          || Character.getType(points[at - 1]) == Character.FORMAT;
    }
    int type = Character.getType(point);
    return type == Character.FORMAT || type == Character.PRIVATE_USE || BLANK.contains(point);
  }

  private static boolean isMark(int point) {
    int type = Character.getType(point);
    return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
  }

  private static int longestRun(int[] points, IntPredicate of) {
    int longest = 0;
    int run = 0;
    for (int point : points) {
      run = of.test(point) ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    return longest;
  }

  private static void checkScripts(String word) {
    Set<UnicodeScript> scripts = EnumSet.noneOf(UnicodeScript.class);
    // Full-width and styled letters are Latin as well, once decomposed.
    Normalizer.normalize(word, Normalizer.Form.NFKC)
        .codePoints()
        .mapToObj(UnicodeScript::of)
        .filter(ALIKE::contains)
        .forEach(scripts::add);
    if (scripts.size() > 1) {
      throw new IllegalArgumentException(
          "name mixes letters of scripts that look alike within a word");
    }
  }
}
