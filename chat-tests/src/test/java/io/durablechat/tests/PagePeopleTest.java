package io.durablechat.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Who is there, what they are called, and which rooms one goes to. */
final class PagePeopleTest extends PageFixture {
  /** Other rooms are asked about every 15 s. */
  private static final int POLL_MILLIS = 30_000;

  private static Locator people(Page page) {
    return page.getByRole(AriaRole.COMPLEMENTARY, new Page.GetByRoleOptions().setName("People"))
        .getByRole(AriaRole.LISTITEM);
  }

  private static Locator room(Page page, String name) {
    return page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name));
  }

  @Test
  void whoIsThereAndWhoTypesIsShown() {
    Page ann = join(url(), "Ann");
    Page bob = join(url(), "Bob");
    assertThat(people(ann))
        .hasText(new Pattern[] {Pattern.compile("Ann \\(you\\)"), Pattern.compile("Bob$")});
    field(bob).pressSequentially("hm");
    assertThat(ann.locator(".typing")).hasText("Bob is typing…");
    assertThat(bob.locator(".typing")).isEmpty();
    field(bob).press("Enter");
    assertThat(ann.locator(".typing")).isEmpty();
    assertEquals(List.of(), complaints);
  }

  @Test
  void twoOfOneNameAreToldApart() {
    Page ann = join(url(), "Ann");
    Page other = join(url(), "ann");
    say(other, "Who is Ann?");
    assertThat(ann.locator("#timeline .author")).hasText(Pattern.compile("^ann #.{4}$"));
    assertThat(people(ann).filter(new Locator.FilterOptions().setHasText("ann #"))).hasCount(1);
    assertThat(people(other).filter(new Locator.FilterOptions().setHasText("Ann #"))).hasCount(1);
  }

  @Test
  void twoTabsOfOnePersonAreOne() {
    Page ann = join(url(), "Ann");
    Page tab = ann.context().newPage();
    tab.navigate(url());
    assertLive(tab);
    assertThat(people(ann)).hasCount(1);
  }

  @Test
  void aNameCanBeChanged() {
    Page ann = join(url(), "Ann");
    Page bob = open(url() + "?name=Bob");
    assertLive(bob);
    button(bob, "Settings").click();
    bob.getByLabel("Your name").fill("Robert");
    button(bob, "Change name").click();
    assertThat(people(ann).last()).hasText(Pattern.compile("Robert"));
    say(bob, "It is me");
    assertThat(ann.locator("#timeline .author")).hasText("Robert");
    bob.reload();
    assertLive(bob);
    assertThat(people(bob).last()).hasText(Pattern.compile("Robert"));
  }

  @Test
  void otherRoomsSayHowMuchIsNew() {
    Page ann = join(url() + "?room=one", "Ann");
    publish("one", "read");
    assertSays(ann, "read");
    ann.getByLabel("Room name").fill("two");
    ann.getByLabel("Room name").press("Enter");
    assertThat(ann.locator("h1")).hasText("two");
    assertLive(ann);
    publish("one", "for @Ann");
    publish("one", "more");
    assertThat(room(ann, "one"))
        .containsText(
            "2 unread", new LocatorAssertions.ContainsTextOptions().setTimeout(POLL_MILLIS));
    room(ann, "one").click();
    assertLive(ann);
    assertSays(ann, "read", "for @Ann", "more");
    assertThat(ann.locator("#timeline .line.new")).hasCount(1);
    assertThat(ann.locator("#timeline .called")).hasCount(1);
    ann.goBack();
    assertThat(ann.locator("h1")).hasText("two");
    button(ann, "Forget one").click();
    assertThat(room(ann, "one")).hasCount(0);
    assertEquals(List.of(), complaints);
  }

  @Test
  void aPrivateRoomHasANameThatNobodyCanGuess() {
    Page ann = join(url(), "Ann");
    button(ann, "New private room").click();
    assertThat(ann).hasURL(Pattern.compile("room=private-[0-9a-f]{32}$"));
    assertLive(ann);
    String first = ann.url();
    assertThat(ann.locator("h1")).hasText(Pattern.compile("^Private room [0-9a-f]{4}$"));
    say(ann, "just us");
    assertSays(ann, "just us");
    Page bob = open(first + "&name=Bob");
    assertLive(bob);
    assertSays(bob, "just us");
    button(ann, "New private room").click();
    assertThat(ann).not().hasURL(first);
    assertNotEquals(first, ann.url());
  }

  @Test
  void aRoomNameThatCannotBeIsSaid() {
    Page ann = join(url(), "Ann");
    ann.getByLabel("Room name").fill("a/b");
    ann.getByLabel("Room name").press("Enter");
    assertThat(ann.getByText("There can be no room of this name.")).isVisible();
    assertThat(ann.locator("h1")).hasText("general");
  }
}
