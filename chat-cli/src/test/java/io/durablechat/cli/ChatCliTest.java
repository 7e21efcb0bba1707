package io.durablechat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Keep;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command line as far as it does not start a server. */
final class ChatCliTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Map<String, String> environment, String... args) {
    CommandLine command =
        ChatCli.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return ChatCli.execute(command, environment, args);
  }

  private void assertWrong(String expected, int exitCode) {
    assertEquals(2, exitCode);
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertTrue(err.toString().startsWith("chat-cli: " + expected), err::toString);
    assertTrue(err.toString().endsWith(" --help)" + System.lineSeparator()), err::toString);
    assertEquals("", out.toString());
  }

  @Test
  void helpAndVersionAreNoErrors() {
    assertEquals(0, run(Map.of(), "--help"));
    assertEquals(0, run(Map.of(), "serve", "--help"));
    assertEquals(0, run(Map.of(), "--version"));
    assertTrue(out.toString().contains("--max-message"), out::toString);
    assertTrue(out.toString().matches("(?s).*chat-cli \\d+\\.\\d+\\.\\d+.*"), out::toString);
    assertEquals("", err.toString());
  }

  @Test
  void withoutACommandSaysWhichThereAre() {
    assertWrong("a command is missing", run(Map.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--port abc | Invalid value for option '--port': 'abc' is not a number",
        "--port 65536 | --port must be 0 to 65535, not 65536",
        "--port -1 | --port must be 0 to 65535, not -1",
        "--static nowhere | --static: no such folder: nowhere",
        "--static pom.xml | --static: not a folder: pom.xml",
        "--durability none | --durability must be commit or relaxed, not none",
        "--data memory --durability commit | --durability goes with a folder, not with --data mem",
        "--data memory --retry-window 1d | --retry-window goes with a folder, not with --data mem",
        "--data memory --accept-damage | --accept-damage goes with a folder, not with --data memory",
        "--retry-window 1w | Invalid value for option '--retry-window': '1w' is not a length of",
        "--keep 0 | Invalid value for option '--keep': '0' is neither a length of time",
        "--keep always | Invalid value for option '--keep': 'always' is neither a length of time",
        "--limits maybe | --limits: not a file of limits that can be read: maybe",
        "--max-message 0 | Invalid value for option '--max-message': '0' is not a size",
        "--max-message 1G | Invalid value for option '--max-message': '1G' is not a size",
        "--max-message 257M | Invalid value for option '--max-message': '257M' is not a size",
        "--host nowhere.invalid | --host: no such address: nowhere.invalid",
        "--config nowhere | cannot read the settings file nowhere",
        "--prot 1 | Unknown option",
        "more | Unmatched argument",
        "--allow-origin chat.example | --allow-origin: not an origin, such as https://chat.example",
        "--trusted-proxy 10.0.0.0/99 | --trusted-proxy: not an address or a network",
        "--data memory --tls-cert a | --tls-cert and --tls-key go together",
        "--data memory --tls-cert a --tls-key b | --tls-cert, --tls-key: no such file: a",
        "--dialects plain,chat.v9 | Invalid value for option '--dialects' (DIALECT): no such dialect:"
            + " 'chat.v9'; there are plain, chat.v1",
        "--dialects= | Invalid value for option '--dialects' (DIALECT): no such dialect: ''; there"
            + " are plain, chat.v1",
        "--dialects plain,plain | --dialects: dialect plain is named twice",
        "--guests maybe | --guests must be allow, read-only or deny, not maybe",
        "--guests deny | --guests deny needs --jwt-jwks or --jwt-secret-file",
        "--jwt-issuer x | the --jwt options need --jwt-jwks or --jwt-secret-file",
        "--jwt-jwks https://id.example/keys | --jwt-jwks needs --jwt-audience",
        "--jwt-jwks http://id.example/ --jwt-audience x | --jwt-jwks: keys must come by https or"
            + " from a file",
        "--jwt-jwks nowhere.json --jwt-audience x | --jwt-jwks: no such file: nowhere.json",
        "--jwt-jwks a --jwt-secret-file b | --jwt-jwks and --jwt-secret-file exclude each other",
        "--jwt-secret-file nowhere | --jwt-secret-file: no such file or folder: nowhere",
        "--rules nowhere | --rules: no such file or folder: nowhere",
        "--rules . | --rules: not a file of text that can be read: .",
        "--admin-host 127.0.0.1 | --admin-host needs --admin-port",
        "--admin-port 0 --admin-host nowhere.invalid | --admin-host: no such address:"
            + " nowhere.invalid"
      })
  void wrongUseIsSaidInOneLine(String args, String expected) {
    // Some of it is found only after the folder has been made.
    Map<String, String> elsewhere = Map.of("CHAT_DATA", folder.resolve("data").toString());
    assertWrong(expected, run(elsewhere, ("serve " + args).split(" ", -1)));
  }

  @Test
  void optionsComeFromTheCommandLineThenTheEnvironmentThenTheFile() throws IOException {
    Path file = Files.writeString(folder.resolve("chat.properties"), "port=65001x\nlimits=maybe\n");
    Map<String, String> environment = Map.of("CHAT_CONFIG", file.toString(), "CHAT_PORT", "65002x");
    assertWrong(
        "Invalid value for option '--port': '65003x'",
        run(environment, "serve", "--port", "65003x"));
    err.getBuffer().setLength(0);
    assertWrong("Invalid value for option '--port': '65002x'", run(environment, "serve"));
    err.getBuffer().setLength(0);
    assertWrong(
        "Invalid value for option '--port': '65001x'", run(Map.of(), "serve", "--config=" + file));
    err.getBuffer().setLength(0);
    assertWrong(
        "--limits: not a file of limits that can be read: maybe",
        run(Map.of(), "serve", "--config", file.toString(), "--port", "0"));
  }

  @Test
  void anUnknownSettingIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("chat.properties"), "prot=1\n");
    assertWrong(
        "unknown setting in " + file + ": prot", run(Map.of("CHAT_CONFIG", "" + file), "serve"));
  }

  @Test
  void aSettingThatIsEmptyIsNone() throws IOException {
    Path file = Files.writeString(folder.resolve("chat.properties"), "port = 70000 \n");
    assertWrong(
        "--port must be 0 to 65535, not 70000",
        run(Map.of("CHAT_PORT", "", "CHAT_STATIC", " ", "CHAT_CONFIG", "" + file), "serve"));
    err.getBuffer().setLength(0);
    assertWrong(
        "--static names no folder", run(Map.of("CHAT_CONFIG", ""), "serve", "--static", ""));
  }

  @Test
  void whatMakesNoSenseInAFileIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("chat.properties"), "config=x\nhelp=true\n");
    assertWrong(
        "unknown setting in " + file + ": config, help",
        run(Map.of("CHAT_CONFIG", "" + file), "serve"));
  }

  @Test
  void helpIsThereWhateverTheSettings() {
    assertEquals(0, run(Map.of("CHAT_CONFIG", "nowhere"), "serve", "--help"));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 'http://localhost:1/ (this machine only; --host 0.0.0.0 opens it to the network)'",
    "127.0.0.2, http://127.0.0.2:1/",
    "::1, 'http://[0:0:0:0:0:0:0:1]:1/'",
    "192.0.2.1, http://192.0.2.1:1/"
  })
  void theReadyLineNamesWhatCanBeOpened(String host, String expected) throws IOException {
    assertEquals("Durable Chat is ready: " + expected, ListenAddress.of(host).readyLine(1, false));
  }

  @Test
  void whatIsMissingOrUnknownToTheKeepersIsSaidInOneLine() throws IOException {
    assertWrong("export takes either --room ROOM or --all-rooms", run(Map.of(), "export"));
    err.getBuffer().setLength(0);
    assertWrong("export takes either", run(Map.of(), "export", "--room", "a", "--all-rooms"));
    err.getBuffer().setLength(0);
    assertWrong("Missing required option: '--to=FILE'", run(Map.of(), "backup"));
    err.getBuffer().setLength(0);
    assertWrong("Invalid value for option '--room'", run(Map.of(), "export", "--room", "a/b"));
    err.getBuffer().setLength(0);
    assertFails("there is no log in " + folder, "verify", "--data", folder.toString());
    assertFails("no such file or folder: nowhere", "import", "--from", "nowhere");
    assertFails("cannot read the export: Is a directory", "import", "--from", folder.toString());
    Path export = Files.writeString(folder.resolve("export"), "{\"export\":1}\n");
    assertFails(
        "line 1: not a line of an export: nothing was imported", "import", "--from", "" + export);
    Files.writeString(export, "{\"export\":2}\n");
    assertFails("line 1: exports of this version are not known", "import", "--from", "" + export);
    Files.write(export, new byte[] {(byte) 0xff, '\n'});
    assertFails("cannot read the export: it must be UTF-8", "import", "--from", "" + export);
    Files.writeString(
        export,
        """
        {"export":1,"room":"a","trimmedThrough":0,"last":1,"lastAt":1,"messages":1}
        {"seq":1,"prev":0,"at":1,"from":{"id":"x:y"},"kind":"message","text":"a",\
        "publish":{"at":1,"digest":""}}
        """);
    assertFails(
        "line 2: an id is remembered, but not said: nothing", "import", "--from", "" + export);
    Files.writeString(
        export,
        """
        {"export":1,"room":"b","trimmedThrough":0,"last":0,"lastAt":0,"messages":0}
        """);
    assertEquals(0, run(Map.of("CHAT_DATA", folder.toString()), "import", "--from", "" + export));
    String message =
        """
        {"seq":%d,"prev":0,"at":1,"from":{"id":"x:y"},"kind":"message","text":"a"}
        """;
    String head =
        """
        {"export":1,"room":"c","trimmedThrough":0,"last":%d,"lastAt":1,"messages":%d}
        """;
    Files.writeString(
        export,
        String.format(Locale.ROOT, head, 2, 2)
            + String.format(Locale.ROOT, message, 1)
            + String.format(Locale.ROOT, message, 1));
    assertFails(
        "line 3: message 1 does not follow message 1: nothing was imported",
        "import",
        "--from",
        "" + export);
    Files.writeString(
        export, String.format(Locale.ROOT, head, 1, 1) + String.format(Locale.ROOT, message, 1));
    assertEquals(0, run(Map.of("CHAT_DATA", folder.toString()), "import", "--from", "" + export));
    assertFails("room c is not empty: nothing was imported", "import", "--from", "" + export);
    assertFails(
        "no such file or folder: nowhere/file", "export", "--room", "b", "--to", "nowhere/file");
  }

  private static final String DIGEST = "\"digest\":\"" + "A".repeat(43) + "=\"";

  private int imported(String line, String... options) throws IOException {
    String head =
        """
        {"export":1,"room":"r","trimmedThrough":0,"last":1,"lastAt":1,"messages":1}
        """;
    return importedAs(head, line, options);
  }

  private int importedAs(String head, String line, String... options) throws IOException {
    Path export = Files.writeString(folder.resolve("export"), head + line + "\n");
    List<String> args = new ArrayList<>(List.of("import", "--from", export.toString()));
    args.addAll(List.of(options));
    return run(Map.of("CHAT_DATA", folder.toString()), args.toArray(String[]::new));
  }

  private void assertNotImported(String expected, int exitCode) {
    assertEquals(1, exitCode, out::toString);
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertTrue(err.toString().startsWith("chat-cli: " + expected), err::toString);
    assertTrue(err.toString().stripTrailing().endsWith(": nothing was imported"), err::toString);
    err.getBuffer().setLength(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'kind':'message','text':'a','seq':1.5 | seq is not a whole number",
        "'kind':'message','text':'a','seq':'1' | seq is not a whole number",
        "'kind':'message','text':'a','seq':9999999999999999999 | a number is too large",
        "'kind':'message','text':'a','at':-1 | message 1 does not follow message 0",
        "'kind':'message','text':'a','at':9223372036854775807 | a message was kept after the room's last",
        "'kind':'Message','text':'a' | no kind of record has this name",
        "'kind':'banana','text':'a' | no kind of record has this name",
        "'kind':'message','text':7 | text is not a text",
        "'kind':'message','text':'a','data':'AA==' | text and data exclude each other",
        "'kind':'message','data':'*' | data is not base64",
        "'kind':'message','text':'a','id':'' | id must be 1 to 64 printable ASCII characters",
        "'kind':'message','text':'a','id':5 | id is not a text",
        "'kind':'message','text':'a','replyTo':0 | replyTo must be a sequence, from 1 up: 0",
        "'kind':'message','text':'a','from':{'id':''} | identity is empty",
        "'kind':'message','text':'a','from':{'id':'x:y','name':'a\\u200bb'} | name holds a character",
        "'kind':'message','text':'a','from':{'id':'x:y','name':'a  b'} | name is not written as",
        "'kind':'ruling','text':'ban' | message 1: rulings, and nothing else, are in room %moder",
        "'kind':'delete','text':'','replyTo':1 | message 1 deletes 1, which is not before it",
        "'kind':'delete','text':'' | what is deleted must be a sequence, from 1 up: 0",
        "'kind':'deleted','text':'x' | what was deleted, or deletes another, says nothing",
        "'kind':'ruling','text':'ban','replyTo':1 | a ruling refers to nothing",
        "'kind':'deleted','text':'','id':'a' | message 1 was deleted, and has an id",
        "'kind':'message','text':'a','id':'b','publish':{'at':1,'digest':'AA=='} | a digest has 1",
        "'kind':'message','text':'a','id':'b','publish':{'at':9223372036854775807,D} | an id that is"
      })
  void anImportIsHeldToWhatAServerTakes(String fields, String expected) throws IOException {
    String quoted = fields.replace('\'', '"').replace("D}", DIGEST + "}");
    String line = "{\"seq\":1,\"prev\":0,\"at\":1,\"from\":{\"id\":\"x:y\"}," + quoted + "}";
    assertNotImported("line 2: " + expected, imported(line));
  }

  @Test
  void anImportDeletesWhatWasDeleted() throws IOException {
    String head =
        """
        {"export":1,"room":"r","trimmedThrough":0,"last":2,"lastAt":1,"messages":2}
        """;
    String record =
        "{\"seq\":%d,\"prev\":%d,\"at\":1,\"from\":{\"id\":\"x:y\"},\"text\":\"%s\",%s}";
    String deletion =
        String.format(Locale.ROOT, record, 2, 1, "", "\"kind\":\"delete\",\"replyTo\":1");
    String kept = String.format(Locale.ROOT, record, 1, 0, "a", "\"kind\":\"message\"");
    assertNotImported(
        "line 3: message 2 deletes 1, which was not deleted",
        importedAs(head, kept + "\n" + deletion));
    String blank = String.format(Locale.ROOT, record, 1, 0, "", "\"kind\":\"deleted\"");
    assertEquals(0, importedAs(head, blank + "\n" + deletion), err::toString);
  }

  @Test
  void anImportComesFromThePast() throws IOException {
    long ahead = System.currentTimeMillis() + Duration.ofDays(2).toMillis();
    for (long at : new long[] {ahead, Long.MAX_VALUE}) {
      String head =
          String.format(
              Locale.ROOT,
              """
              {"export":1,"room":"r","trimmedThrough":0,"last":1,"lastAt":%d,"messages":1}
              """,
              at);
      assertNotImported("the room's last record was kept at ", importedAs(head, ""));
    }
    String trimmed =
        """
        {"export":1,"room":"r","trimmedThrough":1,"last":1,"lastAt":1,"messages":0}
        """;
    String id = "{\"trimmed\":1,\"author\":\"x:y\",\"id\":\"%s\",\"publish\":{\"at\":%d,%s}}";
    assertNotImported(
        "line 2: id must be 1 to 64",
        importedAs(trimmed, String.format(Locale.ROOT, id, "", 1, DIGEST)));
    assertNotImported(
        "line 2: an id that is remembered",
        importedAs(trimmed, String.format(Locale.ROOT, id, "a", ahead, DIGEST)));
    assertEquals(0, importedAs(trimmed, String.format(Locale.ROOT, id, "a", 1, DIGEST)));
  }

  @Test
  void anImportTakesMessagesAsLargeAsAServerDoes() throws IOException {
    String line =
        "{\"seq\":1,\"prev\":0,\"at\":1,\"from\":{\"id\":\"x:y\"},\"kind\":\"plain\",\"text\":\"%s\"}";
    String escaped = String.format(Locale.ROOT, line, "\\u0001".repeat(1000));
    assertNotImported(
        "line 2: a message of 1000 bytes, where --max-message lets in 999",
        imported(escaped, "--max-message", "999"));
    assertNotImported(
        "line 2: longer than that of any message of 999 bytes",
        imported(String.format(Locale.ROOT, line, "x".repeat(30_000)), "--max-message", "999"));
    assertEquals(0, imported(escaped, "--max-message", "1000"), err::toString);
  }

  @Test
  void rulingsAreImportedIfToldToAlone() throws IOException {
    String head =
        """
        {"export":1,"room":"%moderation","trimmedThrough":0,"last":1,"lastAt":1,"messages":1}
        """;
    String line =
        "{\"seq\":1,\"prev\":0,\"at\":1,\"from\":{\"id\":\"x:y\"},\"kind\":\"%s\",\"text\":\"ban\"}";
    assertNotImported(
        "it holds 1 rulings of moderators",
        importedAs(head, String.format(Locale.ROOT, line, "ruling")));
    assertNotImported(
        "line 2: message 1: rulings, and nothing else",
        importedAs(
            head, String.format(Locale.ROOT, line, "ruling"), "--rulings", "--room", "other"));
    assertNotImported(
        "line 2: message 1: rulings, and nothing else",
        importedAs(head, String.format(Locale.ROOT, line, "message"), "--rulings"));
    assertEquals(0, importedAs(head, String.format(Locale.ROOT, line, "ruling"), "--rulings"));
    assertTrue(out.toString().contains("1 rulings, which hold from the next start"), "" + out);
  }

  private void assertFails(String expected, String... args) {
    assertEquals(1, run(Map.of("CHAT_DATA", folder.toString()), args));
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertTrue(err.toString().startsWith("chat-cli: " + expected), err::toString);
    err.getBuffer().setLength(0);
  }

  @ParameterizedTest
  @CsvSource({"60s,PT1M", "10m,PT10M", "12h,PT12H", "07d,PT168H"})
  void lengthsOfTimeHaveAUnit(String text, Duration expected) {
    assertEquals(expected, new Age().convert(text));
    assertEquals(Keep.youngerThan(expected), new KeepRule().convert(text));
  }

  @Test
  void whatIsKeptMayBeANumberOrAll() {
    assertEquals(Keep.newest(10_000), new KeepRule().convert("10000"));
    assertEquals(Keep.FOREVER, new KeepRule().convert("forever"));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "64K,65536", "64k,65536", "1M,1048576", "256M,268435456"})
  void sizesMayHaveAUnit(String size, int bytes) {
    assertEquals(bytes, new ByteSize().convert(size));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.7", "1.8", "9", "11", "16"})
  void anOldJavaIsToldWhichIsNeeded(String version) {
    String line = Launcher.complaint(version);
    assertTrue(line.startsWith("chat-cli: needs Java 17 or newer"), line);
    assertEquals(1, line.lines().count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "21", "25", "100"})
  void aNewerJavaWillDo(String version) {
    assertNull(Launcher.complaint(version));
  }

  @Test
  void theLauncherItselfRunsOnOldJava() throws IOException {
    try (DataInputStream launcher =
        new DataInputStream(Launcher.class.getResourceAsStream("Launcher.class"))) {
      assertEquals(0xCAFEBABE, launcher.readInt());
      launcher.readUnsignedShort();
      assertEquals(52, launcher.readUnsignedShort(), "class file version of Java 8");
    }
  }
}
