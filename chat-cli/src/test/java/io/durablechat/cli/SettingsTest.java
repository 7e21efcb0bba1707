package io.durablechat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.RoomName;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What is set in the environment and in files, and what is said of it where it is wrong. */
final class SettingsTest {
  private static final String MARK = "\uFEFF";

  @TempDir private Path folder;

  /** What a command that is wrong is told. */
  private static String refusal(Map<String, String> environment, String... args) {
    StringWriter err = new StringWriter();
    CommandLine command = ChatCli.commandLine().setErr(new PrintWriter(err, true));
    assertEquals(2, ChatCli.execute(command, environment, args), err::toString);
    assertEquals(1, err.toString().lines().count(), err::toString);
    return err.toString().strip();
  }

  /** What is known of the environment once the options are parsed, of a server that is not run. */
  private static List<String> notes(Map<String, String> environment, String... args) {
    CommandLine command = ChatCli.commandLine();
    List<String> notes = new ArrayList<>();
    command.setExecutionStrategy(
        parsed -> {
          notes.addAll(Settings.notes(parsed.subcommand().commandSpec().commandLine()));
          return 0;
        });
    List<String> line = Stream.concat(Stream.of("serve"), Stream.of(args)).toList();
    assertEquals(0, ChatCli.execute(command, environment, line.toArray(String[]::new)));
    return notes;
  }

  @ParameterizedTest
  @CsvSource({
    "CHAT_GUEST, CHAT_GUESTS",
    "CHAT_ALOW_ORIGIN, CHAT_ALLOW_ORIGIN",
    "CHAT_MAXMESSAGE, CHAT_MAX_MESSAGE",
    "CHAT_ADMIN_TOKEN, CHAT_ADMIN_TOKEN_FILE",
    "CHAT_TLS_CERTIFICATE, CHAT_TLS_CERT",
    "CHAT_DATA_DIR, CHAT_DATA",
    "CHAT_HOSTNAME, CHAT_HOST",
    "CHAT_LIMIT, CHAT_LIMITS",
    "chat_guests, CHAT_GUESTS",
    "CHAT_JWT-JWKS, CHAT_JWT_JWKS"
  })
  void aMisspeltVariableIsRefusedWithTheRightName(String variable, String meant) {
    String refused = refusal(Map.of(variable, "deny"), "serve");
    assertEquals(
        "chat-cli: "
            + variable
            + " in the environment is no setting: "
            + meant
            + " is, if that is meant (see chat-cli serve --help)",
        refused);
  }

