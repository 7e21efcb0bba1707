package io.durablechat.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page of cloudflare/workers-chat-demo, as it is, against the packaged server. It is not ours
 * to keep here: {@code -Dchat.demo.page=FILE} or {@code CHAT_DEMO_PAGE} names {@code chat.html} of
 * the commit below, fetched by whoever runs this; without it the test is skipped.
 *
 * <p>The page takes the host that it came from for its server, so it is served with {@code
 * --static} by the server that it talks to, and nothing in it is changed.
 */
@Timeout(180)
final class DemoPageTest {
  private static final String COMMIT = "dd32ce87617a9df6c614004d2fc2fb0628698121";
  private static final String SHA_256 =
      "9808575542424b59ffe8e7f71b6f24ced192104103f522afed8027e43961f436";
  private static final String KEY = "bob-0123456789abcdefghijkl";
  private static final int PATIENCE_MILLIS = 20_000;
  private static final char[] PASSWORD = "password".toCharArray();

  /** What the page says by itself when it has come in for the first time. */
  private static final int WELCOME_LINES = 3;

  @TempDir private static Path folder;
  private static Chromium chromium;
  private static Path site;

  @BeforeAll
  static void start() throws Exception {
    Path page = page();
    assertEquals(
        SHA_256,
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(page))),
        page + " is not the page of commit " + COMMIT);
    site = Files.createDirectory(folder.resolve("site"));
    Files.copy(page, site.resolve("index.html"));
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    chromium = Chromium.start();
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
  }

  private static Path page() {
    Optional<String> given =
        Optional.ofNullable(System.getProperty("chat.demo.page"))
            .or(() -> Optional.ofNullable(System.getenv("CHAT_DEMO_PAGE")));
    assumeTrue(
        given.isPresent(),
        "needs chat.html of cloudflare/workers-chat-demo, commit "
            + COMMIT
            + ": name the file with -Dchat.demo.page or CHAT_DEMO_PAGE");
    return Path.of(given.get());
  }

  private static ServerProcess serve(int port, String data, String... more) throws IOException {
    List<String> options = new ArrayList<>(List.of("serve", "--port", "" + port, "--data", data));
    options.addAll(List.of("--dialects", "plain,chat.v1,workers-chat"));
    options.addAll(List.of("--static", site.toString()));
    options.addAll(List.of(more));
    return ServerProcess.await(
        ServerProcess.start(
            Map.of(), ServerProcess.command(List.of(), options.toArray(String[]::new))));
  }

  /** Opens the page, in a browser of its own, and says a name. */
  private static Page open(String address, String name) {
    BrowserContext context =
        chromium.browser().newContext(new Browser.NewContextOptions().setIgnoreHTTPSErrors(true));
    Page page = context.newPage();
    page.navigate(address);
    name(page, name);
    return page;
  }

  private static void name(Page page, String name) {
    page.locator("#name-input").fill(name);
    page.keyboard().press("Enter");
  }

  private static void go(Page page, String room) {
    page.locator("#room-name").fill(room);
    page.locator("#go-public").click();
  }

  private static void say(Page page, String text) {
    page.locator("#chat-input").fill(text);
    page.keyboard().press("Enter");
  }

  private static Locator lines(Page page) {
    return page.locator("#chatlog > p");
  }

  private static void assertRoster(Page page, String... names) {
    assertThat(page.locator("#roster > p")).hasText(names);
  }

  /** What was said, in this order; the page's own lines begin with a star. */
  private static void assertSaid(Page page, String... texts) {
    Locator said =
        lines(page).filter(new Locator.FilterOptions().setHas(page.locator("span.username")));
    assertThat(said).hasText(texts);
  }

  private static String http(ServerProcess server) {
    return "http://localhost:" + server.port() + "/";
  }

  @Test
  void peopleOnThePageChatWithEachOtherAndWithOthers() throws Exception {
    String bold = "<b>Ann</b>";
    Path data = folder.resolve("data");
    try (ServerProcess server = serve(0, data.toString())) {
      Page ann = open(http(server), bold);
      go(ann, "Lobby");
      assertThat(lines(ann)).hasCount(WELCOME_LINES);
      assertRoster(ann, bold);
      Page eve = open(http(server) + "#lobby", "Eve");
      assertRoster(eve, bold, "Eve");
      assertRoster(ann, bold, "Eve");
      say(ann, "hello <i>Eve</i>");
      say(eve, "hello");
      assertSaid(ann, bold + ": hello <i>Eve</i>", "Eve: hello");
      assertSaid(eve, bold + ": hello <i>Eve</i>", "Eve: hello");
      assertEquals(0, ann.locator("#chatlog b, #chatlog i, #roster b").count());

      try (ChatV1Client bob = new ChatV1Client(server.port(), "lobby")) {
        JsonObject hello = ChatV1Client.object("hello");
        hello.addProperty("key", KEY);
        hello.addProperty("name", "Bob");
        hello.addProperty("history", 10);
        bob.say(hello);
        assertEquals("hello <i>Eve</i>", bob.next("message").get("text").getAsString());
        assertEquals("hello", bob.next("message").get("text").getAsString());
        assertRoster(ann, bold, "Eve", "Bob");
        bob.publish("1", "from chat.v1");
        assertSaid(eve, bold + ": hello <i>Eve</i>", "Eve: hello", "Bob: from chat.v1");
        say(eve, "to chat.v1");
        assertEquals("from chat.v1", bob.next("message").get("text").getAsString());
        JsonObject heard = bob.next("message");
        assertEquals("to chat.v1", heard.get("text").getAsString());
        assertEquals("Eve", heard.getAsJsonObject("from").get("name").getAsString());

        ann.reload();
        name(ann, "Ann again");
        assertSaid(
            ann, bold + ": hello <i>Eve</i>", "Eve: hello", "Bob: from chat.v1", "Eve: to chat.v1");
        assertRoster(eve, "Eve", "Bob", "Ann again");
      }
      say(ann, "x".repeat(256));
      assertThat(lines(eve).last()).hasText("Ann again: " + "x".repeat(256));
      ann.context().close();
      eve.context().close();
      server.terminate();
    }
  }

  /** The page passes over what is not later than the last it has seen. */
  @Test
  void aPageThatStaysOpenAsTheServerRestartsMissesNothingAndShowsNothingTwice() throws Exception {
    Path data = folder.resolve("restarted");
    int port;
    Page ann;
    try (ServerProcess server = serve(0, data.toString())) {
      port = server.port();
      ann = open(http(server) + "#lobby", "Ann");
      assertRoster(ann, "Ann");
      for (int i = 1; i <= 3; i++) {
        say(ann, "before " + i);
      }
      assertSaid(ann, "Ann: before 1", "Ann: before 2", "Ann: before 3");
      server.terminate();
    }
    try (ServerProcess again = serve(port, data.toString());
        ChatV1Client bob = new ChatV1Client(again.port(), "lobby")) {
      bob.hello(KEY, Optional.empty());
      bob.publish("1", "while you were away");
      bob.next("ok");
      assertThat(lines(ann).last())
          .hasText(
              Pattern.compile(".*: while you were away"),
              new LocatorAssertions.HasTextOptions().setTimeout(60_000));
      say(ann, "after");
      assertThat(lines(ann).last()).hasText("Ann: after");
      assertEquals(
          5, ann.locator("#chatlog span.username").count(), ann.locator("#chatlog").innerText());
      ann.context().close();
    }
  }

  /** The page asks for a private room by https, wherever it came from. */
  @Test
  void thePrivateRoomButtonWorksOverTls() throws Exception {
    certificate();
    try (ServerProcess server =
        serve(
            0,
            "memory",
            "--tls-cert",
            folder.resolve("certificate.pem").toString(),
            "--tls-key",
            folder.resolve("key.pem").toString())) {
      String address = "https://localhost:" + server.port() + "/";
      Page ann = open(address, "Ann");
      ann.locator("#go-private").click();
      assertRoster(ann, "Ann");
      String room = ann.url().substring(ann.url().indexOf('#') + 1);
      assertTrue(room.matches("[0-9a-f]{64}"), ann.url());
      Page bob = open(ann.url(), "Bob");
      assertRoster(bob, "Ann", "Bob");
      say(bob, "found you");
      assertSaid(ann, "Bob: found you");
      ann.context().close();
      bob.context().close();
    }
  }

  private static void certificate() throws Exception {
    Path store = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "chat",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
    assertEquals(0, keytool.waitFor(), said);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    write("certificate.pem", "CERTIFICATE", keys.getCertificate("chat").getEncoded());
    write("key.pem", "PRIVATE KEY", keys.getKey("chat", PASSWORD).getEncoded());
  }

  private static void write(String file, String type, byte[] content) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.write(
        folder.resolve(file),
        List.of("-----BEGIN " + type + "-----", base64, "-----END " + type + "-----"));
  }
}
