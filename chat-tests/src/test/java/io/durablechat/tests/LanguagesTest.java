package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.jetty.RawWebSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged server on machines whose language writes numbers, or letters, in its own way. */
final class LanguagesTest {
  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "mr-IN", "bn-BD", "my-MM", "tr-TR"})
  void keepsMessagesAndTellsOfThemInWhateverLanguage(String tag, @TempDir Path folder)
      throws Exception {
    List<String> language = in(Locale.forLanguageTag(tag));
    String data = folder.resolve("data").toString();
    try (ServerProcess server = ServerProcess.serve(language, "--data", data);
        RawWebSocket client = RawWebSocket.plain(server.port(), "general")) {
      client.send("hello");
      assertEquals("hello", client.receiveText());
      assertEquals(143, server.terminate());
      assertEquals("", server.errors());
    }
    Process verify =
        ServerProcess.start(Map.of(), ServerProcess.command(language, "verify", "--data", data));
    assertEquals(
        "1 rooms, 1 messages: all whole",
        new String(verify.getInputStream().readAllBytes(), UTF_8).strip());
    assertEquals(0, verify.waitFor());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR"})
  void saysNumbersThatCanBePastedWhateverTheLanguage(String tag, @TempDir Path folder)
      throws Exception {
    List<String> language = in(Locale.forLanguageTag(tag));
    Process doctor =
        ServerProcess.start(
            Map.of(),
            ServerProcess.command(
                language, "doctor", "--port", "0", "--data", folder.toString(), "--json"));
    String found = new String(doctor.getInputStream().readAllBytes(), UTF_8);
    doctor.waitFor();
    assertTrue(found.chars().allMatch(c -> c < 128), found);
  }

  private static List<String> in(Locale locale) {
    return List.of(
        "-Duser.language=" + locale.getLanguage(), "-Duser.country=" + locale.getCountry());
  }
}