  @Test
  void aMisspeltVariableIsRefusedByEveryCommand() {
    assertNamed("CHAT_DATA is, if that", refusal(Map.of("CHAT_DAAT", "elsewhere"), "verify"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"CHAT_CONNS", "CHAT_ROOM", "CHAT_ROOMS", "CHAT_USES", "CHAT_JAVA_OPTS"})
  void whatOtherCommandsAndTheScriptReadIsNoNews(String variable) {
    assertEquals(List.of(), notes(Map.of(variable, "1")));
  }

  @Test
  void whatIsLikeNoSettingIsNoted() {
    assertEquals(
        List.of("CHAT_COLOUR in the environment is no setting: it does nothing"),
        notes(Map.of("CHAT_COLOUR", "red")));
  }

  @Test
  void whatKubernetesSaysOfAServiceIsPassedOverInOneLine() {
    Map<String, String> service =
        Map.of(
            "CHAT_PORT", "tcp://10.0.0.1:8787",
            "CHAT_SERVICE_HOST", "10.0.0.1",
            "CHAT_SERVICE_PORT", "8787",
            "CHAT_SERVICE_PORT_HTTP", "8787",
            "CHAT_PORT_8787_TCP", "tcp://10.0.0.1:8787",
            "CHAT_PORT_8787_TCP_PROTO", "tcp",
            "CHAT_ADMIN_PORT", "tcp://10.0.0.2:9090",
            "CHAT_ADMIN_SERVICE_HOST", "10.0.0.2");
    assertEquals(
        List.of(
            "Passed over, as they describe a service of Kubernetes: CHAT_ADMIN_PORT,"
                + " CHAT_ADMIN_SERVICE_HOST, CHAT_PORT, CHAT_PORT_8787_TCP,"
                + " CHAT_PORT_8787_TCP_PROTO, CHAT_SERVICE_HOST, CHAT_SERVICE_PORT,"
                + " CHAT_SERVICE_PORT_HTTP"),
        notes(service));
  }

  @Test
  void whatIsWrongIsSaidWithItsSource() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("chat.properties"),
            "# port=1\\\nhost=localhost\npublic-rooms=a,\\\n  b\n\nport=70000\nguests=deny\n");
    assertEquals(
        "chat-cli: --port must be 0 to 65535, not 70000; --port is set in "
            + file
            + ", line 6 (see chat-cli serve --help)",
        refusal(Map.of(), "serve", "--config", file.toString()));
    assertEquals(
        "chat-cli: Invalid value for option '--port': 'a' is not a number; --port is set by"
            + " CHAT_PORT in the environment (see chat-cli serve --help)",
        refusal(Map.of("CHAT_PORT", "a"), "serve", "--config", file.toString()));
    assertEquals(
        "chat-cli: --port must be 0 to 65535, not 65536 (see chat-cli serve --help)",
        refusal(Map.of("CHAT_PORT", "1"), "serve", "--port", "65536"));
    assertEquals(
        "chat-cli: --guests deny needs --jwt-jwks or --jwt-secret-file; --guests is set in "
            + file
            + ", line 7 (see chat-cli serve --help)",
        refusal(Map.of(), "serve", "--config=" + file, "--port=0", "--data=memory"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lobby,kitchen", "lobby, kitchen", " lobby ,\tkitchen "})
  void aBlankInAListIsNoPartOfANameInIt(String list) {
    List<RoomName> rooms =
        List.of(new ListedRoom().convert("lobby"), new ListedRoom().convert("kitchen"));
    assertEquals(rooms, parsed("--public-rooms", list));
    assertEquals(List.of("lobby", "kitchen"), parsed("--reserved-names", list));
    assertEquals(List.of("lobby", "kitchen"), parsed("--allow-origin", list));
    assertEquals(List.of("lobby", "kitchen"), parsed("--trusted-proxy", list));
  }

  private static Object parsed(String option, String value) {
    CommandLine.ParseResult serve =
        ChatCli.commandLine().parseArgs("serve", option, value).subcommand();
    return serve.matchedOption(option).getValue();
  }

  private static void assertNamed(String expected, String refused) {
    assertTrue(refused.contains(expected), refused);
  }

  @Test
  void aByteOrderMarkIsPassedOverInEveryFile() throws IOException {
    Path settings = Files.writeString(folder.resolve("settings"), MARK + "port=70000");
    assertTrue(refusal(Map.of("CHAT_CONFIG", "" + settings), "serve").contains("settings, line 1"));
    Path limits = Files.writeString(folder.resolve("limits"), MARK + "sessions-per-address=no");
    assertNamed(
        "--limits: sessions-per-address must be ",
        refusal(Map.of(), "serve", "--limits", "" + limits));
    Path rules =
        Files.writeString(folder.resolve("rules"), MARK + "[{\"rooms\":\"*\",\"may\":[]}, {}]");
    assertNamed("rule 2: a rule needs", refusal(Map.of(), "serve", "--rules", "" + rules));
    CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();
    Path token = Files.writeString(folder.resolve("token"), MARK + "a token\r\n");
    assertEquals("a token", TextFile.token(spec, "--admin-token-file", token));
    Path export =
        Files.writeString(
            folder.resolve("export"),
            MARK
                + "{\"export\":1,\"room\":\"b\",\"trimmedThrough\":0,\"last\":0,\"lastAt\":0,"
                + "\"messages\":0}\n");
    assertEquals(
        0,
        ChatCli.execute(
            ChatCli.commandLine().setOut(new PrintWriter(new StringWriter())),
            Map.of("CHAT_DATA", folder.resolve("data").toString()),
            "import",
            "--from",
            "" + export));
  }

  @Test
  void settingsOfAFileAreThoseOfJavasProperties() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("settings"),
            """
            ! a comment \\
            a = 1
            b: two \\
               and \\
             more

            c\\ d \\u0065
            a=2
            folder=C:\\\\
            e=
            """);
    SettingsFile settings = SettingsFile.read(file);
    assertEquals(Optional.of("2"), settings.value("a"));
    assertEquals(file + ", line 8", settings.place("a"));
    assertEquals(Optional.of("two and more"), settings.value("b"));
    assertEquals(file + ", line 3", settings.place("b"));
    assertEquals(Optional.of("e"), settings.value("c d"));
    assertEquals(Optional.of("C:\\"), settings.value("folder"));
    assertEquals(Optional.of(""), settings.value("e"));
  }
}
