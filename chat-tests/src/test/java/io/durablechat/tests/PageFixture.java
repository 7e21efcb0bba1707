package io.durablechat.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.durablechat.core.Draft;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.Moderation;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.jetty.ChatServer;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A server with the page on it, and a real browser for people who look at it. */
abstract class PageFixture {
  static final Member SOMEBODY = Member.anonymous().named("Somebody");
  private static final int RECONNECT_MILLIS = 30_000;

  /** A busy machine may take its time; what is right is found at once. */
  private static final int PATIENCE_MILLIS = 20_000;

  private static Chromium chromium;

  final List<String> complaints = new ArrayList<>();
  RoomDirectory rooms;
  ChatServer server;
  private final List<BrowserContext> contexts = new ArrayList<>();
  private LocalBroadcaster broadcaster;

  @BeforeAll
  static void startBrowser() {
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    chromium = Chromium.start();
  }

  @AfterAll
  static void stopBrowser() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @BeforeEach
  void startServer() throws IOException {
    broadcaster = LocalBroadcaster.inMemory();
    rooms =
        RoomDirectory.on(broadcaster)
            .moderation(
                Moderation.open(broadcaster, InstantSource.system()).toCompletableFuture().join())
            .open();
    server = serve(0);
  }

  @AfterEach
  void stopServer() {
    contexts.forEach(BrowserContext::close);
    server.close();
    rooms.close();
    broadcaster.close();
  }

  ChatServer serve(int port) throws IOException {
    ChatServer started = ChatServer.of(rooms).port(port).files(ProjectFiles.frontend()).build();
    started.start();
    return started;
  }

  String url() {
    return "http://localhost:" + server.port() + "/";
  }

  /** A page in a browser of its own, whose complaints are noted. */
  Page open(String address) {
    return open(address, new Browser.NewContextOptions());
  }

  Page open(String address, Browser.NewContextOptions options) {
    BrowserContext context = chromium.browser().newContext(options);
    contexts.add(context);
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") && !message.text().contains("WebSocket connection")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
    page.navigate(address);
    return page;
  }

  Page join(String address, String name) {
    Page page = open(address);
    page.getByLabel("Your name").fill(name);
    button(page, "Join").click();
    assertLive(page);
    return page;
  }

  static Locator button(Page page, String name) {
    return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
  }

  static Locator field(Page page) {
    return page.getByLabel("Message", new Page.GetByLabelOptions().setExact(true));
  }

  static void assertLive(Page page) {
    assertThat(page.locator("#status"))
        .hasText("Connected", new LocatorAssertions.HasTextOptions().setTimeout(RECONNECT_MILLIS));
  }

  static void say(Page page, String text) {
    field(page).fill(text);
    page.keyboard().press("Enter");
  }

  /** Somebody says something who has no page. */
  void publish(String room, String text) {
    rooms.room(RoomName.of(room)).publish(SOMEBODY, Draft.text(text));
  }

  static Locator bodies(Page page) {
    return page.locator("#timeline .message .body");
  }

  static void assertSays(Page page, String... texts) {
    assertThat(bodies(page)).hasText(texts);
    assertThat(page.locator("#timeline .pending")).hasCount(0);
  }
}
