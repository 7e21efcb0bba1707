package io.durablechat.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.durablechat.core.CloseReason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is said, as it is shown. */
final class PageConversationTest extends PageFixture {
  private static final String HEIGHT = "document.getElementById('timeline').scrollHeight";
  private static final String TO_TOP = "document.getElementById('timeline').scrollTop = 0";

  private void publishMany(int count) {
    for (int i = 1; i <= count; i++) {
      publish("general", "number " + i);
    }
  }

  private static Locator message(Page page, String text) {
    return page.locator("#timeline .message")
        .filter(new Locator.FilterOptions().setHas(page.getByText(text, exact())));
  }

  private static Page.GetByTextOptions exact() {
    return new Page.GetByTextOptions().setExact(true);
  }

  @Test
  void textIsFormattedAndLinkedSafely() {
    Page ann = join(url(), "Ann");
    say(ann, "**bold** *it* `code` https://a.example/x [bank](https://evil.example) mailto:a@b.c");
    Locator body = bodies(ann);
    assertThat(body.locator("strong")).hasText("bold");
    assertThat(body.locator("em")).hasText("it");
    assertThat(body.locator("code")).hasText("code");
    assertThat(body.locator("a"))
        .hasText(new String[] {"https://a.example/x", "bank", "mailto:a@b.c"});
    assertThat(body).containsText("bank (evil.example)");
    for (Locator link : body.locator("a").all()) {
      assertThat(link).hasAttribute("rel", Pattern.compile("noopener noreferrer"));
    }
    assertEquals(List.of(), complaints);
  }

  @Test
  void hostileTextsAndNamesAreContained() {
    List<String> attacks =
        List.of(
            "<img src=x onerror=alert(1)>",
            "[click](javascript:alert(1)) javascript:alert(2)",
            "<svg onload=alert(1)><script>alert(2)</script>",
            "[x](data:text/html,<script>alert(1)</script>)",
            "\u202Eevil\u202D \u2066\u2067 bidi",
            "Z\u0300\u0301\u0302\u0303".repeat(200),
            "w".repeat(10_000),
            "> ".repeat(2_000),
            "```".repeat(2_000));
    Page ann = join(url(), "<img src=x onerror=alert(1)>");
    Page bob = join(url(), "Bob");
    attacks.forEach(attack -> publish("general", attack));
    say(ann, attacks.get(0));
    assertThat(bodies(bob)).hasCount(attacks.size() + 1);
    assertEquals(
        0, bob.locator("#timeline :is(img, script, iframe, object, form, svg:not(.icon))").count());
    assertEquals(0, bob.locator("#timeline a:not([href^='http'], [href^='mailto'])").count());
    assertEquals(
        true,
        bob.evaluate(
            "() => [document.documentElement, document.getElementById('timeline')]"
                + ".every(box => box.scrollWidth <= box.clientWidth)"));
    assertEquals(List.of(), complaints);
  }

  @Test
  void namesThatDeceiveAreRefusedAndTheReasonShown() {
    for (String name : List.of("Ann\u202E", "System")) {
      Page page = open(url());
      page.getByLabel("Your name").fill(name);
      page.keyboard().press("Enter");
      assertThat(page.getByRole(AriaRole.ALERT)).not().isEmpty();
      assertThat(page.getByLabel("Your name")).hasValue(name);
    }
  }

  @Test
  void whatIsReadStaysInPlaceWhileOlderAndNewerMessagesCome() {
    publishMany(400);
    Page ann = join(url(), "Ann");
    assertThat(bodies(ann).last()).hasText("number 400");
    // Further up are others, and what is before somebody's eyes does not move when they come.
    ann.evaluate("document.getElementById('timeline').scrollTop = 500");
    Locator read = message(ann, "number 320");
    double before = read.boundingBox().y;
    assertThat(message(ann, "number 241")).hasCount(1);
    assertEquals(before, read.boundingBox().y, 1);

    publish("general", "one");
    publish("general", "two");
    Locator jump = button(ann, "2 new");
    assertThat(jump).isVisible();
    assertEquals(before, read.boundingBox().y, 1);
    jump.click();
    assertThat(message(ann, "two")).isInViewport();
    assertThat(jump).hasCount(0);
  }

