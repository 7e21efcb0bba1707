package io.durablechat.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.durablechat.core.CloseReason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What axe-core finds wrong for people with disabilities: nothing, in each state of the page. */
final class PageAccessTest extends PageFixture {
  private static final int WIDE = 1280;
  private static final int PHONE = 375;

  private Page view(int width, ColorScheme colors, String query) {
    return open(
        url() + query,
        new Browser.NewContextOptions().setViewportSize(width, 700).setColorScheme(colors));
  }

  private Page live(int width, ColorScheme colors) {
    Page page = view(width, colors, "?name=Ann");
    assertLive(page);
    return page;
  }

  private static void assertNothingIsWrong(String state, Page page) {
    List<String> wrong =
        new AxeBuilder(page)
            .analyze().getViolations().stream()
                .flatMap(
                    rule ->
                        rule.getNodes().stream()
                            .map(node -> rule.getId() + ": " + node.getHtml() + node.getAny()))
                .toList();
    assertEquals(List.of(), wrong, state);
  }

  private static void assertNothingIsWrongInTheDialog(String opener, Page page) {
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(opener)).click();
    assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
    assertNothingIsWrong(opener, page);
    page.keyboard().press("Escape");
    assertThat(page.getByRole(AriaRole.DIALOG)).hasCount(0);
  }

  @ParameterizedTest
  @EnumSource(names = {"LIGHT", "DARK"})
  void beforeAConversation(ColorScheme colors) {
    Page join = view(PHONE, colors, "");
    join.getByLabel("Your name").fill("Ann\u0007");
    join.keyboard().press("Enter");
    assertThat(join.getByRole(AriaRole.ALERT)).not().isEmpty();
    assertNothingIsWrong("join, refused", join);

    Page foreign = view(WIDE, colors, "?server=wss://chat.example");
    assertThat(foreign.locator("#foreign")).isVisible();
    assertNothingIsWrong("join, another server", foreign);

    Page error = view(WIDE, colors, "?room=a%2Fb");
    assertThat(error.locator("#status")).isVisible();
    assertNothingIsWrong("a room that cannot be", error);
  }

  @ParameterizedTest
  @EnumSource(names = {"LIGHT", "DARK"})
  void aConversation(ColorScheme colors) {
    for (int width : List.of(WIDE, PHONE)) {
      Page page = live(width, colors);
      assertThat(page.getByText("Nothing has been said here yet.")).isVisible();
      assertNothingIsWrong("empty", page);
      page.context().close();
    }
    Page bob = join(url(), "Bob");
    say(bob, "**b** *e* ~~d~~ `code` https://a.example [x](https://b.example) @Ann");
    say(bob, "> quoted\n\n```\nfence\n```");
    for (int width : List.of(WIDE, PHONE)) {
      Page page = live(width, colors);
      say(page, "mine @Bob");
      field(bob).pressSequentially("hm");
      assertThat(page.locator(".typing")).containsText("Bob");
      Locator message = page.locator("#timeline .message").first();
      message.hover();
      assertThat(message.getByRole(AriaRole.BUTTON)).hasCount(2);
      assertNothingIsWrong("full", page);
      field(page).pressSequentially("@b");
      assertThat(page.getByRole(AriaRole.OPTION)).hasCount(1);
      assertNothingIsWrong("names offered", page);
      page.keyboard().press("Escape");
      field(bob).fill("");
      assertNothingIsWrongInTheDialog("Settings", page);
      if (width == PHONE) {
        assertNothingIsWrongInTheDialog("Rooms", page);
        assertNothingIsWrongInTheDialog("People", page);
      }
    }
    assertEquals(List.of(), complaints);
  }

  @ParameterizedTest
  @EnumSource(names = {"LIGHT", "DARK"})
  void offline(ColorScheme colors) throws IOException {
    Page page = live(WIDE, colors);
    int port = server.port();
    server.stop(CloseReason.RESTART, Duration.ofSeconds(5));
    assertThat(page.locator("#status")).containsText("Offline");
    say(page, "on its way");
    assertThat(page.locator("#timeline .pending")).hasCount(1);
    assertNothingIsWrong("offline and pending", page);

    // As if it had been sent too long ago; no page runs that would keep it as it was.
    BrowserContext context = page.context();
    page.close();
    server = serve(port);
    page = context.newPage();
    page.navigate(url() + "icon.svg");
    page.evaluate(
        "() => Object.keys(localStorage).filter(key => key.includes('pending')).forEach(key =>"
            + " localStorage[key] = localStorage[key].replace('\"pending\"', '\"unconfirmed\"'))");
    page.navigate(url() + "?name=Ann");
    assertLive(page);
    assertThat(button(page, "Send again")).isVisible();
    assertNothingIsWrong("not confirmed", page);
    server.stop(CloseReason.policy("house rules"), Duration.ofSeconds(5));
    assertThat(page.locator("#status")).containsText("house rules");
    assertNothingIsWrong("sent away", page);
  }
}
