package io.durablechat.core;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.Locale;
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

  private static final int TEXT_STYLE = 0xFE0E;
  private static final int EMOJI_STYLE = 0xFE0F;
  private static final int FIRST_IDEOGRAPHIC_VARIATION = 0xE0100;
  private static final int LAST_IDEOGRAPHIC_VARIATION = 0xE01EF;
  private static final int KEYCAP = 0x20E3;

  /** A letter, to Unicode. */
  private static final int INFORMATION_SOURCE = 0x2139;

  /**
   * Nothing to the eye, and {@code Default_Ignorable_Code_Point}: that these are not shown is
   * promised for good, also of those that are not assigned yet (UAX 44). Ranges, each by its first
   * and last.
   */
  private static final int[] IGNORABLE = {
    0x00AD, 0x00AD, 0x034F, 0x034F, 0x061C, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180F,
    0x200B, 0x200F, 0x202A, 0x202E, 0x2060, 0x206F, 0x3164, 0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFEFF,
    0xFFA0, 0xFFA0, 0xFFF0, 0xFFF8, 0x1BCA0, 0x1BCA3, 0x1D173, 0x1D17A, 0xE0000, 0xE0FFF
  };

  /** Symbols and letters that are blank, or stand for what is not there. */
  private static final Set<Integer> BLANK = Set.of(0x2800, 0xFFFC, 0x16FE4, 0x1D159);

  /** With letters that look like Latin ones. */
  private static final Set<UnicodeScript> ALIKE =
      EnumSet.of(
          UnicodeScript.LATIN,
          UnicodeScript.CYRILLIC,
          UnicodeScript.GREEK,
          UnicodeScript.ARMENIAN,
          UnicodeScript.CARIAN,
          UnicodeScript.CHEROKEE,
          UnicodeScript.COPTIC,
          UnicodeScript.DESERET,
          UnicodeScript.GOTHIC,
          UnicodeScript.LISU,
          UnicodeScript.LYCIAN,
          UnicodeScript.LYDIAN,
          UnicodeScript.OLD_ITALIC,
          UnicodeScript.OSAGE);

  /** Which write with joiners, or without: they change what is to be seen (RFC 5892, A.1, A.2). */
  private static final Set<UnicodeScript> JOINED =
      EnumSet.of(
          UnicodeScript.ADLAM,
          UnicodeScript.ARABIC,
          UnicodeScript.BENGALI,
          UnicodeScript.DEVANAGARI,
          UnicodeScript.GUJARATI,
          UnicodeScript.GURMUKHI,
          UnicodeScript.JAVANESE,
          UnicodeScript.KANNADA,
          UnicodeScript.KHMER,
          UnicodeScript.MALAYALAM,
          UnicodeScript.MONGOLIAN,
          UnicodeScript.MYANMAR,
          UnicodeScript.NKO,
          UnicodeScript.ORIYA,
          UnicodeScript.SINHALA,
          UnicodeScript.SYRIAC,
          UnicodeScript.TAMIL,
          UnicodeScript.TELUGU);

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
            String.format(
                Locale.ROOT, "name holds a character that cannot be seen, U+%04X", points[i]));
      }
    }
    if (points.length == 0 || isMark(points[0])) {
      throw new IllegalArgumentException("name begins with nothing that can be seen");
    }
    if (longestRun(points, ChosenName::isMark) > MAX_MARKS) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "name has more than %d marks on one character", MAX_MARKS));
    }
    for (String word : name.split("[^\\p{L}\\p{M}]+", -1)) {
      checkScripts(word);
    }
    return name;
  }

  private static boolean isUnseen(int[] points, int at) {
    int point = points[at];
    if (point == ZERO_WIDTH_JOINER || point == ZERO_WIDTH_NON_JOINER) {
      return !isJoined(points, at);
    }
    if (point == EMOJI_STYLE || point == TEXT_STYLE) {
      return at == 0 || !isStyled(points, at);
    }
    if (point >= FIRST_IDEOGRAPHIC_VARIATION && point <= LAST_IDEOGRAPHIC_VARIATION) {
      // With them families write their names in a form of their own.
      return at == 0 || UnicodeScript.of(points[at - 1]) != UnicodeScript.HAN;
    }
    int type = Character.getType(point);
    return type == Character.FORMAT
        || type == Character.PRIVATE_USE
        || isNoCharacter(point)
        || isIgnorable(point)
        || BLANK.contains(point);
  }

  /** Emoji are put together with joiners, and some scripts are written with them. */
  private static boolean isJoined(int[] points, int at) {
    if (at == 0 || at == points.length - 1) {
      return false;
    }
    int before = points[at - 1];
    int after = points[at + 1];
    boolean isEmoji =
        points[at] == ZERO_WIDTH_JOINER
            && (isSymbol(before) || before == EMOJI_STYLE)
            && isSymbol(after);
    return isEmoji
        || (JOINED.contains(scriptBefore(points, at)) && JOINED.contains(UnicodeScript.of(after)));
  }

  /** Of what the marks there are on: many are of all scripts. */
  private static UnicodeScript scriptBefore(int[] points, int at) {
    int before = at - 1;
    while (before > 0 && UnicodeScript.of(points[before]) == UnicodeScript.INHERITED) {
      before--;
    }
    return UnicodeScript.of(points[before]);
  }

  /** On a symbol it says that it is to have colours; on a letter it says nothing. */
  private static boolean isStyled(int[] points, int at) {
    int before = points[at - 1];
    return isSymbol(before) || (at + 1 < points.length && points[at + 1] == KEYCAP);
  }

  /** Emoji that are younger than the runtime are not assigned to it. */
  private static boolean isSymbol(int point) {
    if (point == INFORMATION_SOURCE) {
      return true;
    }
    return switch (Character.getType(point)) {
      case Character.OTHER_SYMBOL,
          Character.MATH_SYMBOL,
          Character.MODIFIER_SYMBOL,
          Character.OTHER_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.UNASSIGNED ->
          point >= 0x80 && !isNoCharacter(point) && !isIgnorable(point);
      default -> false;
    };
  }

  private static boolean isNoCharacter(int point) {
    return (point & 0xFFFE) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF);
  }

  private static boolean isIgnorable(int point) {
    for (int i = 0; i < IGNORABLE.length; i += 2) {
      if (point >= IGNORABLE[i] && point <= IGNORABLE[i + 1]) {
        return true;
      }
    }
    return false;
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
