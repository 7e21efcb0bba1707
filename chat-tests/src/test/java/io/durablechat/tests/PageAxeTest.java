package io.durablechat.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.durablechat.core.Draft;
import io.durablechat.core.Member;
import io.durablechat.core.RoomName;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What axe-core finds on the page in each of its states: nothing. */
final class PageAxeTest extends PageFixture {
  private static final int WIDE = 1280;
  private static final int PHONE = 375;

  private Page view(int width, ColorScheme colors, String query) {
    return open(
        url() + query,
        new Browser.NewContextOptions().setViewportSize(width, 800).setColorScheme(colors));
  }

  private static void assertClean(Page page, String state) {
    List<Rule> violations = new AxeBuilder(page).analyze().getViolations();
    assertEquals(
        "",
        String.join(
            "\n",
            violations.stream()
                .map(rule -> rule.getId() + ": " + rule.getHelp() + " " + rule.getNodes())
                .toList()),
        state);
  }

  private void fillRoom() {
    publish("general", "Hello **all**, see https://example.org and `code`\n> a quote");
    publish("general", "```\nmuch code\n```\n@Ann look at this");
    rooms
        .room(RoomName.of("general"))
        .publish(Member.anonymous(), Draft.text("\u0634\u0643\u0631\u0627 _a guest_ ~~no~~"));
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void whoComesIn(ColorScheme colors) {
    Page join = view(WIDE, colors, "");
    assertThat(button(join, "Join")).isVisible();
    assertClean(join, "join");
    assertClean(view(PHONE, colors, "?server=wss://elsewhere.example"), "another server");
    Page wrong = view(WIDE, colors, "?room=" + "x".repeat(300));
    assertThat(wrong.getByRole(AriaRole.ALERT)).not().isEmpty();
    assertClean(wrong, "no such room");
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void theConversation(ColorScheme colors) {
    Page empty = view(WIDE, colors, "?name=Ann&room=empty");
    assertLive(empty);
    assertClean(empty, "empty");
    fillRoom();
    for (int width : new int[] {WIDE, PHONE}) {
      Page page = view(width, colors, "?name=Ann");
      assertLive(page);
      say(page, "my own");
      assertThat(page.locator("#timeline .pending")).hasCount(0);
      page.locator("#timeline .message").first().hover();
      assertThat(button(page, "Copy text")).isVisible();
      assertClean(page, "full at " + width);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void thePanels(ColorScheme colors) {
    Page wide = view(WIDE, colors, "?name=Ann&room=other");
    assertLive(wide);
    button(wide, "Settings").click();
    assertThat(wide.getByRole(AriaRole.DIALOG)).isVisible();
    assertClean(wide, "settings");
    Page phone = view(PHONE, colors, "?name=Ann");
    assertLive(phone);
    for (String panel : List.of("Rooms", "People", "Settings")) {
      button(phone, panel).click();
      assertThat(phone.getByRole(AriaRole.DIALOG)).isVisible();
      assertClean(phone, panel);
      phone.keyboard().press("Escape");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void whatIsNotSent(ColorScheme colors) {
    Page page = view(PHONE, colors, "?name=Ann");
    assertLive(page);
    page.evaluate(
        "port => localStorage.setItem(`durable-chat ws://localhost:${port} pending \"general\" old`,"
            + " JSON.stringify({id: 'old', text: 'long ago', at: 1, sentAt: 1, state: 'pending'}))",
        server.port());
    page.reload();
    assertThat(button(page, "Send again")).isVisible();
    server.close();
    say(page, "into nothing");
    assertThat(page.locator("#timeline .pending")).hasCount(1);
    assertThat(page.locator("#status")).containsText("Offline");
    assertClean(page, "offline, one pending and one not confirmed");
  }
}
