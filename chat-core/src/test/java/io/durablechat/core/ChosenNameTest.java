package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names one may choose, and what becomes of them. */
final class ChosenNameTest {
  private static Optional<String> chosen(String name) {
    return Member.anonymous().named(name).name();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Ann",
        "Zoë",
        "O'Brien-Smith 3rd",
        "Nguyễn Thị Phương",
        "Иван Грозный",
        "DJ Иван",
        "Ελένη",
        "שָׁלוֹם",
        "علی‌رضا",
        "王小明",
        "ひらがな カタカナ",
        "สมชาย",
        "👩‍🚀",
        "👨‍👩‍👧‍👦 family",
        "\u2764\ufe0f",
        "1\ufe0f\u20e3",
        "\u2139\ufe0f",
        "\u3030\ufe0f",
        "\u2665\ufe0e",
        "\u845b\udb40\udd00\u57ce",
        "\u062e\u0637\u0651\u200c\u06a9\u0634",
        "\ud83d\udc41\ufe0f\u200d\ud83d\udde8\ufe0f",
        "\ud83e\udee0",
        "\u0915\u094d\u200d\u0937",
        "x"
      })
  void whatPeopleAreCalledStays(String name) {
    assertEquals(Optional.of(name), chosen(name));
  }

  @ParameterizedTest
  @CsvSource({
    "'  Ann  ', Ann",
    "'Ann\u00a0\u3000 Lee', Ann Lee",
    "'Zoe\u0308', Zo\u00eb",
    "'\u2003Ann\u2003', Ann"
  })
  void whatIsWrittenInManyWaysBecomesOne(String name, String same) {
    assertEquals(Optional.of(same), chosen(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "\u00a0",
        "a\nb",
        "a\u0000b",
        "a\u0085b",
        // The direction of writing: what follows would be turned as well.
        "ann\u202enna",
        "\u202aann",
        "ann\u2066",
        "\u200fann",
        "\u061cann",
        // Nothing to be seen.
        "ann\u200b",
        "a\u200dnn",
        "ann\u200c",
        "\u200d\u200d",
        "\u5b8b\u200c\u200c\u5b8b",
        "a\u00adnn",
        "\ufeffann",
        "ann\u2060",
        "ann\u180e",
        "ann\u2800",
        "\u3164",
        "\u115f\u1160",
        "\uffa0",
        "ann\udb40\udc61",
        "\ue000",
        "\udb80\udc00",
        "\ud800",
        "Ann\ufe0f",
        "A\ufe00nn",
        "Ann\udb40\udd00",
        "Ann\ufe0e",
        "A\u2065nn",
        "Ann\ufff0",
        "Ann\udb43\udfff",
        "Ann\u180f",
        "Ann\ufdd0",
        "Ann\ufffe",
        "Ann\ufffc",
        "Ann\ud834\udd59",
        "Ann\ud81b\udfe4",
        "\u041b\u0438\u200d\u0437\u0430",
        "\u5b8b\u200d\u5b8b",
        // Marks piled up, or on nothing.
        "a\u0300\u0301\u0302\u0303\u0304\u0305",
        "\u0301ann",
        // Cyrillic a, Greek o, and full-width letters beside them.
        "\u0430dmin",
        "r\u03bf\u03bft",
        "\uff41\u0430",
        "Ann \u0430dmin",
        "\u0430\u2065dmin",
        "\u13aadmin",
        "\ua4eeNN",
        "\u2c80NN"
      })
  void whatDeceivesIsRefused(String name) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> chosen(name));
    assertEquals(1, refusal.getMessage().lines().count());
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 129})
  void theLimitIsInBytes(int bytes) {
    String name = "x".repeat(bytes);
    if (bytes <= Member.MAX_NAME_BYTES) {
      assertEquals(Optional.of(name), chosen(name));
    } else {
      assertThrows(IllegalArgumentException.class, () -> chosen(name));
    }
    assertThrows(IllegalArgumentException.class, () -> chosen("\u00fc".repeat(bytes)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ann\u202enna", "\u0430dmin"})
  void whatWasKeptBeforeCanStillBeRead(String name) {
    assertEquals(Optional.of(name), new Member("guest:x", Optional.of(name)).name());
  }
}
