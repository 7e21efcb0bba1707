package io.durablechat.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** On phones, zoomed in, with a keyboard alone, in the dark and without a network. */
final class PageForEveryoneTest extends PageFixture {
  private static final Path SCREENSHOTS =
      ProjectFiles.root().resolve("chat-tests/target/screenshots");

  private Page view(int width, int height, ColorScheme colors, String query) {
    Page page =
        open(
            url() + query,
            new Browser.NewContextOptions().setViewportSize(width, height).setColorScheme(colors));
    assertLive(page);
    return page;
  }

  private static void picture(Page page, String name) {
    page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")));
  }

  private static void assertFits(Page page) {
    assertEquals(
        true,
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
    assertThat(field(page)).isInViewport();
    assertThat(button(page, "Send")).isInViewport();
    assertThat(page.locator("#status")).isInViewport();
  }

  @Test
  void everyLayoutHasItsFieldItsLogAndAWordForTheConnection() {
    publish("general", "Hello **everybody**, see https://example.org " + "w".repeat(500));
    for (ColorScheme colors : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (int[] size : new int[][] {{1280, 800}, {375, 700}, {320, 256}}) {
        Page page = view(size[0], size[1], colors, "?name=Ann");
        say(page, "Here");
        assertFits(page);
        assertThat(page.getByLabel("Message")).hasCount(1);
        assertThat(page.getByRole(AriaRole.LOG)).hasCount(1);
        picture(page, colors.name().toLowerCase(Locale.ROOT) + "-" + size[0]);
      }
    }
    assertEquals(List.of(), complaints);
  }

  @Test
  void onAPhoneRoomsAndPeopleOpenAboveTheConversation() {
    Page page = view(375, 700, ColorScheme.LIGHT, "?name=Ann");
    button(page, "People").click();
    Locator dialog = page.getByRole(AriaRole.DIALOG);
    assertThat(dialog).containsText("Ann (you)");
    picture(page, "people-375");
    page.keyboard().press("Escape");
    assertThat(dialog).hasCount(0);
    assertThat(button(page, "People")).isFocused();
    button(page, "Rooms").click();
    dialog.getByLabel("Room name").fill("other");
    dialog.getByLabel("Room name").press("Enter");
    assertThat(page.locator("h1")).hasText("other");
    assertThat(dialog).hasCount(0);
  }

  @Test
  void everythingIsReachedByTheKeyboardAlone() {
    Page page = open(url());
    assertThat(page.getByLabel("Your name")).isFocused();
    page.keyboard().type("Ann");
    page.keyboard().press("Enter");
    assertLive(page);
    assertThat(field(page)).isFocused();
    page.keyboard().type("one");
    page.keyboard().press("Enter");
    assertThat(bodies(page)).hasText("one");
    page.keyboard().type("two");
    page.keyboard().press("Enter");
    assertSays(page, "one", "two");

    page.keyboard().press("Shift+Tab");
    assertThat(page.getByRole(AriaRole.LOG)).isFocused();
    page.keyboard().press("ArrowUp");
    assertThat(page.locator("#timeline .message").last()).isFocused();
    page.keyboard().press("ArrowUp");
    assertThat(page.locator("#timeline .message").first()).isFocused();
    page.keyboard().press("Tab");
    assertThat(button(page, "Copy text")).isFocused();
    page.keyboard().press("Tab");
    page.keyboard().press("Enter");
    assertThat(page.locator(".toast")).hasText("Copied");

    button(page, "Settings").focus();
    page.keyboard().press("Enter");
    assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
    page.keyboard().press("Escape");
    assertThat(button(page, "Settings")).isFocused();
  }

  @Test
  void namesAreOfferedAfterAnAt() {
    Page ann = view(1280, 800, ColorScheme.LIGHT, "?name=Ann");
    view(375, 700, ColorScheme.LIGHT, "?name=Bob%20Lee");
    Page boris = view(375, 700, ColorScheme.LIGHT, "?name=Boris");
    assertThat(ann.getByText("3 people are here")).isVisible();
    Locator offers = ann.getByRole(AriaRole.LISTBOX).getByRole(AriaRole.OPTION);

    field(ann).pressSequentially("hi @BO");
    assertThat(offers).hasText(new String[] {"Bob Lee", "Boris"});
    assertThat(field(ann)).hasAttribute("aria-controls", "offers");
    assertThat(field(ann)).hasAttribute("aria-activedescendant", "offer0");
    ann.keyboard().press("Escape");
    assertThat(offers).hasCount(0);
    assertThat(field(ann)).hasValue("hi @BO");

    ann.keyboard().press("Backspace");
    ann.keyboard().press("ArrowUp");
    assertThat(field(ann)).hasAttribute("aria-activedescendant", "offer1");
    assertThat(ann.locator("#offer1")).hasAttribute("aria-selected", "true");
    ann.keyboard().press("ArrowDown");
    ann.keyboard().press("Tab");
    assertThat(field(ann)).hasValue("hi @Bob Lee ");
    assertThat(offers).hasCount(0);
    ann.keyboard().type("and @bor");
    assertThat(offers).hasText("Boris");
    ann.keyboard().press("Enter");
    assertThat(field(ann)).hasValue("hi @Bob Lee and @Boris ");
    ann.keyboard().press("Enter");
    assertSays(boris, "hi @Bob Lee and @Boris");
    assertThat(boris.locator("#timeline .called")).hasCount(1);
    assertEquals(List.of(), complaints);
  }

  @Test
  void onAPhoneAnOfferedNameIsTapped() {
    view(1280, 800, ColorScheme.LIGHT, "?name=Bob");
    Page ann =
        open(
            url() + "?name=Ann",
            new Browser.NewContextOptions().setViewportSize(375, 700).setHasTouch(true));
    assertLive(ann);
    assertThat(button(ann, "People, 2")).isVisible();
    field(ann).pressSequentially("@b");
    Locator offer = ann.getByRole(AriaRole.OPTION);
    assertThat(offer).isInViewport();
    offer.tap();
    assertThat(field(ann)).hasValue("@Bob ");
    assertThat(field(ann)).isFocused();
  }

  @Test
  void keysLeadToOtherRooms() {
    for (int width : List.of(1280, 375)) {
      Page page = view(width, 700, ColorScheme.LIGHT, "?name=Ann&room=one");
      for (String room : List.of("two", "three")) {
        page.keyboard().press("Control+k");
        assertThat(page.getByLabel("Room name")).isFocused();
        page.keyboard().type(room);
        page.keyboard().press("Enter");
        assertThat(page.locator("h1")).hasText(room);
        assertThat(page.getByRole(AriaRole.DIALOG)).hasCount(0);
      }
      field(page).focus();
      for (String room : List.of("two", "one", "three")) {
        page.keyboard().press("Alt+ArrowUp");
        assertThat(page.locator("h1")).hasText(room);
        assertThat(field(page)).isFocused();
      }
      page.keyboard().press("Alt+ArrowDown");
      assertThat(page.locator("h1")).hasText("one");
      assertLive(page);
    }
    assertEquals(List.of(), complaints);
  }

  @Test
  void theLookIsChosenAndKept() {
    Page page = view(1280, 800, ColorScheme.LIGHT, "?name=Ann");
    Locator root = page.locator("html");
    assertThat(root).hasCSS("color-scheme", "light dark");
    button(page, "Settings").click();
    page.getByLabel("Dark").check();
    assertThat(root).hasCSS("color-scheme", "dark");
    page.reload();
    assertLive(page);
    assertThat(root).hasCSS("color-scheme", "dark");
  }

  @Test
  void itsShellOpensWithoutANetwork() {
    Page page = view(1280, 800, ColorScheme.LIGHT, "?name=Ann");
    // Not by waitForFunction, to which a promise is true.
    page.evaluate(
        """
        async () => {
          const isKept = async () => {
            const used = performance.getEntriesByType('resource').map(({ name }) => name);
            const shell = used.filter((name) => /[.](js|css)$|en[.]json$/.test(name));
            const files = ['./', 'icons.svg', ...shell].map((name) => caches.match(name));
            return shell.length > 20 && (await Promise.all(files)).every(Boolean);
          };
          const { active } = await navigator.serviceWorker.ready;
          while (active.state !== 'activated' || !(await isKept())) {
            await new Promise(requestAnimationFrame);
          }
        }""");
    String address = page.url();
    page.context().setOffline(true);
    page.navigate(address);
    assertThat(page.locator("#status")).containsText("Offline");
    assertThat(field(page)).isVisible();
    page.context().setOffline(false);
    assertLive(page);
  }

  @Test
  void anInputMethodsEnterSendsNothing() {
    Page page = view(1280, 800, ColorScheme.LIGHT, "?name=Ann");
    field(page).fill("にほ");
    field(page)
        .dispatchEvent("keydown", Map.of("key", "Enter", "isComposing", true, "bubbles", true));
    assertThat(field(page)).hasValue("にほ");
    field(page).press("Enter");
    assertSays(page, "にほ");
  }
}