  @Test
  void theWholeHistoryCanBeReadAndAPartOfItIsHeld() {
    publishMany(1_500);
    Page ann = join(url(), "Ann");
    assertThat(bodies(ann).last()).hasText("number 1500");
    // What was asked for before may arrive in between, and keep what is read in its place.
    for (int oldest = 1_401; oldest > 1; oldest = Math.max(1, oldest - 60)) {
      scrollUpTo(ann, message(ann, "number " + oldest));
    }
    scrollUpTo(ann, ann.getByText("This is where the room begins."));
    assertTrue(bodies(ann).count() <= 600);
    button(ann, "Newest").click();
    assertThat(message(ann, "number 1500")).isInViewport();
    assertTrue(((Number) ann.evaluate(HEIGHT)).intValue() > 0);
    assertEquals(List.of(), complaints);
  }

  private static void scrollUpTo(Page page, Locator wanted) {
    page.waitForCondition(
        () -> {
          page.evaluate(TO_TOP);
          return wanted.count() == 1;
        });
  }

  @Test
  void aLinkLeadsToItsMessageHoweverOld() {
    publishMany(300);
    Page ann = join(url(), "Ann");
    ann.evaluate(TO_TOP);
    Locator old = message(ann, "number 150");
    assertThat(old).hasCount(1);
    String seq = old.getAttribute("data-seq");

    Page bob = open(url() + "?room=general&name=Bob#m" + seq);
    assertLive(bob);
    assertThat(message(bob, "number 150")).isInViewport();
    assertThat(bob.locator("#timeline .target .body")).hasText("number 150");
    bob.evaluate("location.hash = '#m" + (Long.parseLong(seq) + 1_000_000) + "'");
    assertThat(bob.getByText("deleted, no longer kept, or never was")).hasCount(1);
  }

  @Test
  void whatIsNewOnComingBackStandsUnderALine() {
    Page ann = join(url(), "Ann");
    publish("general", "known");
    assertSays(ann, "known");
    assertThat(ann.locator("#timeline .line.new")).hasCount(0);
    ann.navigate("about:blank");
    publish("general", "new");
    ann.navigate(url());
    assertLive(ann);
    assertThat(ann.locator("#timeline .line.new + .message .body")).hasText("new");
    say(ann, "seen");
    assertThat(ann.locator("#timeline .line.new")).hasCount(0);
  }

  @Test
  void onlyWhatIsSaidNowIsReadOut() {
    publish("general", "before");
    Page ann = join(url(), "Ann");
    assertSays(ann, "before");
    publish("general", "now");
    Locator readOut = ann.locator("[aria-live=polite]");
    assertThat(readOut).hasText("Somebody: now");
    assertThat(ann.getByRole(AriaRole.LOG)).hasAttribute("aria-live", "off");
  }

  @Test
  void whatCannotBeSentIsTakenBackRetriedOrDiscarded() throws IOException {
    Page ann = join(url(), "Ann");
    int port = server.port();
    server.stop(CloseReason.RESTART, Duration.ofSeconds(5));
    assertThat(ann.locator("#status")).containsText("Offline");
    say(ann, "first");
    say(ann, "secnd");
    assertThat(ann.locator("#timeline .pending")).hasCount(2);
    field(ann).press("ArrowUp");
    assertThat(field(ann)).hasValue("secnd");
    assertThat(ann.locator("#timeline .pending")).hasCount(1);
    field(ann).fill("second");
    field(ann).press("Enter");
    server = serve(port);
    button(ann, "Connect now").click();
    assertLive(ann);
    assertSays(ann, "first", "second");
  }

  @Test
  void draftsAreKeptPerRoom() {
    Page ann = join(url() + "?room=one", "Ann");
    field(ann).fill("for one");
    ann.navigate(url() + "?room=two");
    assertLive(ann);
    assertThat(field(ann)).hasValue("");
    ann.navigate(url() + "?room=one");
    assertThat(field(ann)).hasValue("for one");
  }

  @Test
  void aTextThatIsTooLongIsSaidBeforeItIsSent() {
    Page ann = join(url(), "Ann");
    field(ann).fill("é".repeat(600_000));
    field(ann).press("Enter");
    assertThat(ann.getByRole(AriaRole.ALERT)).containsText("Too long: 1200000 of at most");
    assertThat(bodies(ann)).hasCount(0);
    field(ann).fill("short");
    field(ann).press("Enter");
    assertSays(ann, "short");
  }

  @Test
  void whatWasOnItsWayForTooLongSaysSo() {
    Page ann = join(url(), "Ann");
    ann.evaluate(
        "port => localStorage.setItem(`durable-chat ws://localhost:${port} pending \"general\" old`,"
            + " JSON.stringify({id: 'old', text: 'long ago', at: 1, sentAt: 1, state: 'pending'}))",
        server.port());
    // It is drawn as being sent before the server says for how long it knows ids.
    ann.reload();
    button(ann, "Send again").click();
    assertSays(ann, "long ago");
  }
}
