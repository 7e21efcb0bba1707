package io.durablechat.cli;

import com.google.gson.annotations.SerializedName;
import java.util.Locale;

/**
 * What was found out about one thing a server needs.
 *
 * @param about what was looked at
 * @param text what was seen and, unless it is well, what to do
 */
record Finding(Grade grade, String about, String text) {
  /** How well something is. */
  enum Grade {
    /** It is as it should be. */
    @SerializedName("ok")
    OK,
    /** It will do, but not for everything. */
    @SerializedName("warn")
    WARN,
    /** A server will not work so. */
    @SerializedName("fail")
    FAIL
  }

  static Finding ok(String about, String text) {
    return new Finding(Grade.OK, about, text);
  }

  static Finding warn(String about, String text) {
    return new Finding(Grade.WARN, about, text);
  }

  static Finding fail(String about, String text) {
    return new Finding(Grade.FAIL, about, text);
  }

  /** One line. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%-4s  %-12s %s", grade.name().toLowerCase(Locale.ROOT), about, text);
  }
}
