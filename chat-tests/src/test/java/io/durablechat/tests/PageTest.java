package io.durablechat.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpServer;
import io.durablechat.core.CloseReason;
import io.durablechat.jetty.ChatServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page, and pages like the original's, in a real browser. */
final class PageTest extends PageFixture {
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html",
          "js", "text/javascript",
          "css", "text/css",
          "svg", "image/svg+xml",
          "json", "application/json");

  @Test
  void twoPeopleChat() {
    Page ann = join(url(), "Ann");
    Page bob = join(url(), "Bob");
    say(ann, "Hello Bob 👋");
    assertSays(bob, "Hello Bob 👋");
    assertSays(ann, "Hello Bob 👋");
    assertThat(ann.locator("#timeline .own")).hasCount(1);
    assertThat(bob.locator("#timeline .own")).hasCount(0);
    assertThat(bob.locator("#timeline .author")).hasText("Ann");
    say(bob, "Hi");
    assertSays(ann, "Hello Bob 👋", "Hi");

    // Who comes back is known, and finds what was said.
    ann.reload();
    assertLive(ann);
    assertSays(ann, "Hello Bob 👋", "Hi");
    assertThat(ann.locator("#timeline .own")).hasCount(1);
    assertEquals(List.of(), complaints);
  }

  @Test
  void roomsAreNamedInTheAddress() {
    Page here = join(url() + "?room=K%C3%BCche", "Ann");
    assertThat(here.locator("h1")).hasText("Küche");
    join(url(), "Bob");
    say(here, "only here");
    assertSays(here, "only here");
    publish("Küche", "found you");
    assertSays(here, "only here", "found you");
  }

  @Test
  void whatOthersWriteIsTextAndNothingElse() {
    Page ann = join(url(), "<img src=x onerror=alert(1)>");
    String attack = "<script>alert(1)</script><img src=x onerror=alert(2)> javascript:alert(3)";
    say(ann, attack);
    assertSays(ann, attack);
    assertEquals(0, ann.locator("#timeline img, #timeline script, #timeline a").count());
    assertEquals(List.of(), complaints);
  }

  @Test
  void shiftAndEnterBreaksTheLine() {
    Page ann = join(url(), "Ann");
    field(ann).fill("one");
    ann.keyboard().press("Shift+Enter");
    ann.keyboard().type("two");
    ann.keyboard().press("Enter");
    assertSays(ann, "one\ntwo");
    say(ann, "   ");
    assertSays(ann, "one\ntwo");
  }

  @Test
  void whatIsWrittenWhileTheServerIsAwayIsSentOnceWhenItIsBack() throws IOException {
    Page ann = join(url(), "Ann");
    Page bob = join(url(), "Bob");
    say(ann, "before");
    assertSays(bob, "before");
    int port = server.port();
    server.stop(CloseReason.RESTART, Duration.ofSeconds(5));
    assertThat(ann.locator("#status")).containsText("Offline");

    say(ann, "while away");
    assertThat(ann.locator("#timeline .pending")).hasCount(1);
    publish("general", "missed");

    server = serve(port);
    assertLive(ann);
    assertLive(bob);
    assertSays(ann, "before", "missed", "while away");
    assertSays(bob, "before", "missed", "while away");
  }

  @Test
  void twoTabsOfOnePersonKeepEachTheirOwnPendingMessages() throws IOException {
    Page one = join(url(), "Ann");
    Page two = one.context().newPage();
    two.navigate(url());
    assertLive(two);
    int port = server.port();
    String address = url();
    server.stop(CloseReason.RESTART, Duration.ofSeconds(5));
    say(one, "from one");
    say(two, "from two");
    one.close();
    server = serve(port);
    two.navigate(address);
    assertLive(two);
    assertSays(two, "from one", "from two");
  }

  @Test
  void aNameThatIsTooLongIsSaidBeforeAndARefusedOneCanBeChanged() {
    Page ann = open(url());
    ann.getByLabel("Your name").fill("名".repeat(50));
    ann.keyboard().press("Enter");
    assertThat(ann.locator("main .problem")).containsText("too long");
    ann.getByLabel("Your name").fill("Ann\u0007");
    ann.keyboard().press("Enter");
    assertThat(ann.locator("main .problem")).containsText("control character");
    ann.getByLabel("Your name").fill("Ann");
    ann.keyboard().press("Enter");
    assertLive(ann);
    say(ann, "at last");
    assertSays(ann, "at last");
  }

  @Test
  void aRoomThatCannotBeIsSaid() {
    for (String room : List.of("a%2Fb", "50%25", "a;b", "%00", "..", "x".repeat(129))) {
      Page page = open(url() + "?room=" + room);
      assertThat(page.locator("#status")).containsText("no room of this name");
    }
    assertEquals(0, server.connections());
  }

  @Test
  void aDamagedStoreIsNoReasonToStop() {
    Page ann = join(url(), "Ann");
    ann.evaluate("for (const k of Object.keys(localStorage)) localStorage[k] = '{damaged'");
    ann.reload();
    ann.getByLabel("Your name").fill("Ann");
    ann.keyboard().press("Enter");
    assertLive(ann);
    assertEquals(List.of(), complaints);
  }

  @Test
  void whatIsPendingSurvivesAReload() throws IOException {
    Page ann = join(url(), "Ann");
    int port = server.port();
    String address = url();
    server.stop(CloseReason.RESTART, Duration.ofSeconds(5));
    say(ann, "kept");
    assertThat(ann.locator("#timeline .pending")).hasCount(1);
    server = serve(port);
    ann.navigate(address);
    assertLive(ann);
    assertSays(ann, "kept");
  }

  @Test
  void aServerThatIsNotThePagesOwnIsShownFirstAndHasItsOwnSecrets() throws IOException {
    HttpServer host = fileServer(ProjectFiles.frontend());
    try {
      String page =
          String.format(
              Locale.ROOT,
              "http://127.0.0.1:%d/?server=ws://127.0.0.1:%d",
              host.getAddress().getPort(),
              server.port());
      Page ann = open(page);
      assertThat(ann.locator("#foreign")).isVisible();
      assertThat(ann.locator("#server")).hasText("127.0.0.1:" + server.port());
      assertEquals(0, server.connections());
      ann.getByLabel("Your name").fill("Ann");
      ann.keyboard().press("Enter");
      assertLive(ann);
      say(ann, "from elsewhere");
      assertSays(ann, "from elsewhere");
      Object keys =
          ann.evaluate(
              String.format(
                  Locale.ROOT,
                  "Object.keys(localStorage).every(k => k.includes('ws://127.0.0.1:%d '))",
                  server.port()));
      assertEquals(true, keys);

      ann.reload();
      assertLive(ann);
      assertThat(ann.locator("#foreign")).isHidden();
      ann.navigate(page.replaceAll("server=.*", "server=nonsense"));
      assertThat(ann.locator("#status")).containsText("must look like wss://");
      assertEquals(List.of(), complaints);
    } finally {
      host.stop(0);
    }
  }

  @Test
  void aPageLikeTheOriginalsChats(@TempDir Path folder) throws IOException {
    String html =
        """
        <!doctype html><link rel="icon" href="data:,"><ul id="list"></ul><input id="text">
        <script>
          const socket = new WebSocket('ws://127.0.0.1:PORT/room/general/websocket');
          socket.onopen = () => document.title = 'open';
          socket.onmessage = (event) => {
            const li = document.createElement('li');
            li.textContent = event.data;
            document.getElementById('list').append(li);
          };
          document.getElementById('text').onchange = (e) => socket.send(e.target.value);
        </script>
        """;
    Path page = Files.writeString(folder.resolve("index.html"), html);
    HttpServer host = fileServer(folder);
    try (ChatServer same = ChatServer.of(rooms).port(0).files(folder).build()) {
      same.start();
      Files.writeString(page, html.replace("PORT", "" + same.port()));
      Page served = open("http://127.0.0.1:" + same.port() + "/");
      Page elsewhere = open("http://127.0.0.1:" + host.getAddress().getPort() + "/");
      for (Page each : List.of(served, elsewhere)) {
        assertThat(each).hasTitle("open");
      }
      served.locator("#text").fill("<b>one</b>");
      served.keyboard().press("Enter");
      assertThat(elsewhere.locator("li")).hasText(new String[] {"<b>one</b>"});
      elsewhere.locator("#text").fill("two");
      elsewhere.keyboard().press("Enter");
      for (Page each : List.of(served, elsewhere)) {
        assertThat(each.locator("li")).hasText(new String[] {"<b>one</b>", "two"});
      }
      assertEquals(List.of(), complaints);
    } finally {
      host.stop(0);
    }
  }

  @Test
  void theServerSaysWhenToStayAway() {
    Page ann = join(url(), "Ann");
    server.stop(CloseReason.policy("house rules"), Duration.ofSeconds(5));
    assertThat(ann.locator("#status")).hasText(Pattern.compile("Disconnected: house rules"));
    assertTrue(ann.locator("#retry").isVisible());
  }

  /** Any static host: here, the JDK's. */
  private static HttpServer fileServer(Path folder) throws IOException {
    HttpServer host =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    host.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          Path file = folder.resolve(path.endsWith("/") ? "index.html" : path.substring(1));
          boolean found = Files.isRegularFile(file);
          byte[] content = found ? Files.readAllBytes(file) : new byte[0];
          String name = file.getFileName().toString();
          exchange
              .getResponseHeaders()
              .set("Content-Type", TYPES.get(name.substring(name.indexOf('.') + 1)));
          exchange.sendResponseHeaders(
              found ? 200 : 404, content.length == 0 ? -1 : content.length);
          exchange.getResponseBody().write(content);
          exchange.close();
        });
    host.start();
    return host;
  }
}
